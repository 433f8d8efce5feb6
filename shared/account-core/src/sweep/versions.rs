//! Under which policy a sweep found what it found.

use std::collections::BTreeSet;

use super::{AccountFound, Results};

/// The versions of the policy that results were found under. It says nothing of links, nor of what nobody looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions(BTreeSet<Option<String>>);

impl Versions {
    /// Takes up the version of a batch.
    pub fn add(&mut self, results: &Results) {
        // A policy excludes accounts, too.
        let is_of_policy = |found: &AccountFound| match found {
            AccountFound::Contacts { .. } | AccountFound::Skipped(_) => true,
            AccountFound::Link(_) | AccountFound::Later(_) => false,
        };
        // Sweeps of before resumed without saying under which version the earlier one had found its part.
        let is_of_policy = results.accounts.iter().any(|it| is_of_policy(&it.found));
        if is_of_policy || results.policy_version.is_some() {
            self.0.insert(results.policy_version.clone());
        }
    }

    /// Takes up the versions of other results.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The version, where there is one and no other.
    #[must_use]
    pub fn one(&self) -> Option<&str> {
        let mut versions = self.0.iter();
        let (Some(version), None) = (versions.next(), versions.next()) else {
            return None;
        };
        version.as_deref()
    }

    /// Whether there are several, or one that nobody knows.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        !self.0.is_empty() && self.one().is_none()
    }
}
