//! What a report counts.

use std::collections::BTreeMap;

use super::line::{ContactLine, LinkLine};
use super::table::NO_STANDARD;
use super::word::Done;
use super::{Coverage, Row};

/// How many accounts there are, and how many of them, of their contacts or links, each word of the report says.
///
/// `accounts` = `covered` + `skipped` + `uncovered`; `unfinished` are some of the covered; the words of what was found add
/// up to `contacts`.
#[must_use]
pub fn counts(rows: &[Row]) -> BTreeMap<String, u64> {
    let mut counts = Counts::default();
    for row in rows {
        counts.row(row);
    }
    counts.0
}

#[derive(Default)]
struct Counts(BTreeMap<String, u64>);

impl Counts {
    fn row(&mut self, row: &Row) {
        self.add("accounts");
        if row.unfinished {
            self.add("unfinished");
        }
        match &row.coverage {
            Coverage::Skipped(_) => self.add("skipped"),
            Coverage::Uncovered(_) => self.add("uncovered"),
            Coverage::Contacts(lines) => self.contacts(lines),
            Coverage::GovCloud(line) => self.link(line),
        }
    }

    fn contacts(&mut self, lines: &[ContactLine]) {
        self.add("covered");
        if lines.is_empty() {
            self.add(NO_STANDARD);
        }
        for line in lines {
            self.add("contacts");
            self.add(line.found.as_str());
            if line.done != Done::Nothing {
                self.add(line.done.as_str());
            }
        }
    }

    fn link(&mut self, line: &LinkLine) {
        self.add("covered");
        self.add(line.link.as_str());
        for finding in &line.findings {
            self.add("findings");
            self.add(finding.as_str());
        }
    }

    fn add(&mut self, word: &str) {
        match self.0.get_mut(word) {
            Some(count) => *count += 1,
            None => {
                self.0.insert(word.to_owned(), 1);
            }
        }
    }
}
