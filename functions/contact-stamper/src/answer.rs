//! What the function answers.

use std::collections::BTreeMap;

use account_core::contact::Field;
use account_core::primary::PrimaryField;
use account_core::stamp::{Decision, Found, Step};
use aws_lambda_events::event::sqs::SqsBatchResponse;
use serde::Serialize;

/// The answer to each way of starting the function.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Which records of a batch come again.
    Batch(SqsBatchResponse),
    /// What was found and done, account by account.
    Reports(Vec<Report>),
    /// Why an account is as it shall be.
    Explanation(Box<Explanation>),
}

/// What was found and done about one account. Holds no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The account.
    pub account_id: String,
    /// Why the account was left alone, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Its contacts, by BILLING, OPERATIONS, SECURITY and PRIMARY; those that the policy does not name are left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contacts: BTreeMap<String, Line>,
}

/// What was found and done about one contact. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// match, missing, drift or unknown.
    pub found: &'static str,
    /// The fields that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<&'static str>,
    /// Why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// nothing, written, planned, unsettled or contested.
    pub done: &'static str,
}

/// Why an account is as it shall be: for the caller only, since it holds values.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What a run would find and do.
    #[serde(flatten)]
    pub report: Report,
    /// The version of the policy.
    pub policy_version: String,
    /// Each contact's values.
    pub values: BTreeMap<String, BTreeMap<&'static str, Explained>>,
}

// By hand: values are personal data.
impl std::fmt::Debug for Explanation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Explanation({:?})", self.report)
    }
}

/// A value of the standard.
#[derive(Serialize)]
#[expect(missing_debug_implementations, reason = "values are personal data")]
pub struct Explained {
    /// The value, or why there is none.
    pub value: String,
    /// The layer it comes from.
    pub layer: String,
}

/// A field's name in answers.
pub(crate) trait Named: Copy {
    fn name(self) -> &'static str;
}

impl Named for Field {
    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl Named for PrimaryField {
    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl Line {
    /// The line of a decision that was not carried out (yet).
    pub(crate) fn planned<T, F: Named>(decision: &Decision<T, F>) -> Self {
        let (found, fields, reason) = match &decision.found {
            Found::Match => ("match", Vec::new(), None),
            Found::Missing => ("missing", Vec::new(), None),
            Found::Drift(fields) => (
                "drift",
                fields.iter().map(|field| field.name()).collect(),
                None,
            ),
            Found::Unknown(reason) => ("unknown", Vec::new(), Some(reason.clone())),
        };
        let done = match decision.step {
            Step::Nothing => "nothing",
            Step::Add(_) | Step::Replace(_) | Step::Remove | Step::Planned => "planned",
            Step::Unsettled => "unsettled",
            Step::Contested => "contested",
        };
        Self {
            found,
            fields,
            reason,
            done,
        }
    }
}
