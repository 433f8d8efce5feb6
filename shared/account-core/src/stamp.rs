//! What to do about the contacts of one account.
//!
//! | found | and then |
//! |---|---|
//! | match | nothing |
//! | missing | add, at once; wait where an own write may not be readable yet |
//! | drift | replace or remove, where that is permitted; otherwise planned |
//! | unknown | nothing: not being allowed to look is never taken for "missing" |

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::contact::{Contact, Field};
use crate::policy::{Asked, AskedPrimary, Mode, PrimaryMode};
use crate::primary::{PrimaryContact, PrimaryField};

/// For so long a read may not show a write yet; Terraform waits as long.
const SETTLING: TimeDelta = TimeDelta::minutes(5);

/// So many own writes of one contact over somebody else's, each within a day of the one before, are a contest.
pub const CONTEST: u32 = 3;

/// What reading a contact gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<T> {
    /// The contact.
    Present(T),
    /// AWS says that there is none.
    Absent,
    /// AWS did not say; the reason names no value.
    Unreadable(String),
}

impl<T> Reading<T> {
    /// What was read, present or absent; `None` where AWS did not say.
    #[must_use]
    pub fn known(&self) -> Option<Option<&T>> {
        match self {
            Self::Present(contact) => Some(Some(contact)),
            Self::Absent => Some(None),
            Self::Unreadable(_) => None,
        }
    }
}

/// A fingerprint of a contact: a keyed hash, so that it tells nothing without the key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Fingerprint(pub String);

/// What the stamper last wrote itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWrite {
    /// What it wrote.
    pub fingerprint: Fingerprint,
    /// When.
    pub at: DateTime<Utc>,
    /// How often in a row, less than a day apart, it wrote over what was not its own.
    pub writes: u32,
}

/// What may be done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Only what is missing may be added: what an event may always do.
    Add,
    /// Contacts may be replaced and removed too: the policy's version has passed a gate.
    All,
}

/// How a contact compares with what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<F> {
    /// As asked.
    Match,
    /// There is none.
    Missing,
    /// It differs in these fields; in none where it should not be there at all.
    Drift(Vec<F>),
    /// It cannot be told; the reason names no value.
    Unknown(String),
}

/// What to do about a contact.
#[derive(Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// Nothing.
    Nothing,
    /// Write this where there is none, or nothing but AWS's own copy.
    Add(T),
    /// Write this over something else.
    Replace(T),
    /// Remove it.
    Remove,
    /// It would be replaced or removed, if that were permitted.
    Planned,
    /// Read again later: an own write may not be readable yet.
    Unsettled,
    /// Leave it: somebody else writes it again and again.
    Contested,
}

// By hand: a contact is personal data.
impl<T> fmt::Debug for Step<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Add(_) => "Add",
            Self::Replace(_) => "Replace",
            Self::Remove => "Remove",
            Self::Planned => "Planned",
            Self::Unsettled => "Unsettled",
            Self::Contested => "Contested",
        })
    }
}

/// How a contact compares with what is asked, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<T, F> {
    /// The comparison.
    pub found: Found<F>,
    /// What to do.
    pub step: Step<T>,
    /// What was read is what the stamper last wrote: that write was made, and nobody wrote since.
    pub is_own: bool,
}

impl<T, F> Decision<T, F> {
    fn nothing(found: Found<F>, is_own: bool) -> Self {
        Self {
            found,
            step: Step::Nothing,
            is_own,
        }
    }
}

/// What is known and permitted when a contact is decided on.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The last own write, if any.
    pub own: Option<&'a OwnWrite>,
    /// What may be done.
    pub permit: Permit,
    /// When.
    pub now: DateTime<Utc>,
}

impl Circumstances<'_> {
    /// Whether what was read is what the stamper last wrote.
    fn is_own(&self, read: &Fingerprint) -> bool {
        self.own.is_some_and(|own| own.fingerprint == *read)
    }

    /// What becomes of a change that the policy asks for. Nobody contests an own write that still stands.
    fn change<T>(
        &self,
        intended: &Fingerprint,
        is_own: bool,
        permitted: bool,
        step: Step<T>,
    ) -> Step<T> {
        match self.own {
            _ if is_own && permitted => step,
            _ if is_own => Step::Planned,
            Some(own) if own.fingerprint == *intended && self.now - own.at < SETTLING => {
                Step::Unsettled
            }
            Some(own) if own.writes >= CONTEST && self.now - own.at < TimeDelta::days(1) => {
                Step::Contested
            }
            _ if permitted => step,
            _ => Step::Planned,
        }
    }
}

/// A call of somebody else's that changed a contact, and that reads may not show yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// It wrote the contact.
    Put,
    /// It wrote the primary contact. A write of ours keeps the fields that the policy does not name as they were read: made of
    /// an older reading, it would undo the call.
    PutPrimary,
    /// It removed the contact.
    Delete,
}

