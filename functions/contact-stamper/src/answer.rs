//! What the function answers.

use std::collections::BTreeMap;

use account_core::report::{Contact, ContactLine, Done, FieldName, Found};
use account_core::stamp::{self, Decision, Step};
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
    /// How far a batch of a sweep came.
    Swept(Swept),
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
    /// Its contacts; those that the policy does not name are left out, unless nobody has told yet what was written there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contacts: BTreeMap<Contact, ContactLine>,
}

/// How far a batch of a sweep came; what it found is in the bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Accounts that it dealt with.
    pub accounts: usize,
    /// Accounts that another round has to look at again.
    pub again: usize,
    /// Accounts that it did not reach.
    pub unreached: usize,
    /// Calls that AWS throttled.
    pub throttled: u32,
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
    pub values: BTreeMap<Contact, BTreeMap<&'static str, Explained>>,
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

/// The line of a decision that was not carried out (yet).
pub(crate) fn line<T, F: Copy + Into<FieldName>>(
    contact: Contact,
    decision: &Decision<T, F>,
) -> ContactLine {
    let (found, fields, reason) = match &decision.found {
        stamp::Found::Match => (Found::Match, Vec::new(), None),
        stamp::Found::Missing => (Found::Missing, Vec::new(), None),
        stamp::Found::Drift(fields) => {
            let fields = fields.iter().map(|field| (*field).into());
            (Found::Drift, fields.collect(), None)
        }
        stamp::Found::Unknown(reason) => (Found::Unknown, Vec::new(), Some(reason.clone())),
    };
    let done = match decision.step {
        Step::Nothing => Done::Nothing,
        Step::Add(_) | Step::Replace(_) | Step::Remove | Step::Planned => Done::Planned,
        Step::Unsettled => Done::Unsettled,
        Step::Contested => Done::Contested,
    };
    ContactLine {
        contact,
        found,
        fields,
        done,
        reason,
    }
}
