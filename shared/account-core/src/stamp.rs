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

use crate::contact::{Contact, Field};
use crate::policy::{Asked, AskedPrimary, Mode, PrimaryMode};
use crate::primary::{PrimaryContact, PrimaryField};

/// For so long a read may not show a write yet; Terraform waits as long.
const SETTLING: TimeDelta = TimeDelta::minutes(5);

/// So many own writes of one contact within a day are a contest with another writer.
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

/// A fingerprint of a contact: a keyed hash, so that it tells nothing without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub String);

/// What the stamper last wrote itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWrite {
    /// What it wrote.
    pub fingerprint: Fingerprint,
    /// When.
    pub at: DateTime<Utc>,
    /// How often it wrote within the day before.
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
}

impl<T, F> Decision<T, F> {
    fn nothing(found: Found<F>) -> Self {
        Self {
            found,
            step: Step::Nothing,
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
    /// What becomes of a change that the policy asks for.
    fn change<T>(&self, intended: &Fingerprint, permitted: bool, step: Step<T>) -> Step<T> {
        match self.own {
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

/// Decides on one alternate contact. `fingerprint` is the ledger's keyed hash; of `None` it is that of a removal.
pub fn decide(
    asked: &Asked,
    current: &Reading<Contact>,
    circumstances: &Circumstances<'_>,
    fingerprint: impl Fn(Option<&Contact>) -> Fingerprint,
) -> Decision<Contact, Field> {
    let current = match current {
        Reading::Unreadable(reason) => return Decision::nothing(Found::Unknown(reason.clone())),
        Reading::Present(contact) => Some(contact),
        Reading::Absent => None,
    };
    if asked.mode == Mode::Absent {
        return match current {
            None => Decision::nothing(Found::Match),
            Some(_) => {
                let permitted = circumstances.permit == Permit::All;
                let step = circumstances.change(&fingerprint(None), permitted, Step::Remove);
                Decision {
                    found: Found::Drift(Vec::new()),
                    step,
                }
            }
        };
    }
    let wanted = match asked.contact() {
        Ok(wanted) => wanted,
        Err(reason) => return Decision::nothing(Found::Unknown(reason.to_owned())),
    };
    let Some(current) = current else {
        let step = match asked.mode {
            Mode::Audit => Step::Nothing,
            Mode::Enforce | Mode::Fill | Mode::Absent => {
                circumstances.change(&fingerprint(Some(&wanted)), true, Step::Add(wanted))
            }
        };
        return Decision {
            found: Found::Missing,
            step,
        };
    };
    let differing = current.differing(&wanted);
    let is_own = || {
        circumstances
            .own
            .is_some_and(|own| own.fingerprint == fingerprint(Some(current)))
    };
    if differing.is_empty() || (asked.mode == Mode::Fill && !is_own()) {
        return Decision::nothing(Found::Match);
    }
    let step = match asked.mode {
        Mode::Audit => Step::Nothing,
        Mode::Enforce | Mode::Fill | Mode::Absent => {
            let permitted = circumstances.permit == Permit::All;
            circumstances.change(
                &fingerprint(Some(&wanted)),
                permitted,
                Step::Replace(wanted),
            )
        }
    };
    Decision {
        found: Found::Drift(differing),
        step,
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
        Reading::Unreadable(reason) => return Decision::nothing(Found::Unknown(reason.clone())),
        // Every account has one; without it there is nothing to merge the named fields into.
        Reading::Absent => {
            return Decision::nothing(Found::Unknown("AWS gives no primary contact".to_owned()));
        }
        Reading::Present(contact) => contact,
    };
    let wanted = match asked.contact() {
        Ok(wanted) => wanted,
        Err(reason) => return Decision::nothing(Found::Unknown(reason.to_owned())),
    };
    let differing = current.differing(&wanted);
    if differing.is_empty() {
        return Decision::nothing(Found::Match);
    }
    let step = match asked.mode {
        PrimaryMode::Audit => Step::Nothing,
        PrimaryMode::Enforce => {
            let merged = current.merged(&wanted);
            let intended = fingerprint(&merged);
            if is_untouched {
                circumstances.change(&intended, true, Step::Add(merged))
            } else {
                let permitted = circumstances.permit == Permit::All;
                circumstances.change(&intended, permitted, Step::Replace(merged))
            }
        }
    };
    Decision {
        found: Found::Drift(differing),
        step,
    }
}

#[cfg(test)]
mod tests;
