//! The parts of the document.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::contact::{ContactType, Field};
use crate::ids::{AccountId, UnitId};
use crate::primary::PrimaryField;

/// Which contacts accounts shall have. [`Policy::read`] checks it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Policy {
    /// The version of this format: 1.
    pub version: u8,
    /// What all accounts shall have.
    #[serde(default)]
    pub organization: Layer,
    /// What the accounts in an organizational unit, and in the units below it, shall have.
    #[serde(default)]
    pub units: BTreeMap<UnitId, Layer>,
    /// What accounts with a tag shall have; where several fit, the last one wins.
    #[serde(default)]
    pub tags: Vec<Tagged>,
    /// What single accounts shall have.
    #[serde(default)]
    pub accounts: BTreeMap<AccountId, Layer>,
    /// Accounts that are left alone.
    #[serde(default)]
    pub exclude: Exclude,
}

/// What some accounts shall have; what is left out comes from the layers below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Layer {
    /// The alternate contacts.
    #[serde(default)]
    pub contacts: BTreeMap<ContactType, Rule>,
    /// The primary contact; without it, primary contacts are left alone.
    pub primary: Option<Primary>,
}

/// A layer for accounts with a tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tagged {
    /// The tag's key.
    pub key: String,
    /// The tag's value; any, where it is left out.
    pub value: Option<String>,
    /// The alternate contacts.
    #[serde(default)]
    pub contacts: BTreeMap<ContactType, Rule>,
    /// The primary contact.
    pub primary: Option<Primary>,
}

/// What an alternate contact shall be.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// What to do about it.
    pub mode: Option<Mode>,
    /// The email address.
    pub email_address: Option<String>,
    /// The person or team.
    pub name: Option<String>,
    /// The phone number.
    pub phone_number: Option<String>,
    /// The person's or team's title.
    pub title: Option<String>,
}

// By hand: values are personal data.
impl fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Rule({:?}, …)", self.mode)
    }
}

impl fmt::Debug for Primary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Primary({:?}, …)", self.mode)
    }
}

impl Rule {
    /// What the rule says of a field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        match field {
            Field::EmailAddress => self.email_address.as_deref(),
            Field::Name => self.name.as_deref(),
            Field::PhoneNumber => self.phone_number.as_deref(),
            Field::Title => self.title.as_deref(),
        }
    }
}

/// What to do about an alternate contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Make it so.
    Enforce,
    /// Make it so only where there is none.
    Fill,
    /// Only report.
    Audit,
    /// Remove it.
    Absent,
}

/// What the primary contact shall be; only the fields named are changed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Primary {
    /// What to do about it.
    pub mode: Option<PrimaryMode>,
    /// The fields.
    #[serde(default)]
    pub fields: BTreeMap<PrimaryField, String>,
}

/// What to do about the primary contact. An account always has one, so there is nothing to fill or remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrimaryMode {
    /// Make it so.
    Enforce,
    /// Only report.
    Audit,
}

/// Accounts that are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Exclude {
    /// These accounts.
    #[serde(default)]
    pub accounts: Vec<AccountId>,
    /// The accounts in these units, and in the units below them.
    #[serde(default)]
    pub units: Vec<UnitId>,
}

impl Policy {
    /// Every layer and where it stands in the document.
    pub(super) fn layers(&self) -> impl Iterator<Item = (String, LayerView<'_>)> {
        let organization = std::iter::once((
            "organization".to_owned(),
            LayerView::from(&self.organization),
        ));
        let units = self
            .units
            .iter()
            .map(|(unit, layer)| (format!("units.{unit}"), layer.into()));
        let tags = self
            .tags
            .iter()
            .enumerate()
            .map(|(index, tagged)| (format!("tags[{index}]"), tagged.into()));
        let accounts = self
            .accounts
            .iter()
            .map(|(account, layer)| (format!("accounts.{account}"), layer.into()));
        organization.chain(units).chain(tags).chain(accounts)
    }
}

/// What a layer of any kind says.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerView<'a> {
    pub(super) contacts: &'a BTreeMap<ContactType, Rule>,
    pub(super) primary: Option<&'a Primary>,
}

impl<'a> From<&'a Layer> for LayerView<'a> {
    fn from(layer: &'a Layer) -> Self {
        Self {
            contacts: &layer.contacts,
            primary: layer.primary.as_ref(),
        }
    }
}

impl<'a> From<&'a Tagged> for LayerView<'a> {
    fn from(layer: &'a Tagged) -> Self {
        Self {
            contacts: &layer.contacts,
            primary: layer.primary.as_ref(),
        }
    }
}
