//! Which findings are new, and which are gone.

use std::collections::BTreeSet;

use super::misfit::Finding;
use crate::ids::AccountId;

/// The findings of an audit beside those that were standing before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// New ones.
    pub appeared: BTreeSet<Finding>,
    /// Those that no longer hold.
    pub cleared: BTreeSet<Finding>,
    /// Those that were there before and are not known to be gone.
    pub standing: BTreeSet<Finding>,
}

impl Comparison {
    /// Whether there is something to announce.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !self.appeared.is_empty() || !self.cleared.is_empty()
    }

    /// All that hold now: what the next audit is compared with.
    #[must_use]
    pub fn remembered(&self) -> BTreeSet<Finding> {
        self.appeared.union(&self.standing).cloned().collect()
    }
}

/// Compares the findings of an audit, `now`, with those that were standing `before`.
///
/// `unknown` are the accounts whose links this audit does not know, those it did not reach among them: they keep what
/// they had. An account that has left the organization is not among them, and what was found about it clears.
#[must_use]
pub fn compare(
    before: &BTreeSet<Finding>,
    now: &BTreeSet<Finding>,
    unknown: &BTreeSet<AccountId>,
) -> Comparison {
    let (standing, cleared) = before
        .iter()
        .cloned()
        .partition(|finding| now.contains(finding) || unknown.contains(&finding.account_id));
    Comparison {
        appeared: now.difference(before).cloned().collect(),
        cleared,
        standing,
    }
}
