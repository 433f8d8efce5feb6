//! Values with tags in them, and the tags that accounts have.
#![no_main]

use std::collections::BTreeMap;

use account_core::contact::Field;
use account_core::policy::{Facts, Policy, standard};
use arbitrary::Arbitrary;
use serde_json::json;

#[derive(Arbitrary, Debug)]
struct Given<'a> {
    values: [&'a str; 4],
    key: &'a str,
    tags: BTreeMap<&'a str, &'a str>,
}

fuzz::target!(|given: Given<'_>| {
    let mut contact = json!({"mode": "enforce"});
    for (field, value) in Field::ALL.into_iter().zip(given.values) {
        contact[field.as_str()] = value.into();
    }
    let contacts = json!({"SECURITY": contact});
    let document = json!({"version": 1, "tags": [{"key": given.key, "contacts": contacts}]});
    let Ok(policy) = Policy::read(&document.to_string()) else {
        return;
    };
    let tags = given
        .tags
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let facts = Facts {
        account: "111122223333".parse().expect("an account id"),
        units: Vec::new(),
        tags: tags.collect(),
    };
    let standard = standard(&policy, &facts).expect("nothing is excluded");
    assert_eq!(
        standard.contacts.is_empty(),
        !given.tags.contains_key(given.key)
    );
    for asked in standard.contacts.values() {
        for ((field, value), template) in asked.values.iter().zip(given.values) {
            match value {
                Ok(value) => {
                    assert_eq!(field.broken_rule(&value.text), None);
                    assert_eq!(value.text, filled(template, &given.tags));
                }
                // Reasons are reported: they are in our own words.
                Err(reason) => assert!(reason.is_ascii() && !reason.contains('@'), "{reason:?}"),
            }
        }
    }
});

/// What an accepted value becomes. It has braces around tags only.
fn filled(template: &str, tags: &BTreeMap<&str, &str>) -> String {
    let parts =
        template
            .split("{tag:")
            .enumerate()
            .map(|(index, part)| match part.split_once('}') {
                Some((key, text)) if 0 < index => [tags[key], text].concat(),
                _ => part.to_owned(),
            });
    parts.collect()
}
