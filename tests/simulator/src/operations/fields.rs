//! The fields of contacts: what the model allows, and what becomes of them before they are kept.
//!
//! A first check holds the input to the model and names every violation at once, in the words
//! of a JSON Schema validator. Only then are values trimmed and looked at one by one.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::json;

use crate::input::whole;
use crate::organization::contacts::Fields;
use crate::refusal::Refusal;

/// A member of the model. Lengths are in characters.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    required: bool,
    min: usize,
    max: usize,
    pattern: Option<&'static LazyLock<Regex>>,
}

/// `\w` is ASCII here, as in ECMAScript.
static EMAIL: LazyLock<Regex> = LazyLock::new(|| whole(r"[\s]*[\w+=.#|!&-]+@[\w.-]+\.[\w]+[\s]*"));
static PHONE: LazyLock<Regex> = LazyLock::new(|| whole(r"[\s0-9()+-]+"));
static PRIMARY_PHONE: LazyLock<Regex> = LazyLock::new(|| whole(r"[+][\s0-9()-]+"));
static TWELVE_DIGITS: LazyLock<Regex> = LazyLock::new(|| whole(r"\d{12}"));

pub(super) static ACCOUNT_ID: Field = optional("AccountId", usize::MAX).matching(&TWELVE_DIGITS);

static ALTERNATE: [Field; 4] = [
    required("Name", 64),
    required("Title", 50),
    required("EmailAddress", 254).matching(&EMAIL),
    required("PhoneNumber", 25).matching(&PHONE),
];

/// `StateOrRegion` is documented as required in some countries, and was accepted without.
static PRIMARY: [Field; 12] = [
    required("FullName", 50),
    required("AddressLine1", 60),
    optional("AddressLine2", 60),
    optional("AddressLine3", 60),
    required("City", 50),
    optional("StateOrRegion", 50),
    optional("DistrictOrCounty", 50),
    required("PostalCode", 20),
    required("CountryCode", 2).at_least(2),
    required("PhoneNumber", 20).matching(&PRIMARY_PHONE),
    optional("CompanyName", 50),
    optional("WebsiteUrl", 256),
];

const fn optional(name: &'static str, max: usize) -> Field {
    Field {
        name,
        required: false,
        min: 1,
        max,
        pattern: None,
    }
}

const fn required(name: &'static str, max: usize) -> Field {
    Field {
        required: true,
        ..optional(name, max)
    }
}

impl Field {
    const fn matching(self, pattern: &'static LazyLock<Regex>) -> Self {
        let pattern = Some(pattern);
        Self { pattern, ..self }
    }

    const fn at_least(self, min: usize) -> Self {
        Self { min, ..self }
    }

    /// A single value.
    pub(super) fn check<'a>(&self, value: &'a str) -> Result<&'a str, Refusal> {
        match self.violation(value) {
            Some(violation) => Err(all(&[violation])),
            None => Ok(value),
        }
    }

    fn violation(&self, value: &str) -> Option<String> {
        let length = value.chars().count();
        let (min, max) = (self.min, self.max);
        if length < min {
            return Some(format!(
                r#"string "{value}" is too short (length: {length}, required minimum: {min})"#
            ));
        }
        if max < length {
            return Some(format!(
                r#"string "{value}" is too long (length: {length}, maximum allowed: {max})"#
            ));
        }
        let pattern = self.pattern.filter(|pattern| !pattern.is_match(value))?;
        Some(format!(
            r#"ECMA 262 regex "{}" does not match input string "{value}""#,
            pattern.as_str()
        ))
    }
}

fn absent(names: &[&str]) -> String {
    format!("object has missing required properties ({})", json!(names))
}

fn all(violations: &[String]) -> Refusal {
    Refusal::validation(format!("[{}]", violations.join(", ")))
}

/// A member that must be there.
pub(super) fn missing(name: &str) -> Refusal {
    all(&[absent(&[name])])
}

/// The fields of the model out of the input.
fn checked(mut input: Fields, model: &[Field]) -> Result<Fields, Refusal> {
    input.retain(|name, _| model.iter().any(|field| field.name == name));
    let gone = |field: &&Field| field.required && !input.contains_key(field.name);
    let gone: Vec<&str> = model.iter().filter(gone).map(|field| field.name).collect();
    let mut violations = Vec::new();
    if !gone.is_empty() {
        violations.push(absent(&gone));
    }
    let wrong = |field: &Field| field.violation(input.get(field.name)?);
    violations.extend(model.iter().filter_map(wrong));
    if violations.is_empty() {
        Ok(input)
    } else {
        Err(all(&violations))
    }
}

/// An alternate contact as it is kept: only the address is trimmed.
pub(crate) fn alternate(input: Fields) -> Result<Fields, Refusal> {
    let mut fields = checked(input, &ALTERNATE)?;
    if let Some(address) = fields.get_mut("EmailAddress") {
        *address = address.trim().to_owned();
    }
    Ok(fields)
}

/// A primary contact as it is kept: trimmed, the country in capitals.
pub(crate) fn primary(input: Fields) -> Result<Fields, Refusal> {
    let mut fields = checked(input, &PRIMARY)?;
    for (name, value) in &mut fields {
        *value = value.trim().to_owned();
        if value.is_empty() {
            let text = format!("the argument {name} can not be empty");
            return Err(Refusal::validation(text));
        }
    }
    if let Some(country) = fields.get_mut("CountryCode") {
        country.make_ascii_uppercase();
        if !country.bytes().all(|it| it.is_ascii_uppercase()) {
            return Err(Refusal::field("CountryCode", "Invalid country code"));
        }
    }
    Ok(fields)
}
