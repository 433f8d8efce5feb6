//! What the policy asks of one account.

use std::collections::BTreeMap;
use std::fmt;

use crate::contact::{Contact, ContactType, Field};
use crate::ids::{AccountId, UnitId};
use crate::primary::{PrimaryContact, PrimaryField};

use super::document::LayerView;
use super::template::{Part, Template, parse};
use super::{Mode, Policy, PrimaryMode};

/// What is known of an account before its contacts are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The account.
    pub account: AccountId,
    /// Its organizational units, from the outermost to its own.
    pub units: Vec<UnitId>,
    /// Its tags; empty where the policy uses none.
    pub tags: BTreeMap<String, String>,
}

/// Where a value comes from: `organization`, `units.ou-…`, `tags[0]` or `accounts.…`.
pub type Source = String;

/// A value and the layer it comes from. Values are personal data: `Debug` shows the layer only.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    /// The layer.
    pub source: Source,
    /// The text, with tags put in.
    pub text: String,
}

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Value(from {})", self.source)
    }
}

/// What is asked for one alternate contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What to do about it.
    pub mode: Mode,
    /// Every field, or the reason why it cannot be had. Empty for [`Mode::Absent`].
    pub values: BTreeMap<Field, Result<Value, String>>,
}

/// Why there is no value of a contact that is looked at although the policy does not name it.
pub const NOT_ASKED: &str = "the policy no longer asks anything of it";

impl Asked {
    /// Nothing: the contact is only looked at.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            mode: Mode::Audit,
            values: BTreeMap::from([(Field::Name, Err(NOT_ASKED.to_owned()))]),
        }
    }

    /// The contact that is asked for.
    ///
    /// # Errors
    /// The first reason why it cannot be had; it names a field and a tag, never a value.
    pub fn contact(&self) -> Result<Contact, &str> {
        for value in self.values.values() {
            value.as_ref().map_err(String::as_str)?;
        }
        let text = |field| match self.values.get(&field) {
            Some(Ok(value)) => value.text.clone(),
            Some(Err(_)) | None => String::new(),
        };
        Ok(Contact::new(text))
    }
}

/// What the policy asks of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standard {
    /// The alternate contacts that some layer names; the others are left alone.
    pub contacts: BTreeMap<ContactType, Asked>,
    /// The primary contact, where some layer names it.
    pub primary: Option<AskedPrimary>,
}

/// What is asked for the primary contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPrimary {
    /// What to do about it.
    pub mode: PrimaryMode,
    /// The fields that some layer names, or the reason why one cannot be had.
    pub fields: BTreeMap<PrimaryField, Result<Value, String>>,
}

impl AskedPrimary {
    /// Nothing: the contact is only looked at.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            mode: PrimaryMode::Audit,
            fields: BTreeMap::from([(PrimaryField::FullName, Err(NOT_ASKED.to_owned()))]),
        }
    }

    /// The fields that are asked for.
    ///
    /// # Errors
    /// The first reason why one cannot be had; it names a field and a layer, never a value.
    pub fn contact(&self) -> Result<PrimaryContact, &str> {
        let wanted = self.fields.iter().map(|(field, value)| match value {
            Ok(value) => Ok((*field, value.text.clone())),
            Err(reason) => Err(reason.as_str()),
        });
        wanted
            .collect::<Result<Vec<_>, _>>()
            .map(PrimaryContact::new)
    }
}

/// What the policy asks of an account; `None` where it is excluded.
#[must_use]
pub fn standard(policy: &Policy, facts: &Facts) -> Option<Standard> {
    let excluded = policy.exclude.accounts.contains(&facts.account)
        || facts
            .units
            .iter()
            .any(|unit| policy.exclude.units.contains(unit));
    if excluded {
        return None;
    }
    let layers: Vec<_> = applying(policy, facts).collect();
    let kinds = ContactType::ALL
        .into_iter()
        .filter_map(|kind| asked(&layers, facts, kind).map(|asked| (kind, asked)));
    Some(Standard {
        contacts: kinds.collect(),
        primary: primary(&layers, facts),
    })
}

