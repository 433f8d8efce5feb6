//! From a text to a policy, or to what is wrong with it.

use serde_json::Value;

use super::Policy;
use super::check::check;
use super::refusal::{Refusal, kind, shown};

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
    // Before its last "expected" serde quotes what it found, which may be anything.
    let expected = if let Some(missing) = message.strip_prefix("missing field ") {
        return Refusal::new(place, "nothing", format!("the member {missing}"));
    } else if let Some(rule) = message.strip_prefix("not ") {
        rule.to_owned()
    } else if let Some((_, expected)) = message.rsplit_once("expected ") {
        expected.to_owned()
    } else {
        "another value".to_owned()
    };
    if message.starts_with("unknown field") {
        return Refusal::new(place, "an unknown member", expected);
    }
    Refusal::new(place, kind(value), expected)
}
