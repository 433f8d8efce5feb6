//! Why a policy is not accepted.

use std::fmt;

use serde_json::Value;

use crate::contact::{ContactType, Field};
use crate::ids::{AccountId, UnitId};
use crate::primary::PrimaryField;

/// One thing that is wrong with a policy. It never quotes a value: values are personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: found {found}, expected {expected}")]
pub struct Refusal {
    /// The path in the document, such as `contacts.SECURITY.emailAddress`, or a line.
    pub place: String,
    /// What kind of thing stands there.
    pub found: String,
    /// What to write instead.
    pub expected: String,
}

impl Refusal {
    pub(super) fn new(
        place: impl fmt::Display,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            place: place.to_string(),
            found: found.into(),
            expected: expected.into(),
        }
    }
}

/// Says what kind of thing a value is, without saying what it is.
pub(super) fn kind(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::Null) => "an empty value".to_owned(),
        Some(Value::Bool(_)) => "true or false".to_owned(),
        Some(Value::Number(_)) => "a number (put it in quotes to make it a text)".to_owned(),
        Some(Value::String(text)) => format!("a text of {} characters", text.chars().count()),
        Some(Value::Array(items)) => format!("a list of {}", items.len()),
        Some(Value::Object(members)) => format!("a map of {}", members.len()),
    }
}

/// The members of a policy's maps, but for contacts and their fields.
const MEMBERS: [&str; 12] = [
    "version",
    "organization",
    "units",
    "tags",
    "accounts",
    "exclude",
    "contacts",
    "primary",
    "key",
    "value",
    "mode",
    "fields",
];

/// A key of the map at `place` as it may be shown: what is none of a policy may be anything, a name or a number that stands where
/// its key should. A phone number may have twelve digits.
pub(super) fn shown<'a>(place: &str, key: &'a str) -> &'a str {
    let is_ours = MEMBERS.contains(&key)
        || ContactType::ALL.iter().any(|it| it.as_str() == key)
        || Field::ALL.iter().any(|it| it.as_str() == key)
        || PrimaryField::ALL.iter().any(|it| it.as_str() == key)
        || (place == "accounts" && key.parse::<AccountId>().is_ok())
        || (place == "units" && key.parse::<UnitId>().is_ok());
    if is_ours { key } else { "(an unknown key)" }
}
