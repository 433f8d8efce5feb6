//! The model's constraints on input. AWS names the one that is violated in `Reason`.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;

use crate::listing::PAGE;
use crate::refusal::Refusal;

/// Length and pattern of a string shape.
#[derive(Debug)]
pub(crate) struct Rule {
    min: usize,
    max: usize,
    pattern: LazyLock<Regex>,
}

pub(crate) static EMAIL: Rule = Rule::new(6, 64, || whole(r"[^\s@]+@[^\s@]+\.[^\s@]+"));
pub(crate) static ACCOUNT_NAME: Rule = Rule::new(1, 50, || whole(r"[\x20-\x7E]+"));
pub(crate) static ROLE_NAME: Rule = Rule::new(0, 64, || whole(r"[\w+=,.@-]{1,64}"));
pub(crate) static REQUEST_ID: Rule = Rule::new(0, 36, || whole(r"car-[a-z0-9]{8,32}"));
pub(crate) static ACCOUNT_ID: Rule = Rule::new(0, 12, || whole(r"\d{12}"));
pub(crate) static PARENT_ID: Rule = Rule::new(0, 100, || {
    whole(r"(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})")
});
pub(crate) static CHILD_ID: Rule = Rule::new(0, 100, || {
    whole(r"(?:\d{12}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})")
});
pub(crate) static RESOURCE_ID: Rule = Rule::new(0, 130, || {
    whole(r"(?:r-[0-9a-z]{4,32}|\d{12}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r?p-\w{4,128}|rt-\w{8,32})")
});

/// The service matches the whole string, although the model has no anchors.
#[expect(
    clippy::expect_used,
    reason = "the patterns are constants, and a test compiles each"
)]
pub(crate) fn whole(pattern: &str) -> Regex {
    Regex::new(&format!("^{pattern}$")).expect("a constant pattern")
}

impl Rule {
    const fn new(min: usize, max: usize, pattern: fn() -> Regex) -> Self {
        Self {
            min,
            max,
            pattern: LazyLock::new(pattern),
        }
    }

    /// A value that must be there.
    pub(crate) fn required<'a>(&self, value: &'a Option<String>) -> Result<&'a str, Refusal> {
        self.check(value.as_deref().ok_or_else(missing)?)
    }

    pub(crate) fn check<'a>(&self, value: &'a str) -> Result<&'a str, Refusal> {
        let length = value.chars().count();
        if length < self.min {
            return Err(too_short());
        }
        if self.max < length {
            return Err(too_long());
        }
        if !self.pattern.is_match(value) {
            return Err(no_match());
        }
        Ok(value)
    }
}

pub(crate) fn missing() -> Refusal {
    Refusal::invalid(
        "INPUT_REQUIRED",
        "You must include a value for all required parameters.",
    )
}

fn too_short() -> Refusal {
    Refusal::invalid(
        "MIN_LENGTH_EXCEEDED",
        "You provided a string parameter that is shorter than allowed.",
    )
}

fn too_long() -> Refusal {
    Refusal::invalid(
        "MAX_LENGTH_EXCEEDED",
        "You provided a string parameter that is longer than allowed.",
    )
}

fn no_match() -> Refusal {
    Refusal::invalid(
        "INVALID_PATTERN",
        "You provided a value that doesn't match the required pattern.",
    )
}

/// A value out of a set.
pub(crate) fn one_of(value: &str, allowed: &[&str]) -> Result<(), Refusal> {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "INVALID_ENUM",
        "You specified an invalid value.",
    ))
}

/// The size of a page.
pub(crate) fn page_size(max_results: Option<i64>) -> Result<usize, Refusal> {
    let size = max_results.unwrap_or(PAGE as i64);
    if size < 1 {
        let text = "You provided a numeric parameter that is smaller than allowed.";
        return Err(Refusal::invalid("MIN_VALUE_EXCEEDED", text));
    }
    match usize::try_from(size) {
        Ok(size) if size <= PAGE => Ok(size),
        _ => {
            let text = "You provided a numeric parameter that is larger than allowed.";
            Err(Refusal::invalid("MAX_VALUE_EXCEEDED", text))
        }
    }
}

