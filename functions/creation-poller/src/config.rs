//! What the stack sets for the function.

use std::time::Duration;

use account_aws::Error;
use account_aws::env::{self, Lookup, optional, required};
use account_core::ids::OrganizationId;
use chrono::{DateTime, Utc};

/// The function's environment variables, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ORGANIZATION_ID`: part of every announcement's id.
    pub organization: OrganizationId,
    /// `LEDGER_TABLE`: the ledger's table.
    pub table: String,
    /// `TOPIC_ARN`: where announcements go.
    pub topic: String,
    /// `RECONCILE_MINUTES`: how often a large organization is scanned in full.
    pub reconcile_every: Duration,
    /// `ANNOUNCE_SINCE`: history that ended then or later is announced too.
    pub announce_since: Option<DateTime<Utc>>,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Error::Variable`] names the first variable that is missing or malformed.
    pub fn from_vars(vars: &impl Lookup) -> Result<Self, Error> {
        let minutes = "a whole number of minutes from 1 to 1440";
        let reconcile: u64 = required(vars, "RECONCILE_MINUTES", minutes)?;
        if !(1..=1440).contains(&reconcile) {
            return Err(Error::Variable {
                name: "RECONCILE_MINUTES",
                problem: "is out of range",
                expected: minutes,
            });
        }
        let topic = env::topic(vars)?;
        if !topic.starts_with("arn:") {
            return Err(Error::Variable {
                name: "TOPIC_ARN",
                problem: "is malformed",
                expected: "the ARN of an SNS topic",
            });
        }
        Ok(Self {
            organization: env::organization(vars)?,
            table: env::table(vars)?,
            topic,
            reconcile_every: Duration::from_secs(reconcile * 60),
            announce_since: optional(
                vars,
                "ANNOUNCE_SINCE",
                "a time such as 2026-01-31T00:00:00Z, or nothing",
            )?,
        })
    }
}
