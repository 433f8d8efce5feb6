//! The lines of a report: one for each contact of an account, or for its link.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::word::{Contact, Done, Found, LinkWord};
use crate::contact::{ContactType, Field};
use crate::govcloud::{Link, Misfit, Observation};
use crate::ids::AccountId;
use crate::primary::PrimaryField;

impl From<ContactType> for Contact {
    fn from(kind: ContactType) -> Self {
        match kind {
            ContactType::Billing => Self::Billing,
            ContactType::Operations => Self::Operations,
            ContactType::Security => Self::Security,
        }
    }
}

/// The name of a contact's field. It cannot be anything else, so it holds no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FieldName(&'static str);

impl FieldName {
    /// As a policy writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<Field> for FieldName {
    fn from(field: Field) -> Self {
        Self(field.as_str())
    }
}

impl From<PrimaryField> for FieldName {
    fn from(field: PrimaryField) -> Self {
        Self(field.as_str())
    }
}

impl<'de> Deserialize<'de> for FieldName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let alternate = Field::ALL.map(Field::as_str);
        let primary = PrimaryField::ALL.map(PrimaryField::as_str);
        let mut names = alternate.into_iter().chain(primary);
        let name = names.find(|name| *name == text);
        // The text is left out: it may be anything.
        name.map(Self)
            .ok_or_else(|| D::Error::custom("not a field of a contact"))
    }
}

/// What is reported of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ContactLine {
    /// Which.
    pub contact: Contact,
    /// How it compares with the standard.
    pub found: Found,
    /// The fields that differ; none where a contact should not be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldName>,
    /// What was done.
    pub done: Done,
    /// Why it is not known, or was not written; names no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What is reported of an account's GovCloud link.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkLine {
    /// What is known.
    pub link: LinkWord,
    /// The linked account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gov_cloud_account_id: Option<AccountId>,
    /// The linked account's state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gov_cloud_state: Option<String>,
    /// The account that the creation request reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_gov_cloud_account_id: Option<AccountId>,
    /// What does not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Misfit>,
    /// Why it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl LinkLine {
    /// The line of what was observed, when the audit is over: nobody asks again.
    #[must_use]
    pub fn new(
        observation: &Observation,
        reported: Option<AccountId>,
        findings: Vec<Misfit>,
    ) -> Self {
        let (link, reason) = match observation {
            Observation::Link(Link::Linked { .. }) => (LinkWord::Linked, None),
            Observation::Link(Link::NotLinked) => (LinkWord::NotLinked, None),
            Observation::Unavailable => (LinkWord::Unknown, Some("the link is not available now")),
            Observation::Unknown(reason) => (LinkWord::Unknown, Some(reason.as_str())),
        };
        let known = observation.link();
        Self {
            link,
            gov_cloud_account_id: known.and_then(Link::account).cloned(),
            gov_cloud_state: known.and_then(Link::state).map(str::to_owned),
            reported_gov_cloud_account_id: reported,
            findings,
            reason: reason.map(str::to_owned),
        }
    }
}
