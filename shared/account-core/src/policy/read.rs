//! From a text to a policy, or to what is wrong with it.

use serde_json::Value;

use super::Policy;
use super::check::check;
use super::refusal::{Refusal, kind, shown};

/// Bytes of all texts together, where an alias counts as what it stands for. S3 holds policies of up to 1 MiB.
const TEXT: usize = 4 << 20;
/// So many parts may come from aliases. The library takes a million, and half a kilobyte would fill 48 MiB.
const REPEATED: usize = 50_000;

impl Policy {
    /// Reads a policy in YAML or JSON.
    ///
    /// # Errors
    /// The first thing that is wrong with the form, or everything that is wrong with the content.
    pub fn read(text: &str) -> Result<Self, Vec<Refusal>> {
        let options = serde_saphyr::options! {
            // Not by the ratio: many accounts may share one contact.
            budget: serde_saphyr::budget! { max_total_scalar_bytes: TEXT, enforce_alias_anchor_ratio: false },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPEATED },
        };
        let tree: Value =
            serde_saphyr::from_str_with_options(text, options).map_err(|it| vec![unread(&it)])?;
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

/// Why a text is no tree of values. The library's own words quote the document.
fn unread(error: &serde_saphyr::Error) -> Refusal {
    let place = error.location().map_or_else(
        || "document".to_owned(),
        |place| format!("line {}, column {}", place.line(), place.column()),
    );
    let (found, expected) = if is_too_much(error) {
        (
            "more than a policy may hold",
            "fewer values, or fewer aliases of large ones",
        )
    } else {
        (
            "something that is no YAML",
            "YAML or JSON, with no key twice in a map",
        )
    };
    Refusal::new(place, found, expected)
}

fn is_too_much(error: &serde_saphyr::Error) -> bool {
    use serde_saphyr::Error;
    if let Error::AliasError { error, .. } | Error::WithSnippet { error, .. } = error {
        return is_too_much(error);
    }
    matches!(
        error,
        Error::Budget { .. } | Error::AliasReplayLimitExceeded { .. }
    )
}

/// Where a list stands that is none of the policy's lists: serde would take it for a map's values in order.
fn misplaced_list(value: &Value, place: &str) -> Option<String> {
    let below = |key: &str| {
        if place.is_empty() {
            shown(place, key).to_owned()
        } else {
            format!("{place}.{}", shown(place, key))
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
                place.push(shown(&place.join("."), key).to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Six members, each nine times the one before it: 300 bytes that stand for 200,000 parts.
    fn nested_aliases() -> String {
        let member = |level: usize| {
            format!(
                "a{level}: &a{level} [{}]\n",
                vec![format!("*a{}", level - 1); 9].join(", ")
            )
        };
        (1..6).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
            text + &member(level)
        })
    }

    #[test]
    fn a_small_document_does_not_fill_the_memory() {
        let text = "x".repeat(100_000);
        let aliases_of_a_text = format!("a: &a {text}\nb: [{}]", ["*a"; 99].join(", "));
        for document in [nested_aliases(), aliases_of_a_text] {
            let refusals = Policy::read(&document).unwrap_err();
            assert_eq!(refusals[0].found, "more than a policy may hold");
            assert!(refusals[0].place.starts_with("line "), "{}", refusals[0]);
        }
    }

    #[test]
    fn aliases_repeat_a_contact_for_a_thousand_accounts() {
        let contact =
            "{mode: fill, name: Red, title: Team, emailAddress: red@example.com, phoneNumber: '1'}";
        let accounts = (1..1_000).map(|account| format!("  '{account:012}': *red\n"));
        let policy = format!(
            "version: 1\naccounts:\n  '000000000000': &red {{contacts: {{SECURITY: {contact}}}}}\n{}",
            accounts.collect::<String>()
        );
        assert_eq!(Policy::read(&policy).unwrap().accounts.len(), 1_000);
    }
}