/// `Tag` of the model.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    key: Option<String>,
    value: Option<String>,
}

/// Checked tags, in the order given.
pub(crate) fn tags(tags: Option<Vec<Tag>>) -> Result<Vec<(String, String)>, Refusal> {
    let mut checked: Vec<(String, String)> = Vec::new();
    for tag in tags.unwrap_or_default() {
        let (key, value) = tag.key.zip(tag.value).ok_or_else(missing)?;
        tag_text(&key, 1, 128)?;
        tag_text(&value, 0, 256)?;
        if key.to_lowercase().starts_with("aws:") {
            let text = "You can't add, edit, or delete system tag keys.";
            return Err(Refusal::invalid("INVALID_SYSTEM_TAGS_PARAMETER", text));
        }
        if checked.iter().any(|(other, _)| *other == key) {
            let text = "Tag keys must be unique among the tags attached to the same entity.";
            return Err(Refusal::invalid("DUPLICATE_TAG_KEY", text));
        }
        checked.push((key, value));
    }
    Ok(checked)
}

/// `TagKey` and `TagValue`: `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`.
fn tag_text(text: &str, min: usize, max: usize) -> Result<(), Refusal> {
    let allowed = |it: char| it.is_alphanumeric() || it == ' ' || "_.:/=+-@".contains(it);
    let length = text.chars().count();
    match () {
        () if length < min => Err(too_short()),
        () if max < length => Err(too_long()),
        () if !text.chars().all(allowed) => Err(no_match()),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reason of a refusal, or nothing.
    fn reason<T>(result: Result<T, Refusal>) -> Option<String> {
        let members = result.err()?.members;
        Some(members["Reason"].as_str().unwrap().to_owned())
    }

    #[test]
    fn every_rule_accepts_what_aws_accepts() {
        for (rule, value) in [
            (&EMAIL, "a+b@example.com"),
            (&ACCOUNT_NAME, "It's ~ fine"),
            (&ROLE_NAME, "Role_1+=,.@-"),
            (&REQUEST_ID, "car-examplecreateaccountrequestid111"),
            (&ACCOUNT_ID, "111122223333"),
            (&PARENT_ID, "ou-exam-12345678"),
            (&PARENT_ID, "r-exam"),
            (&CHILD_ID, "111122223333"),
            (&CHILD_ID, "ou-exam-12345678"),
            (&RESOURCE_ID, "111122223333"),
        ] {
            assert_eq!(reason(rule.check(value)), None, "{value}");
        }
    }

    #[test]
    fn a_refusal_names_the_constraint() {
        let long = "a".repeat(64) + "@example.com";
        for (rule, value, expected) in [
            (&EMAIL, "a@b.c", "MIN_LENGTH_EXCEEDED"),
            (&EMAIL, long.as_str(), "MAX_LENGTH_EXCEEDED"),
            (&EMAIL, "no address", "INVALID_PATTERN"),
            (&ACCOUNT_NAME, "", "MIN_LENGTH_EXCEEDED"),
            (&ACCOUNT_NAME, "Zoë", "INVALID_PATTERN"),
            (&ROLE_NAME, "two words", "INVALID_PATTERN"),
            (&REQUEST_ID, "car-SHOUTED1", "INVALID_PATTERN"),
            (&ACCOUNT_ID, "11112222333x", "INVALID_PATTERN"),
            (&PARENT_ID, "x r-exam", "INVALID_PATTERN"),
            (&CHILD_ID, "r-exam", "INVALID_PATTERN"),
            (&RESOURCE_ID, "root", "INVALID_PATTERN"),
        ] {
            assert_eq!(
                reason(rule.check(value)).as_deref(),
                Some(expected),
                "{value}"
            );
        }
        assert_eq!(
            reason(page_size(Some(0))).as_deref(),
            Some("MIN_VALUE_EXCEEDED")
        );
        assert_eq!(
            reason(page_size(Some(21))).as_deref(),
            Some("MAX_VALUE_EXCEEDED")
        );
    }
}
