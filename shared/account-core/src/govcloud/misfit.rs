//! Findings: the kinds of things that do not fit.

use serde::{Deserialize, Serialize};

use crate::ids::AccountId;

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Misfit {
    /// The link leads to another account than the creation request reported.
    OtherThanReported,
    /// The account was created as one of a GovCloud pair and is not linked.
    PairNotLinked,
    /// The GovCloud account has been PENDING_ACTIVATION for too long.
    PendingTooLong,
    /// The GovCloud account is ACTIVE and its standard account is SUSPENDED, PENDING_CLOSURE or CLOSED.
    OutlivesStandard,
    /// The GovCloud account is SUSPENDED or CLOSED and its standard account is ACTIVE.
    EndedBeforeStandard,
    /// There was a link, and there is none now.
    Vanished,
    /// Another standard account has a link to the same GovCloud account.
    Shared,
}

impl Misfit {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::OtherThanReported,
        Self::PairNotLinked,
        Self::PendingTooLong,
        Self::OutlivesStandard,
        Self::EndedBeforeStandard,
        Self::Vanished,
        Self::Shared,
    ];

    /// As reports and announcements write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherThanReported => "otherThanReported",
            Self::PairNotLinked => "pairNotLinked",
            Self::PendingTooLong => "pendingTooLong",
            Self::OutlivesStandard => "outlivesStandard",
            Self::EndedBeforeStandard => "endedBeforeStandard",
            Self::Vanished => "vanished",
            Self::Shared => "shared",
        }
    }
}

/// One thing that does not fit about one standard account's link. It stays the same finding for as long as it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The standard account.
    pub account_id: AccountId,
    /// What does not fit.
    pub finding: Misfit,
    /// The GovCloud account: the linked one, or else the one that should be linked or was.
    pub gov_cloud_account_id: AccountId,
}
