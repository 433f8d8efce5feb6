//! What the stack sets for the function.

use std::num::NonZeroU32;

use account_aws::Error;
use account_aws::env::{self, Lookup, required};
use account_aws::policies::Place;
use account_core::ids::{AccountId, OrganizationId};

/// The function's environment variables, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ORGANIZATION_ID`: part of every announcement's id.
    pub organization: OrganizationId,
    /// `MANAGEMENT_ACCOUNT_ID`: reached without an id from itself, and not at all from elsewhere.
    pub management: AccountId,
    /// `LEDGER_TABLE`: the ledger's table.
    pub table: String,
    /// `TOPIC_ARN`: where announcements go.
    pub topic: String,
    /// `QUEUE_URL`: where events come from.
    pub queue: String,
    /// `BUCKET`: the stack's own bucket.
    pub bucket: String,
    /// `POLICY_SOURCE`: where the policy is.
    pub policy: Place,
    /// `EVENT_DRY_RUN`: events change nothing.
    pub event_dry_run: bool,
    /// `EVENT_REPLACE`: events may also replace and remove contacts.
    pub event_replace: bool,
    /// `ALLOW_ABSENT`: the stack grants the removal of contacts.
    pub allow_absent: bool,
    /// `USE_PRIMARY`: the stack grants reading and writing the primary contact.
    pub use_primary: bool,
    /// `QUOTA_PERCENT`: how much of the published quotas a sweep may use.
    pub quota_percent: NonZeroU32,
    /// `AWS_REGION`: tells the partition.
    pub region: String,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Error::Variable`] names the first variable that is missing or malformed.
    pub fn from_vars(vars: &impl Lookup) -> Result<Self, Error> {
        let place = "ssm:NAME or s3://BUCKET/KEY";
        Ok(Self {
            organization: env::organization(vars)?,
            management: env::management(vars)?,
            table: env::table(vars)?,
            topic: env::topic(vars)?,
            queue: required(vars, "QUEUE_URL", "the URL of an SQS queue")?,
            bucket: env::bucket(vars)?,
            policy: required(vars, "POLICY_SOURCE", place)?,
            event_dry_run: required(vars, "EVENT_DRY_RUN", "true or false")?,
            event_replace: required(vars, "EVENT_REPLACE", "true or false")?,
            allow_absent: required(vars, "ALLOW_ABSENT", "true or false")?,
            use_primary: required(vars, "USE_PRIMARY", "true or false")?,
            quota_percent: required(vars, "QUOTA_PERCENT", "a whole number from 1 to 100")?,
            region: required(vars, "AWS_REGION", "a region such as us-east-1")?,
        })
    }
}
