//! Announcements: the one message on the topic for a thing that happened.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use uuid::{Uuid, uuid};

use crate::ids::OrganizationId;

/// SNS takes a subject of fewer than 100 characters ([`Publish`]).
///
/// [`Publish`]: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const SUBJECT_LENGTH: usize = 99;

/// The root of all announcement ids; any fixed value would do, but it may never change.
const NAMESPACE: Uuid = uuid!("6f0c7a52-3d0e-5f0b-9d8a-1f5a4f1c2b77");

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// An account, perhaps with its GovCloud account, was created.
    AccountCreationSucceeded,
    /// A creation request ended without an account.
    AccountCreationFailed,
    /// The stamper changed contacts of an account.
    ContactsStamped,
    /// Somebody else changed contacts of an account away from the standard.
    ContactDriftFound,
    /// An account's GovCloud link changed: it appeared, vanished, leads elsewhere or is in another state.
    GovCloudLinkChanged,
    /// Findings about GovCloud links appeared or cleared.
    GovCloudFindings,
    /// A sweep came to its end, whatever it found.
    SweepFinished,
    /// A sweep broke off.
    SweepFailed,
}

impl Kind {
    /// The value of the announcement's member and attribute `type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreationSucceeded => "AccountCreationSucceeded",
            Self::AccountCreationFailed => "AccountCreationFailed",
            Self::ContactsStamped => "ContactsStamped",
            Self::ContactDriftFound => "ContactDriftFound",
            Self::GovCloudLinkChanged => "GovCloudLinkChanged",
            Self::GovCloudFindings => "GovCloudFindings",
            Self::SweepFinished => "SweepFinished",
            Self::SweepFailed => "SweepFailed",
        }
    }
}

/// A message ready to be published; everything in it is settled when the intent is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The same for the same thing, however often it is delivered.
    pub id: Uuid,
    /// ASCII, fewer than 100 characters.
    pub subject: String,
    /// The JSON document of `schemas/`.
    pub body: String,
    /// SNS message attributes, for subscribers that filter. None is empty.
    pub attributes: BTreeMap<String, String>,
}

/// The members of every announcement's body, in this order.
#[derive(Serialize)]
struct Body<'a, D> {
    summary: &'a str,
    id: Uuid,
    r#type: Kind,
    version: u8,
    time: String,
    detail: &'a D,
}

/// What an announcement says, before it has an id and a form.
#[derive(Debug)]
pub(crate) struct Draft<'a, D> {
    pub(crate) kind: Kind,
    pub(crate) id: Uuid,
    pub(crate) subject: &'a str,
    /// A sentence a person can read in a mail.
    pub(crate) summary: &'a str,
    pub(crate) detail: &'a D,
    /// Beside `type`; those without a value are left out, since SNS refuses an empty attribute.
    pub(crate) attributes: &'a [(&'a str, Option<&'a str>)],
}

impl<D: Serialize> Draft<'_, D> {
    #[expect(
        clippy::expect_used,
        reason = "texts, numbers and maps with text keys always fit into JSON"
    )]
    pub(crate) fn finish(&self, now: DateTime<Utc>) -> Announcement {
        let body = Body {
            summary: self.summary,
            id: self.id,
            r#type: self.kind,
            version: 1,
            time: timestamp(now),
            detail: self.detail,
        };
        let mut attributes = BTreeMap::from([("type".to_owned(), self.kind.as_str().to_owned())]);
        for (name, value) in self.attributes {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                attributes.insert((*name).to_owned(), value.to_owned());
            }
        }
        Announcement {
            id: self.id,
            subject: subject(self.subject),
            body: serde_json::to_string(&body).expect("a body is JSON"),
            attributes,
        }
    }
}

/// The id of an announcement: the same organization, kind, subject and occurrence give the same id for ever.
#[must_use]
pub fn id(organization: &OrganizationId, kind: Kind, subject: &str, occurrence: &str) -> Uuid {
    let organization = Uuid::new_v5(&NAMESPACE, organization.as_str().as_bytes());
    Uuid::new_v5(
        &organization,
        format!("{}/{subject}/{occurrence}", kind.as_str()).as_bytes(),
    )
}

/// RFC 3339 in UTC with milliseconds, as every time in an announcement is written.
#[must_use]
pub fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// SNS refuses a subject with line breaks, control or non-ASCII characters, and a failure reason may hold any text.
fn subject(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter == ' ' || letter.is_ascii_graphic() {
                letter
            } else {
                '?'
            }
        })
        .take(SUBJECT_LENGTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organization() -> OrganizationId {
        "o-exampleorg1".parse().unwrap()
    }

    #[test]
    fn an_id_is_stable_across_releases() {
        let id = id(
            &organization(),
            Kind::AccountCreationSucceeded,
            "car-12345678",
            "SUCCEEDED",
        );
        assert_eq!(id, uuid!("0616beae-efa4-59db-879d-3d3a1a871971"));
    }

    #[test]
    fn an_id_differs_with_each_part() {
        let other: OrganizationId = "o-exampleorg2".parse().unwrap();
        let kind = Kind::AccountCreationSucceeded;
        let ids = [
            id(&organization(), kind, "car-12345678", "SUCCEEDED"),
            id(&other, kind, "car-12345678", "SUCCEEDED"),
            id(
                &organization(),
                Kind::AccountCreationFailed,
                "car-12345678",
                "SUCCEEDED",
            ),
            id(&organization(), kind, "car-12345679", "SUCCEEDED"),
            id(&organization(), kind, "car-12345678", "FAILED"),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id), "the id of row {index} is taken");
        }
    }

    #[test]
    fn a_subject_is_short_ascii_in_one_line() {
        assert_eq!(subject("Größe\nzwei"), "Gr??e?zwei");
        assert_eq!(subject(&"x".repeat(200)).len(), 99);
    }
}
