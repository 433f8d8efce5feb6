//! Reports: what a sweep found and did, for people, spreadsheets and programs.
//!
//! No contact's value and no account's name is in them. All three renderings are written piece by piece: beside the
//! report itself they need no memory to speak of.

mod csv;
mod html;
mod line;
mod picture;
mod table;
mod tally;
mod tone;
mod word;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

pub use csv::write_csv;
pub use html::write_html;
pub use line::{ContactLine, FieldName, LinkLine};
pub use tally::counts;
pub use word::{Contact, Done, Found, LinkWord};

use crate::announcement::timestamp;
use crate::ids::AccountId;
use crate::sweep::{Outcome, Sweep};

/// What a sweep found and did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The sweep's id.
    pub sweep: String,
    /// What was swept.
    pub kind: Sweep,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began.
    #[serde(serialize_with = "time")]
    pub started: DateTime<Utc>,
    /// When it ended.
    #[serde(serialize_with = "time")]
    pub finished: DateTime<Utc>,
    /// The version of the policy, of a contact sweep only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<String>,
    /// Of [`counts`], and whatever else is worth a number.
    pub counts: BTreeMap<String, u64>,
    /// Each account of the organization once.
    pub rows: Vec<Row>,
}

/// What is reported of an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The account.
    pub account_id: AccountId,
    /// Its state in the organization.
    pub account_state: String,
    /// Another round would have found out or done more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
    /// What became of it.
    #[serde(flatten)]
    pub coverage: Coverage,
}

/// What became of an account in a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Coverage {
    /// It was left alone on purpose, for this reason.
    Skipped(String),
    /// The sweep did not get to it, for this reason.
    Uncovered(String),
    /// Its contacts: those that the policy asks something of.
    Contacts(Vec<ContactLine>),
    /// Its GovCloud link.
    GovCloud(LinkLine),
}

/// A report as a JSON document.
#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    #[serde(flatten)]
    report: &'a Report,
}

/// Writes the report as JSON, for programs: `schemas/sweep-report.schema.json`.
///
/// # Errors
///
/// Where `out` fails.
pub fn write_json(report: &Report, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    serde_json::to_writer(&mut out, &Document { version: 1, report })?;
    out.flush()
}

// By reference: serde asks for it.
fn time<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&timestamp(*time))
}

#[cfg(test)]
mod tests;
