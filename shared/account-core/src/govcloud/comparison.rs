//! Which findings are new, and which are gone.

use std::collections::BTreeSet;

use super::misfit::{Finding, Misfit};
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
/// they had, and so does who shared a GovCloud account with one of them. An account that has left the organization is
/// not among them, and what was found about it clears.
#[must_use]
pub fn compare(
    before: &BTreeSet<Finding>,
    now: &BTreeSet<Finding>,
    unknown: &BTreeSet<AccountId>,
) -> Comparison {
    let is_unknown = |finding: &Finding| unknown.contains(&finding.account_id);
    let is_shared = |finding: &Finding| finding.finding == Misfit::Shared;
    let maybe_shared: BTreeSet<_> = before
        .iter()
        .filter(|it| is_shared(it) && is_unknown(it))
        .map(|it| &it.gov_cloud_account_id)
        .collect();
    let (standing, cleared) = before.iter().cloned().partition(|finding| {
        let is_maybe = is_shared(finding) && maybe_shared.contains(&finding.gov_cloud_account_id);
        now.contains(finding) || is_unknown(finding) || is_maybe
    });
    Comparison {
        appeared: now.difference(before).cloned().collect(),
        cleared,
        standing,
    }
}
