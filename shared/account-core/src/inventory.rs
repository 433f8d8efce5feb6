//! The inventory: the accounts of one round of a sweep.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, UnitId};

/// The state in which an account can be swept.
pub const ACTIVE: &str = "ACTIVE";

/// An account that joined less than this ago may still be denied: AWS is not done with it.
const YOUNG: TimeDelta = TimeDelta::minutes(30);

/// An account of the organization, as a line of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The account.
    pub id: AccountId,
    /// `State`, for example ACTIVE; `Status` where AWS gives no `State`.
    pub state: String,
    /// The organizational units it is in, the outermost first; `None` where they are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<UnitId>>,
    /// When it joined the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<DateTime<Utc>>,
    /// It was created in the organization, not invited.
    #[serde(default)]
    pub created: bool,
    /// Its name: a new account's primary contact bears it.
    pub name: Name,
}

/// An account's name. Personal data: it has no `Display`, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// A name as AWS gives it.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The name, for comparing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Name(…)")
    }
}

impl Member {
    /// Whether contacts can be read and written: AWS refuses them in every other state.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == ACTIVE
    }

    /// Whether it joined so short a while ago that AWS may not be done with it; also where AWS does not say when.
    #[must_use]
    pub fn is_young(&self, now: DateTime<Utc>) -> bool {
        self.joined.is_none_or(|joined| now - joined < YOUNG)
    }

    /// Why the contact sweep lists the account and leaves it alone; `None` where it is swept.
    ///
    /// The audit of GovCloud links skips nobody: what outlives its standard account is a finding.
    #[must_use]
    pub fn skip_reason(&self) -> Option<&'static str> {
        match self.state.as_str() {
            // What AWS gives no state of is asked for again.
            ACTIVE | "" => None,
            "PENDING_ACTIVATION" => Some("the account is not active yet"),
            "SUSPENDED" => Some("the account is suspended"),
            "PENDING_CLOSURE" => Some("the account is being closed"),
            "CLOSED" => Some("the account is closed"),
            _ => Some("the account is in a state that is not known"),
        }
    }
}

/// The members in batches of at most `size`, in the order of their ids.
///
/// Each is in one batch only, as listed last: AWS may list an account again when pages shift under a listing.
#[must_use]
pub fn batches(members: Vec<Member>, size: NonZeroUsize) -> Vec<Vec<Member>> {
    let members: BTreeMap<_, _> = members
        .into_iter()
        .map(|member| (member.id.clone(), member))
        .collect();
    let mut members = members.into_values();
    std::iter::from_fn(|| {
        let batch: Vec<_> = members.by_ref().take(size.get()).collect();
        (!batch.is_empty()).then_some(batch)
    })
    .collect()
}

#[cfg(test)]
mod tests;
