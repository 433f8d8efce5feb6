//! What a resumed sweep takes over from the one before.

use chrono::{DateTime, Utc};

use super::{AccountFound, AccountResult};
use crate::inventory::Member;

impl AccountResult {
    /// Whether the account need not be looked at again: it was covered, nothing that was planned is left, and it still is
    /// `as_before`, in the units and the state that it was found in.
    #[must_use]
    pub fn is_carried_over(&self, as_before: Option<&Member>, now: &Member) -> bool {
        let is_left = match &self.found {
            AccountFound::Contacts { changes, .. } => {
                !changes.is_empty() || self.found.is_superseded()
            }
            // The link may be available by now.
            AccountFound::Link(_) => self.again,
            AccountFound::Later(_) | AccountFound::Skipped(_) => false,
        };
        // How it joined does not change; an older version did not write it down.
        let is_same = |before: &Member| {
            let created = now.created;
            Member {
                created,
                ..before.clone()
            } == *now
        };
        self.is_covered() && !is_left && as_before.is_some_and(is_same)
    }
}

/// Whether the links that an audit saw are the newest: no audit that began later has told what it found.
#[must_use]
pub fn is_newest_audit(started: DateTime<Utc>, told: Option<DateTime<Utc>>) -> bool {
    told.is_none_or(|told| told <= started)
}
