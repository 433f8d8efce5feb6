//! What [`GetGovCloudAccountInformation`] says of an account's link.
//!
//! [`GetGovCloudAccountInformation`]: https://docs.aws.amazon.com/accounts/latest/reference/API_GetGovCloudAccountInformation.html

use serde::{Deserialize, Serialize};

use crate::ids::AccountId;

/// An account's link, as AWS knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    tag = "link",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Link {
    /// There is none: AWS answers 404.
    NotLinked,
    /// There is one.
    Linked {
        /// The GovCloud account.
        gov_cloud_account_id: AccountId,
        /// Its state: PENDING_ACTIVATION, ACTIVE, SUSPENDED, CLOSED, or one that is not known yet.
        state: String,
    },
}

impl Link {
    /// The GovCloud account, where there is one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::NotLinked => None,
            Self::Linked {
                gov_cloud_account_id,
                ..
            } => Some(gov_cloud_account_id),
        }
    }

    /// The GovCloud account's state, where there is one.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        match self {
            Self::NotLinked => None,
            Self::Linked { state, .. } => Some(state),
        }
    }
}

/// What asking for a link gave.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Observation {
    /// An answer.
    Link(Link),
    /// AWS cannot say now and wants to be asked again: it answers 424.
    Unavailable,
    /// It cannot be told, for this reason: the call was denied or throttled, the answer makes no sense, or nobody asked.
    Unknown(String),
}

impl Observation {
    /// The link of an answer. The SDK gives an empty id, and a text that is no state, where AWS left a member out.
    #[must_use]
    pub fn linked(id: &str, state: &str) -> Self {
        let Ok(gov_cloud_account_id) = id.parse() else {
            return Self::Unknown("the answer has no valid GovCloud account id".to_owned());
        };
        if !is_state(state) {
            return Self::Unknown("the answer has no valid state".to_owned());
        }
        Self::Link(Link::Linked {
            gov_cloud_account_id,
            state: state.to_owned(),
        })
    }

    /// The link, where AWS answered.
    #[must_use]
    pub fn link(&self) -> Option<&Link> {
        match self {
            Self::Link(link) => Some(link),
            Self::Unavailable | Self::Unknown(_) => None,
        }
    }
}

/// A state that is not known yet looks like those that are.
fn is_state(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}
