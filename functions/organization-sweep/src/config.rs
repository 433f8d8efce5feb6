//! What the stack sets for the function.

use std::num::NonZeroU32;

use account_aws::Error;
use account_aws::env::{self, Lookup, required};
use account_core::ids::OrganizationId;
use account_core::sweep::Limits;
use chrono::TimeDelta;

/// The function's environment variables, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ORGANIZATION_ID`: part of every announcement's id.
    pub organization: OrganizationId,
    /// `LEDGER_TABLE`: the ledger's table.
    pub table: String,
    /// `TOPIC_ARN`: where announcements go.
    pub topic: String,
    /// `BUCKET`: the stack's own bucket.
    pub bucket: String,
    /// `HAS_CONTACTS`: the stack has a contact stamper.
    pub has_contacts: bool,
    /// `HAS_GOVCLOUD`: the stack has a GovCloud auditor.
    pub has_govcloud: bool,
    /// `SWEEP_DRY_RUN`: contact sweeps plan and apply nothing.
    pub dry_run: bool,
    /// `MAX_CHANGE_PERCENT` and `MAX_UNKNOWN_PERCENT`: when the gate closes.
    pub limits: Limits,
    /// `PENDING_DAYS`: for so long a GovCloud account may be PENDING_ACTIVATION.
    pub pending_limit: TimeDelta,
    /// `ROUND_WAIT_SECONDS`: between two rounds, where AWS was busy.
    pub wait: u32,
    /// `QUOTA_PERCENT`: how much of the published quotas a sweep may use.
    pub quota_percent: NonZeroU32,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Error::Variable`] names the first variable that is missing or malformed.
    pub fn from_vars(vars: &impl Lookup) -> Result<Self, Error> {
        let percent = "a whole number from 0 to 100";
        let limits = Limits {
            change: required(vars, "MAX_CHANGE_PERCENT", percent)?,
            unknown: required(vars, "MAX_UNKNOWN_PERCENT", percent)?,
        };
        let days: u32 = required(vars, "PENDING_DAYS", "a whole number of days")?;
        Ok(Self {
            organization: env::organization(vars)?,
            table: env::table(vars)?,
            topic: env::topic(vars)?,
            bucket: env::bucket(vars)?,
            has_contacts: required(vars, "HAS_CONTACTS", "true or false")?,
            has_govcloud: required(vars, "HAS_GOVCLOUD", "true or false")?,
            dry_run: required(vars, "SWEEP_DRY_RUN", "true or false")?,
            limits,
            pending_limit: TimeDelta::days(days.into()),
            wait: required(vars, "ROUND_WAIT_SECONDS", "a whole number of seconds")?,
            quota_percent: required(vars, "QUOTA_PERCENT", "a whole number from 1 to 100")?,
        })
    }
}
