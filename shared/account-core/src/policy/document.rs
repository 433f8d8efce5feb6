//! The document as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::check::check;
use super::refusal::{Refusal, kind, shown};
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
    /// Reads a policy in YAML or JSON.
    ///
    /// # Errors
    /// The first thing that is wrong with the form, or everything that is wrong with the content.
    pub fn read(text: &str) -> Result<Self, Vec<Refusal>> {
        let tree: Value = serde_saphyr::from_str(text).map_err(|error| {
            let place = error.location().map_or_else(
                || "document".to_owned(),
                |place| format!("line {}, column {}", place.line(), place.column()),
            );
            // The library's own words quote the document.
            vec![Refusal::new(
                place,
                "something that is no YAML",
                "YAML or JSON, with no key twice in a map",
            )]
        })?;
        if let Some(place) = misplaced_list(&tree, "") {
            return Err(vec![Refusal::new(place, "a list", "a map or a text")]);
        }
        let policy = serde_path_to_error::deserialize(&tree)
            .map_err(|error| vec![refuse(&tree, error.path(), &error.inner().to_string())])?;
        let refusals = check(&policy);
        if refusals.is_empty() {
            Ok(policy)
        } else {
            Err(refusals)
        }
    }

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

/// Where a list stands that is none of the policy's lists: serde would take it for a map's values in order.
fn misplaced_list(value: &Value, place: &str) -> Option<String> {
    let below = |key: &str| {
        if place.is_empty() {
            shown(key).to_owned()
        } else {
            format!("{place}.{}", shown(key))
        }
    };
    match value {
        Value::Array(items) if ["tags", "exclude.accounts", "exclude.units"].contains(&place) => {
            items
                .iter()
                .enumerate()
                .find_map(|(index, item)| misplaced_list(item, &format!("{place}.{index}")))
        }
        Value::Array(_) if place.is_empty() => Some("document".to_owned()),
        Value::Array(_) => Some(place.to_owned()),
        Value::Object(members) => members
            .iter()
            .find_map(|(key, value)| misplaced_list(value, &below(key))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Turns serde's message into a refusal: of its words, only those about our own types are kept.
fn refuse(tree: &Value, path: &serde_path_to_error::Path, message: &str) -> Refusal {
    use serde_path_to_error::Segment;
    let mut place = Vec::new();
    let mut value = Some(tree);
    for segment in path {
        match segment {
            Segment::Map { key } => {
                value = value.and_then(|value| value.get(key));
                place.push(shown(key).to_owned());
            }
            Segment::Seq { index } => {
                value = value.and_then(|value| value.get(index));
                place.push(index.to_string());
            }
            Segment::Enum { .. } | Segment::Unknown => (),
        }
    }
    let place = if place.is_empty() {
        "document".to_owned()
    } else {
        place.join(".")
    };
    let expected = if let Some((_, expected)) = message.split_once("expected ") {
        expected.to_owned()
    } else if let Some((_, missing)) = message.split_once("missing field ") {
        return Refusal::new(place, "nothing", format!("the member {missing}"));
    } else if let Some((_, rule)) = message.split_once("not ") {
        rule.to_owned()
    } else {
        "another value".to_owned()
    };
    if message.starts_with("unknown field") {
        return Refusal::new(place, "an unknown member", expected);
    }
    Refusal::new(place, kind(value), expected)
}
