//! A report as one table of texts, which CSV and HTML both show.

use std::borrow::Cow;

use super::line::{ContactLine, LinkLine};
use super::{Coverage, Report, Row};
use crate::ids::AccountId;
use crate::sweep::Sweep;

/// A column of the table.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct Column {
    /// As programs read it.
    #[serde(skip)]
    pub(super) name: &'static str,
    /// As people read it.
    pub(super) title: &'static str,
    /// Whether it holds few words, which people filter by.
    pub(super) filter: bool,
}

/// The word for an account of which the policy asks nothing.
pub(super) const NO_STANDARD: &str = "noStandard";

/// A cell that holds several words holds them with this between them.
const BETWEEN: &str = ", ";

const fn text(name: &'static str, title: &'static str) -> Column {
    Column {
        name,
        title,
        filter: false,
    }
}

const fn words(name: &'static str, title: &'static str) -> Column {
    Column {
        name,
        title,
        filter: true,
    }
}

const CONTACTS: [Column; 7] = [
    text("account", "Account"),
    words("state", "State"),
    words("contact", "Contact"),
    words("found", "Found"),
    text("fields", "Fields"),
    words("done", "Done"),
    text("reason", "Reason"),
];

const LINKS: [Column; 8] = [
    text("account", "Account"),
    words("state", "State"),
    words("link", "Link"),
    text("govCloudAccount", "GovCloud account"),
    words("govCloudState", "GovCloud state"),
    text("reportedGovCloudAccount", "Reported account"),
    words("findings", "Findings"),
    text("reason", "Reason"),
];

pub(super) fn columns(kind: Sweep) -> &'static [Column] {
    match kind {
        Sweep::Contacts => &CONTACTS,
        Sweep::GovCloud => &LINKS,
    }
}

pub(super) type Line<'a> = Vec<Cow<'a, str>>;

/// The table's lines, each with a cell for each column: one line for each contact, or each account.
pub(super) fn lines(report: &Report) -> impl Iterator<Item = Line<'_>> {
    report.rows.iter().flat_map(move |row| {
        let of_row = rest(report.kind, row).into_iter();
        of_row.map(move |rest| line(report.kind, row, rest))
    })
}

fn line<'a>(kind: Sweep, row: &'a Row, rest: Line<'a>) -> Line<'a> {
    let mut line: Line<'_> = vec![row.account_id.as_str().into(), (&*row.account_state).into()];
    line.extend(rest);
    debug_assert_eq!(line.len(), columns(kind).len(), "a cell for each column");
    line
}

/// The cells after account and state.
fn rest(kind: Sweep, row: &Row) -> Vec<Line<'_>> {
    match &row.coverage {
        Coverage::Skipped(reason) => vec![alone(kind, "skipped", reason)],
        Coverage::Uncovered(reason) => vec![alone(kind, "uncovered", reason)],
        Coverage::Contacts(lines) if lines.is_empty() => vec![alone(kind, NO_STANDARD, "")],
        Coverage::Contacts(lines) => lines.iter().map(contact).collect(),
        Coverage::GovCloud(line) => vec![link(line)],
    }
}

/// An account without lines of its own: `word` stands for what was found.
fn alone<'a>(kind: Sweep, word: &'static str, reason: &'a str) -> Line<'a> {
    let cells = match kind {
        Sweep::Contacts => vec!["", word, "", "", reason],
        Sweep::GovCloud => vec![word, "", "", "", "", reason],
    };
    cells.into_iter().map(Cow::Borrowed).collect()
}

fn contact(line: &ContactLine) -> Line<'_> {
    vec![
        line.contact.as_str().into(),
        line.found.as_str().into(),
        joined(line.fields.iter().map(|field| field.as_str())),
        line.done.as_str().into(),
        given(line.reason.as_deref()),
    ]
}

fn link(line: &LinkLine) -> Line<'_> {
    let linked = line.gov_cloud_account_id.as_ref();
    let reported = line.reported_gov_cloud_account_id.as_ref();
    vec![
        line.link.as_str().into(),
        given(linked.map(AccountId::as_str)),
        given(line.gov_cloud_state.as_deref()),
        given(reported.map(AccountId::as_str)),
        joined(line.findings.iter().map(|finding| finding.as_str())),
        given(line.reason.as_deref()),
    ]
}

fn joined<'a>(words: impl Iterator<Item = &'static str>) -> Cow<'a, str> {
    words.collect::<Vec<_>>().join(BETWEEN).into()
}

fn given(text: Option<&str>) -> Cow<'_, str> {
    text.unwrap_or_default().into()
}
