//! What the stack sets for the function.

use std::num::NonZeroU32;

use account_aws::Error;
use account_aws::env::{self, Lookup, required};
use account_core::ids::{AccountId, OrganizationId};

/// The function's environment variables, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ORGANIZATION_ID`: part of every announcement's id.
    pub organization: OrganizationId,
    /// `MANAGEMENT_ACCOUNT_ID`: asked about without an id from itself, and not at all from elsewhere.
    pub management: AccountId,
    /// `LEDGER_TABLE`: the ledger's table.
    pub table: String,
    /// `TOPIC_ARN`: where announcements go.
    pub topic: String,
    /// `BUCKET`: the stack's own bucket.
    pub bucket: String,
    /// `QUOTA_PERCENT`: how much of the assumed quota an audit may use.
    pub quota_percent: NonZeroU32,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Error::Variable`] names the first variable that is missing or malformed.
    pub fn from_vars(vars: &impl Lookup) -> Result<Self, Error> {
        Ok(Self {
            organization: env::organization(vars)?,
            management: env::management(vars)?,
            table: env::table(vars)?,
            topic: env::topic(vars)?,
            bucket: env::bucket(vars)?,
            quota_percent: required(vars, "QUOTA_PERCENT", "a whole number from 1 to 100")?,
        })
    }
}
