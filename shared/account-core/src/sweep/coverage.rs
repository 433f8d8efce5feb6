//! Which accounts a sweep is done with, and how it ends.

use super::{AccountFound, AccountResult, Outcome};
use crate::govcloud::Observation;
use crate::report::{Coverage, Row};

impl AccountResult {
    /// Whether the sweep is done with the account.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        !matches!(self.found, AccountFound::Later(_)) && !self.is_unfinished()
    }

    /// Whether the account was dealt with, and another round would have found out or done more. A link that is not
    /// available is an answer: AWS may give no other for as long as the account lives.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        let is_answered = match &self.found {
            AccountFound::Later(_) => true,
            AccountFound::Link(audited) => audited.observation == Observation::Unavailable,
            AccountFound::Contacts { .. } | AccountFound::Skipped(_) => false,
        };
        self.again && !is_answered
    }
}

/// How a sweep ends whose gate has not ended it.
#[must_use]
pub fn outcome(rows: &[Row], is_superseded: bool) -> Outcome {
    let is_left = |row: &Row| row.unfinished || matches!(row.coverage, Coverage::Uncovered(_));
    if is_superseded {
        Outcome::Superseded
    } else if rows.iter().any(is_left) {
        Outcome::Incomplete
    } else {
        Outcome::Complete
    }
}
