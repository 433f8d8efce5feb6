//! Whether a link has changed since it was last seen.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::link::{Link, Observation};
use crate::ids::AccountId;

/// What the ledger remembers of an account's link.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RememberedLink {
    /// The link as it was last seen.
    #[serde(flatten)]
    pub link: Link,
    /// Counts the changes; makes the id of each one's announcement.
    pub version: u64,
    /// Since when it is seen like this: its id and its state.
    pub since: DateTime<Utc>,
    /// The account it last led to, where it has vanished. It is forgotten when the account is linked again, to
    /// whatever account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<AccountId>,
}

/// What an observation means for what is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The link is as it was, or nobody knows how it is.
    Nothing,
    /// The account is audited for the first time: this is remembered in silence.
    Baseline(RememberedLink),
    /// The link has changed, which is announced once: with what is remembered next, in one transaction.
    Changed {
        /// The link as it was.
        from: Link,
        /// The link as it is.
        to: Link,
        /// What is remembered from now on.
        next: RememberedLink,
    },
}

impl Transition {
    /// What is remembered after the transition from `before`.
    #[must_use]
    pub fn remembered<'a>(
        &'a self,
        before: Option<&'a RememberedLink>,
    ) -> Option<&'a RememberedLink> {
        match self {
            Self::Nothing => before,
            Self::Baseline(next) | Self::Changed { next, .. } => Some(next),
        }
    }
}

/// Compares what was observed with what is remembered of the same account.
#[must_use]
pub fn transition(
    remembered: Option<&RememberedLink>,
    observed: &Observation,
    now: DateTime<Utc>,
) -> Transition {
    let Some(to) = observed.link() else {
        return Transition::Nothing;
    };
    let Some(before) = remembered else {
        return Transition::Baseline(RememberedLink {
            link: to.clone(),
            version: 1,
            since: now,
            lost: None,
        });
    };
    if before.link == *to {
        return Transition::Nothing;
    }
    Transition::Changed {
        from: before.link.clone(),
        to: to.clone(),
        next: RememberedLink {
            link: to.clone(),
            version: before.version + 1,
            since: now,
            lost: lost(&before.link, to),
        },
    }
}

fn lost(from: &Link, to: &Link) -> Option<AccountId> {
    match to {
        Link::NotLinked => from.account().cloned(),
        Link::Linked { .. } => None,
    }
}