/// The layers that apply to an account, the winning one last.
fn applying<'a>(
    policy: &'a Policy,
    facts: &Facts,
) -> impl Iterator<Item = (Source, LayerView<'a>)> {
    let organization = std::iter::once((
        "organization".to_owned(),
        LayerView::from(&policy.organization),
    ));
    let units: Vec<_> = facts
        .units
        .iter()
        .filter_map(|unit| {
            policy
                .units
                .get(unit)
                .map(|layer| (format!("units.{unit}"), layer.into()))
        })
        .collect();
    let has = |key: &str, value: Option<&str>| {
        facts
            .tags
            .get(key)
            .is_some_and(|found| value.is_none_or(|value| value == found))
    };
    let tags: Vec<_> = policy
        .tags
        .iter()
        .enumerate()
        .filter(|(_, tagged)| has(&tagged.key, tagged.value.as_deref()))
        .map(|(index, tagged)| (format!("tags[{index}]"), tagged.into()))
        .collect();
    let account = &facts.account;
    let own = policy
        .accounts
        .get(account)
        .map(|layer| (format!("accounts.{account}"), layer.into()));
    organization.chain(units).chain(tags).chain(own)
}

fn asked(layers: &[(Source, LayerView<'_>)], facts: &Facts, kind: ContactType) -> Option<Asked> {
    let rules = || {
        layers
            .iter()
            .rev()
            .filter_map(|(source, layer)| Some((source, layer.contacts.get(&kind)?)))
    };
    rules().next()?;
    let mode = rules().find_map(|(_, rule)| rule.mode);
    if mode == Some(Mode::Absent) {
        return Some(Asked {
            mode: Mode::Absent,
            values: BTreeMap::new(),
        });
    }
    let value = |field: Field| {
        let Some((source, text)) =
            rules().find_map(|(source, rule)| Some((source, rule.get(field)?)))
        else {
            return Err(format!("{kind}: no layer gives {}", field.as_str()));
        };
        fill(source, text, facts, field.as_str(), |value| {
            field.broken_rule(value)
        })
    };
    let mut values: BTreeMap<_, _> = Field::ALL
        .into_iter()
        .map(|field| (field, value(field)))
        .collect();
    if mode.is_none() {
        values.insert(Field::Name, Err(format!("{kind}: no layer gives a mode")));
    }
    Some(Asked {
        mode: mode.unwrap_or(Mode::Audit),
        values,
    })
}

fn primary(layers: &[(Source, LayerView<'_>)], facts: &Facts) -> Option<AskedPrimary> {
    let primaries = || {
        layers
            .iter()
            .filter_map(|(source, layer)| Some((source, layer.primary?)))
    };
    let mode = primaries().rev().find_map(|(_, primary)| primary.mode)?;
    let mut fields = BTreeMap::new();
    for (source, primary) in primaries() {
        for (field, text) in &primary.fields {
            let broken_rule = |value: &str| field.broken_rule(value);
            fields.insert(
                *field,
                fill(source, text, facts, field.as_str(), broken_rule),
            );
        }
    }
    Some(AskedPrimary { mode, fields })
}

/// Puts tags into a value and holds the result to the field's rule.
fn fill(
    source: &Source,
    text: &str,
    facts: &Facts,
    field: &str,
    broken_rule: impl Fn(&str) -> Option<&'static str>,
) -> Result<Value, String> {
    let filled =
        match parse(text).map_err(str::to_owned)? {
            Template::Plain(text) => text.to_owned(),
            Template::Tagged(parts) => parts
                .into_iter()
                .map(|part| match part {
                    Part::Text(text) => Ok(text),
                    Part::Tag(key) => facts.tags.get(key).map(String::as_str).ok_or_else(|| {
                        format!("{field}: the account has no tag that {source} names")
                    }),
                })
                .collect::<Result<String, _>>()?,
        };
    match broken_rule(&filled) {
        Some(rule) => Err(format!(
            "{field}: with the account's tags it is not {rule} ({source})"
        )),
        None => Ok(Value {
            source: source.clone(),
            text: filled,
        }),
    }
}

impl Policy {
    /// Whether accounts' organizational units are needed to know what the policy asks.
    #[must_use]
    pub fn uses_units(&self) -> bool {
        !self.units.is_empty() || !self.exclude.units.is_empty()
    }

    /// Whether accounts' tags are needed to know what the policy asks.
    #[must_use]
    pub fn uses_tags(&self) -> bool {
        let uses = |text: &str| matches!(parse(text), Ok(Template::Tagged(_)));
        !self.tags.is_empty()
            || self.layers().any(|(_, layer)| {
                layer.contacts.values().any(|rule| {
                    Field::ALL
                        .into_iter()
                        .any(|field| rule.get(field).is_some_and(uses))
                }) || layer
                    .primary
                    .iter()
                    .any(|primary| primary.fields.values().any(|value| uses(value)))
            })
    }
}
