//! What the stack sets for the function.

use account_aws::Error;
use account_aws::env::{self, Lookup, optional, required};
use account_aws::policies::Place;
use account_core::ids::{AccountId, OrganizationId};

/// The function's environment variables, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `AWS_REGION`: where the stack is.
    pub region: String,
    /// `ORGANIZATION_ID`: what the stack takes for its organization.
    pub organization: OrganizationId,
    /// `MANAGEMENT_ACCOUNT_ID`: what it takes for the management account.
    pub management: AccountId,
    /// `LEDGER_TABLE`: the ledger's table.
    pub table: String,
    /// `TOPIC_ARN`: where announcements go.
    pub topic: String,
    /// `ALARMS_TOPIC_ARN`: where alarms go.
    pub alarms: String,
    /// `BUCKET`: the stack's own bucket.
    pub bucket: String,
    /// `POLICY_SOURCE`: where the policy is; empty where the stack has no contact stamper.
    pub policy: Option<Place>,
    /// `DEAD_LETTERS`: the URLs of the queues of dead letters, with a comma between two of them.
    pub dead_letters: Vec<String>,
    /// `HAS_GOVCLOUD`: the stack has a GovCloud auditor.
    pub has_govcloud: bool,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Error::Variable`] names the first variable that is missing or malformed.
    pub fn from_vars(vars: &impl Lookup) -> Result<Self, Error> {
        let dead_letters: String = required(vars, "DEAD_LETTERS", "URLs of queues")?;
        Ok(Self {
            region: required(vars, "AWS_REGION", "a region such as us-east-1")?,
            organization: env::organization(vars)?,
            management: env::management(vars)?,
            table: env::table(vars)?,
            topic: env::topic(vars)?,
            alarms: required(vars, "ALARMS_TOPIC_ARN", "the ARN of an SNS topic")?,
            bucket: env::bucket(vars)?,
            policy: optional(vars, "POLICY_SOURCE", "ssm:/NAME or s3://BUCKET/KEY")?,
            dead_letters: dead_letters.split(',').map(str::to_owned).collect(),
            has_govcloud: required(vars, "HAS_GOVCLOUD", "true or false")?,
        })
    }
}