impl Call {
    /// Whether reads show what a call at this time changed, for sure.
    #[must_use]
    pub fn is_settled(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        SETTLING <= now - at
    }
}

impl<T, F> Decision<T, F> {
    /// The decision so shortly after a `call` that the reading may be older than it: unsettled, unless the reading shows
    /// that something was changed away from the standard.
    #[must_use]
    pub fn after(mut self, call: Call) -> Self {
        let shows_the_call = match call {
            Call::Put => {
                matches!(self.found, Found::Drift(_)) && !matches!(self.step, Step::Add(_))
            }
            // Also of a drift nobody knows whether it is older.
            Call::PutPrimary => false,
            Call::Delete => matches!(self.found, Found::Missing),
        };
        if !shows_the_call && !matches!(self.found, Found::Unknown(_)) {
            self.step = Step::Unsettled;
        }
        self
    }
}

/// Decides on one alternate contact. `fingerprint` is the ledger's keyed hash; of `None` it is that of a removal.
pub fn decide(
    asked: &Asked,
    current: &Reading<Contact>,
    circumstances: &Circumstances<'_>,
    fingerprint: impl Fn(Option<&Contact>) -> Fingerprint,
) -> Decision<Contact, Field> {
    let current = match current {
        Reading::Unreadable(reason) => {
            return Decision::nothing(Found::Unknown(reason.clone()), false);
        }
        Reading::Present(contact) => Some(contact),
        Reading::Absent => None,
    };
    let is_own = circumstances.is_own(&fingerprint(current));
    if asked.mode == Mode::Absent {
        return match current {
            None => Decision::nothing(Found::Match, is_own),
            Some(_) => Decision {
                found: Found::Drift(Vec::new()),
                step: circumstances.change(
                    &fingerprint(None),
                    is_own,
                    circumstances.permit == Permit::All,
                    Step::Remove,
                ),
                is_own,
            },
        };
    }
    let wanted = match asked.contact() {
        Ok(wanted) => wanted,
        Err(reason) => return Decision::nothing(Found::Unknown(reason.to_owned()), is_own),
    };
    let (found, permitted) = match current {
        None => (Found::Missing, true),
        Some(current) => {
            let differing = current.differing(&wanted);
            if differing.is_empty() || (asked.mode == Mode::Fill && !is_own) {
                return Decision::nothing(Found::Match, is_own);
            }
            let permitted = circumstances.permit == Permit::All;
            (Found::Drift(differing), permitted)
        }
    };
    let intended = fingerprint(Some(&wanted));
    let step = match (asked.mode, current) {
        (Mode::Audit, _) => Step::Nothing,
        (_, None) => circumstances.change(&intended, is_own, permitted, Step::Add(wanted)),
        (_, Some(_)) => circumstances.change(&intended, is_own, permitted, Step::Replace(wanted)),
    };
    Decision {
        found,
        step,
        is_own,
    }
}

/// Decides on the primary contact. `is_untouched` says that it is still AWS's copy of the management account's.
pub fn decide_primary(
    asked: &AskedPrimary,
    current: &Reading<PrimaryContact>,
    is_untouched: bool,
    circumstances: &Circumstances<'_>,
    fingerprint: impl Fn(&PrimaryContact) -> Fingerprint,
) -> Decision<PrimaryContact, PrimaryField> {
    let current = match current {
        Reading::Unreadable(reason) => {
            return Decision::nothing(Found::Unknown(reason.clone()), false);
        }
        // Every account has one; without it there is nothing to merge the named fields into.
        Reading::Absent => {
            let reason = "AWS gives no primary contact".to_owned();
            return Decision::nothing(Found::Unknown(reason), false);
        }
        Reading::Present(contact) => contact,
    };
    let is_own = circumstances.is_own(&fingerprint(current));
    let wanted = match asked.contact() {
        Ok(wanted) => wanted,
        Err(reason) => return Decision::nothing(Found::Unknown(reason.to_owned()), is_own),
    };
    let differing = current.differing(&wanted);
    if differing.is_empty() {
        return Decision::nothing(Found::Match, is_own);
    }
    let step = match asked.mode {
        PrimaryMode::Audit => Step::Nothing,
        PrimaryMode::Enforce => {
            let merged = current.merged(&wanted);
            let intended = fingerprint(&merged);
            if is_untouched {
                circumstances.change(&intended, is_own, true, Step::Add(merged))
            } else {
                let permitted = circumstances.permit == Permit::All;
                circumstances.change(&intended, is_own, permitted, Step::Replace(merged))
            }
        }
    };
    Decision {
        found: Found::Drift(differing),
        step,
        is_own,
    }
}

#[cfg(test)]
mod tests;
