//! What the steps and batches of a sweep leave to each other in the bucket.

use serde::{Deserialize, Serialize};

use super::Counts;
use crate::govcloud::Audited;
use crate::ids::AccountId;
use crate::inventory::Member;
use crate::report::{Contact, ContactLine, Coverage, Done, Found};
use crate::stamp::Fingerprint;

/// What the accounts of a batch are looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Say what would be changed.
    Plan,
    /// Make the changes of a plan.
    Apply,
    /// Ask for links.
    Audit,
}

impl Phase {
    /// As keys of the bucket write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Audit => "audit",
        }
    }
}

/// What starts a batch: the functions that deal with accounts get it from the state machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The sweep's id.
    pub sweep: String,
    /// What to do.
    pub phase: Phase,
    /// Which accounts.
    pub item: Item,
}

/// One line of the list that the state machine reads: a batch, and where its results go.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Item {
    /// The key of the batch.
    pub batch: String,
    /// The key of its results.
    pub result: String,
}

/// The accounts of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// The version of the policy that the changes were planned under; of a batch to apply only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<String>,
    /// The accounts.
    pub accounts: Vec<BatchAccount>,
}

/// An account of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct BatchAccount {
    /// The account.
    #[serde(flatten)]
    pub member: Member,
    /// What is to be changed; of a batch to apply only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PlannedChange>,
}

/// A change that a plan asks for. Holds no value: the standard is made anew, and must still ask for this very change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PlannedChange {
    /// Which contact.
    pub contact: Contact,
    /// What is to be done.
    pub change: ChangeWord,
    /// Of what was read when it was planned: something else is left alone.
    pub before: Fingerprint,
    /// Of what is there afterwards, also where that is nothing: a standard that asks for something else is not this plan's.
    pub wanted: Fingerprint,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeWord {
    /// Writes where there was nothing, or nothing but AWS's own copy.
    Added,
    /// Writes over something else.
    Replaced,
    /// Removes.
    Removed,
}

impl ChangeWord {
    /// As announcements write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
        }
    }
}

/// What a batch found. Accounts that it did not reach are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Results {
    /// The version of the policy; of a contact sweep only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<String>,
    /// Calls that AWS throttled.
    #[serde(default)]
    pub throttled: u32,
    /// What was found, by account.
    pub accounts: Vec<AccountResult>,
}

/// What a batch found about one account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct AccountResult {
    /// The account.
    pub id: AccountId,
    /// Its state in the organization.
    pub state: String,
    /// Another round should look again: AWS was busy, or a read lags.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// What was found.
    pub found: AccountFound,
}

/// What was found about an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountFound {
    /// It was left alone, for this reason.
    Skipped(String),
    /// Nothing yet, for this reason.
    Later(String),
    /// Its contacts, and what a plan would change.
    Contacts {
        /// One for each contact that the policy asks something of.
        lines: Vec<ContactLine>,
        /// What a plan would change.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<PlannedChange>,
    },
    /// Its link.
    Link(Box<Audited>),
}

impl AccountFound {
    /// Of a contact sweep: what is reported of it when no further round comes.
    #[must_use]
    pub fn coverage(&self) -> Option<Coverage> {
        match self {
            Self::Skipped(reason) => Some(Coverage::Skipped(reason.clone())),
            Self::Later(reason) => Some(Coverage::Uncovered(reason.clone())),
            Self::Contacts { lines, .. } => Some(Coverage::Contacts(lines.clone())),
            Self::Link(_) => None,
        }
    }

    /// Of a plan: what the gate counts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let Self::Contacts { lines, changes } = self else {
            return counts;
        };
        for line in lines {
            match line.found {
                Found::Unknown => counts.unknown += 1,
                Found::Match | Found::Missing | Found::Drift => counts.read += 1,
            }
        }
        for change in changes {
            match change.change {
                ChangeWord::Added => counts.add += 1,
                ChangeWord::Replaced => counts.replace += 1,
                ChangeWord::Removed => counts.remove += 1,
            }
        }
        counts
    }

    /// Of an applied plan: whether something was left because the policy had changed.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        let Self::Contacts { lines, .. } = self else {
            return false;
        };
        lines.iter().any(|line| line.done == Done::Superseded)
    }
}

/// A plan as it is kept for a person to approve.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The version of the policy that it was made under.
    pub policy_version: String,
    /// The accounts that are to be changed.
    pub accounts: Vec<BatchAccount>,
}
