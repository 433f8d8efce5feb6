//! What travels between the steps of a sweep: a small object, whatever the size of the organization.

use account_core::sweep::{Counts, Outcome, Phase, Sweep};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a sweep stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The sweep's id: the name of its execution.
    pub id: String,
    /// What is swept.
    pub kind: Sweep,
    /// What the batches do.
    pub phase: Phase,
    /// The round of batches in this phase.
    pub round: u32,
    /// Rounds in a row that covered nothing.
    pub fruitless: u32,
    /// The last round of the plan, once it is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<u32>,
    /// The step to come.
    pub next: Next,
    /// So many seconds before the batches.
    pub wait: u32,
    /// The list of the batches.
    pub items: Items,
    /// When the sweep began.
    pub started: DateTime<Utc>,
    /// What the plan counts, once the gate has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// How the sweep ends, where the gate says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// A step of the state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Next {
    /// List the accounts.
    Inventory,
    /// Deal with batches of accounts.
    Batches,
    /// Decide whether the plan may be applied.
    Gate,
    /// Report.
    Report,
    /// Nothing.
    Done,
}

/// The place of a list of batches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Items {
    /// The stack's own bucket.
    pub bucket: String,
    /// The list's key.
    pub key: String,
}

impl State {
    /// The step after the last round of this phase.
    pub(crate) fn after_rounds(&self) -> Next {
        if self.phase == Phase::Plan {
            Next::Gate
        } else {
            Next::Report
        }
    }
}
