//! What the stack sets for the function.

use account_aws::Error;
use account_aws::env::{Lookup, required};
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
    pub quota_percent: u32,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Error::Variable`] names the first variable that is missing or malformed.
    pub fn from_vars(vars: &impl Lookup) -> Result<Self, Error> {
        Ok(Self {
            organization: required(
                vars,
                "ORGANIZATION_ID",
                "an organization id such as o-exampleorg1",
            )?,
            management: required(
                vars,
                "MANAGEMENT_ACCOUNT_ID",
                "an account id of twelve digits",
            )?,
            table: required(vars, "LEDGER_TABLE", "the name of a DynamoDB table")?,
            topic: required(vars, "TOPIC_ARN", "the ARN of an SNS topic")?,
            bucket: required(vars, "BUCKET", "the name of an S3 bucket")?,
            quota_percent: required(vars, "QUOTA_PERCENT", "a whole number from 1 to 100")?,
        })
    }
}
