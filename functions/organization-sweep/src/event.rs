//! What starts the function: one step of the state machine.

use account_aws::Error;
use account_core::sweep::Sweep;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::state::State;

const EXPECTED: &str = "a step of the state machine of the sweeps";
const EXPECTED_INPUT: &str = r#"{"kind": "contacts"} or {"kind": "govcloud"}, with "resume": "<sweep id>" or without; or {"apply_plan": "<sweep id>"}"#;

/// A step, as the state machine asks for it.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// What to do.
    #[serde(flatten)]
    pub step: Step,
    /// The ARN of the execution.
    pub execution: String,
    /// When the execution began.
    pub started: DateTime<Utc>,
}

/// What to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase")]
pub enum Step {
    /// Take the lock, and find out what is to be swept.
    Begin {
        /// What the execution was started with.
        input: Value,
    },
    /// List the accounts, and cut them into batches.
    Inventory {
        /// Where the sweep stands.
        sweep: State,
    },
    /// Find out which accounts the batches covered, and whether another round is needed.
    Collect {
        /// Where the sweep stands.
        sweep: State,
    },
    /// Decide whether the plan may be applied.
    Gate {
        /// Where the sweep stands.
        sweep: State,
    },
    /// Write the report, and announce it.
    Report {
        /// Where the sweep stands.
        sweep: State,
    },
    /// Announce that the sweep broke off.
    Fail {
        /// What the execution was started with.
        input: Value,
        /// Where the sweep stands; absent where it did not begin.
        #[serde(default)]
        sweep: Option<Box<State>>,
        /// In which step, and by what kind of error.
        failed: Failed,
    },
}

/// Why a sweep broke off.
#[derive(Clone, Debug, Deserialize)]
pub struct Failed {
    /// The step.
    pub step: String,
    /// The name of the error.
    pub error: String,
}

/// What a person or a schedule starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A sweep over the whole organization.
    Sweep(Sweep),
    /// What a sweep left uncovered.
    Resume(Sweep, String),
    /// The plan that a sweep made, approved by a person.
    ApplyPlan(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    kind: Option<Sweep>,
    resume: Option<String>,
    apply_plan: Option<String>,
}

impl Event {
    /// Recognizes an event.
    ///
    /// # Errors
    /// [`Error::ForeignEvent`] when it is no step.
    pub fn read(payload: Value) -> Result<Self, Error> {
        serde_json::from_value(payload).or(Err(Error::ForeignEvent {
            found: "no step, or one without its members".to_owned(),
            expected: EXPECTED,
        }))
    }
}

impl Step {
    /// Where the sweep stands that wants its lock for this step. The one that begins takes it, and what comes of an
    /// inventory changes no contact before it is collected.
    pub(crate) fn wants_lock(&self) -> Option<&State> {
        match self {
            Self::Collect { sweep } | Self::Gate { sweep } | Self::Report { sweep } => Some(sweep),
            Self::Begin { .. } | Self::Inventory { .. } | Self::Fail { .. } => None,
        }
    }
}

impl Input {
    /// Reads what an execution was started with.
    ///
    /// # Errors
    /// [`Error::ForeignEvent`] names what may start a sweep.
    pub fn read(input: &Value) -> Result<Self, Error> {
        let foreign = |found: &str| Error::ForeignEvent {
            found: found.to_owned(),
            expected: EXPECTED_INPUT,
        };
        let members = serde_json::from_value(input.clone())
            .or(Err(foreign("members that do not start a sweep")))?;
        let read = match members {
            Members {
                kind: Some(kind),
                resume: None,
                apply_plan: None,
            } => Self::Sweep(kind),
            Members {
                kind: Some(kind),
                resume: Some(sweep),
                apply_plan: None,
            } => Self::Resume(kind, sweep),
            Members {
                kind: None | Some(Sweep::Contacts),
                resume: None,
                apply_plan: Some(sweep),
            } => Self::ApplyPlan(sweep),
            Members { .. } => return Err(foreign("members that do not go together")),
        };
        match &read {
            Self::Resume(_, id) | Self::ApplyPlan(id) if !is_sweep_id(id) => {
                Err(foreign("an id that no sweep has"))
            }
            Self::Sweep(_) | Self::Resume(..) | Self::ApplyPlan(_) => Ok(read),
        }
    }

    /// What is swept.
    #[must_use]
    pub fn kind(&self) -> Sweep {
        match self {
            Self::Sweep(kind) | Self::Resume(kind, _) => *kind,
            Self::ApplyPlan(_) => Sweep::Contacts,
        }
    }
}

/// Whether a text may be the id of a sweep: it becomes a part of keys.
pub(crate) fn is_sweep_id(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    (1..=80).contains(&text.len()) && text.chars().all(is_plain)
}
