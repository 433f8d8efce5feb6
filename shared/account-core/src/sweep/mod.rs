//! Sweeps: what one pass over the whole organization covers, and whether it may change contacts.

mod announced;
mod carried;
mod coverage;
mod documents;
mod gate;
mod rounds;
mod versions;

use serde::{Deserialize, Serialize};

pub use announced::{Finish, finished, sweep_failed};
pub use carried::is_newest_audit;
pub use coverage::outcome;
pub use documents::{
    AccountFound, AccountResult, Batch, BatchAccount, ChangeWord, Item, Order, Phase, Plan,
    PlannedChange, Results,
};
pub use gate::{Counts, Gate, Limits, Reason, gate, plan_counts};
pub use versions::Versions;

/// What a sweep looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sweep {
    /// The contacts of every account.
    Contacts,
    /// The GovCloud link of every account.
    GovCloud,
}

impl Sweep {
    /// As reports and announcements write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::GovCloud => "govcloud",
        }
    }

    /// As sentences write it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Contacts => "Contact sweep",
            Self::GovCloud => "GovCloud audit",
        }
    }
}

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Every account was covered.
    Complete,
    /// Some accounts are uncovered or unfinished: the report lists them, and a resumed sweep takes them up.
    Incomplete,
    /// The gate closed on the plan, and nothing was written: a person may approve it.
    GateClosed,
    /// The plan was made, and nothing was written.
    DryRun,
    /// The policy changed while the plan was applied, and the rest of the plan was left.
    Superseded,
}

impl Outcome {
    /// As reports and announcements write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::GateClosed => "gateClosed",
            Self::DryRun => "dryRun",
            Self::Superseded => "superseded",
        }
    }

    /// As sentences write it.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "some accounts are not covered",
            Self::GateClosed => "the gate is closed and nothing was written",
            Self::DryRun => "a dry run, nothing was written",
            Self::Superseded => "the policy changed, the rest of the plan was not applied",
        }
    }
}

#[cfg(test)]
mod tests;
