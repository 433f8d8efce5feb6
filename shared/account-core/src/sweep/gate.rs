//! The gate between a plan and its application: it stops a policy edit that would change too much.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::{AccountFound, AccountResult};
use crate::report::Contact;

/// What the plan of a contact sweep counts. Each batch counts its own contacts, and they add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Counts {
    /// Contacts that were read: present or absent, both are known.
    pub read: u64,
    /// Contacts that were asked for and are not known.
    pub unknown: u64,
    /// Contacts to add.
    pub add: u64,
    /// Contacts to replace.
    pub replace: u64,
    /// Contacts to remove.
    pub remove: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.unknown += other.unknown;
        self.add += other.add;
        self.replace += other.replace;
        self.remove += other.remove;
    }
}

/// What the plan of a sweep counts, with a result, or none, for each account that was to be swept. An account of which
/// nothing is known counts as if each contact that the others were asked for were unknown.
#[must_use]
pub fn plan_counts(results: &[Option<&AccountResult>]) -> Counts {
    let found = || results.iter().flatten().map(|result| &result.found);
    let asked: BTreeSet<Contact> = found().flat_map(contacts).collect();
    let unseen = Counts {
        unknown: asked.len().max(1) as u64,
        ..Counts::default()
    };
    let mut counts = Counts::default();
    for result in results {
        counts += match result.map(|result| &result.found) {
            None | Some(AccountFound::Later(_)) => unseen,
            Some(found) => found.counts(),
        };
    }
    counts
}

fn contacts(found: &AccountFound) -> Vec<Contact> {
    match found {
        AccountFound::Contacts { lines, .. } => lines.iter().map(|line| line.contact).collect(),
        AccountFound::Skipped(_) | AccountFound::Later(_) | AccountFound::Link(_) => Vec::new(),
    }
}

/// What a plan may change, and how much it may not know, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `MaxChangePercent`: of the contacts read, to replace and remove. What is added harms nobody and never counts.
    pub change: u8,
    /// `MaxUnknownPercent`: of the contacts asked for.
    pub unknown: u8,
}

/// Whether the plan may be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open,
    /// It may not, unless a person approves it.
    Closed {
        /// Each limit that the plan exceeds; at least one.
        reasons: Vec<Reason>,
    },
}

/// A limit that the plan exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `MaxChangePercent`.
    Change {
        /// Contacts to replace and remove.
        changes: u64,
        /// Of so many that were read.
        read: u64,
        /// The limit.
        percent: u8,
    },
    /// `MaxUnknownPercent`.
    Unknown {
        /// Contacts that are not known.
        unknown: u64,
        /// Of so many that were asked for.
        asked: u64,
        /// The limit.
        percent: u8,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change {
                changes,
                read,
                percent,
            } => write!(
                formatter,
                "{changes} of {read} contacts would be replaced or removed, more than {percent} %"
            ),
            Self::Unknown {
                unknown,
                asked,
                percent,
            } => write!(
                formatter,
                "{unknown} of {asked} contacts are not known, more than {percent} %"
            ),
        }
    }
}

/// Decides whether a plan may be applied. It may where nothing at all was asked for.
#[must_use]
pub fn gate(counts: &Counts, limits: &Limits) -> Gate {
    let changes = counts.replace.saturating_add(counts.remove);
    let asked = counts.read.saturating_add(counts.unknown);
    let change = Reason::Change {
        changes,
        read: counts.read,
        percent: limits.change,
    };
    let unknown = Reason::Unknown {
        unknown: counts.unknown,
        asked,
        percent: limits.unknown,
    };
    let mut reasons = Vec::new();
    reasons.extend(exceeds(changes, limits.change, counts.read).then_some(change));
    reasons.extend(exceeds(counts.unknown, limits.unknown, asked).then_some(unknown));
    if reasons.is_empty() {
        Gate::Open
    } else {
        Gate::Closed { reasons }
    }
}

/// Whether `part` is more than `percent` of `whole`, without rounding.
fn exceeds(part: u64, percent: u8, whole: u64) -> bool {
    u128::from(percent) * u128::from(whole) < u128::from(part) * 100
}
