//! What is announced of an account's contacts.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::announcement::{self, Announcement, Draft, Kind};
use crate::ids::{AccountId, OrganizationId};

/// A change that was made to a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// BILLING, OPERATIONS, SECURITY or PRIMARY.
    pub contact: String,
    /// `added`, `replaced` or `removed`.
    pub change: String,
    /// Counts the changes of this contact; makes the announcement's id.
    #[serde(skip)]
    pub version: u64,
}

/// A contact that is not on standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// BILLING, OPERATIONS, SECURITY or PRIMARY.
    pub contact: String,
    /// The fields that differ; none where the contact should not be there.
    pub fields: Vec<String>,
}

/// Who changed a contact, as far as it may be told: session names are often email addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The CloudTrail event.
    pub event_id: String,
    /// The API call.
    pub event_name: String,
    /// The role, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StampedDetail<'a> {
    account_id: &'a AccountId,
    changes: &'a [Change],
    policy_version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DriftDetail<'a> {
    account_id: &'a AccountId,
    contacts: &'a [Drift],
    actor: &'a Actor,
}

/// The announcement of changes that were made to an account's contacts.
#[must_use]
pub fn stamped(
    organization: &OrganizationId,
    account: &AccountId,
    changes: &[Change],
    policy_version: &str,
    now: DateTime<Utc>,
) -> Announcement {
    let kind = Kind::ContactsStamped;
    let told: Vec<_> = changes
        .iter()
        .map(|change| format!("{} {}", change.contact, change.change))
        .collect();
    let occurrence: Vec<_> = changes
        .iter()
        .map(|change| format!("{}:{}", change.contact, change.version))
        .collect();
    Draft {
        kind,
        id: announcement::id(organization, kind, account.as_str(), &occurrence.join(",")),
        subject: &format!("Contacts stamped: {account}"),
        summary: &format!(
            "Contacts of account {account} were changed to the standard: {}.",
            told.join(", ")
        ),
        detail: &StampedDetail {
            account_id: account,
            changes,
            policy_version,
        },
        attributes: &[("accountId", Some(account.as_str()))],
    }
    .finish(now)
}

/// The announcement that somebody changed an account's contacts away from the standard.
#[must_use]
pub fn drift_found(
    organization: &OrganizationId,
    account: &AccountId,
    contacts: &[Drift],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Announcement {
    let kind = Kind::ContactDriftFound;
    let told: Vec<_> = contacts
        .iter()
        .map(|drift| drift.contact.as_str())
        .collect();
    Draft {
        kind,
        // One event is one occurrence, however often it is delivered.
        id: announcement::id(organization, kind, account.as_str(), &actor.event_id),
        subject: &format!("Contacts drifted: {account}"),
        summary: &format!(
            "Contacts of account {account} no longer match the standard: {}.",
            told.join(", ")
        ),
        detail: &DriftDetail {
            account_id: account,
            contacts,
            actor,
        },
        attributes: &[("accountId", Some(account.as_str()))],
    }
    .finish(now)
}
