//! The policy's schema and [`Policy::read`] take the same documents.

use std::sync::LazyLock;

use account_core::contact::{ContactType, Field};
use account_core::policy::Policy;
use account_core::primary::PrimaryField;
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../../../schemas/policy.schema.json");

/// Every member of the format at least once.
pub(super) const POLICY: &str = r#"
version: 1
organization:
  contacts:
    SECURITY:   {mode: enforce, name: Security, title: Team, emailAddress: security@example.com, phoneNumber: "+1 202 555 0100"}
    OPERATIONS: {mode: fill, name: Ops, title: "{tag:a} of {tag:b}", emailAddress: "{tag:ops-email}", phoneNumber: "+1 202 555 0101"}
    BILLING: {mode: absent}
  primary:
    mode: enforce
    fields:
      addressLine1: Street 1
      addressLine2: House
      addressLine3: Door
      city: City
      companyName: Example
      countryCode: us
      districtOrCounty: County
      fullName: Full Name
      phoneNumber: "+12025550102"
      postalCode: "12345"
      stateOrRegion: WA
      websiteUrl: https://example.com
units:
  ou-exam-12345678: {contacts: {SECURITY: {title: Production}}, primary: {fields: {city: Other}}}
tags:
  - {key: team, value: red, contacts: {SECURITY: {name: Red}}}
  - {key: team, contacts: {SECURITY: {phoneNumber: "1"}}, primary: {mode: audit}}
accounts:
  "444455556666": {contacts: {SECURITY: {name: Own, mode: audit}, BILLING: {mode: absent}}}
exclude:
  accounts: ["555566667777"]
  units: [ou-exam-excluded1]
"#;

pub(super) fn schema() -> &'static Validator {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
        jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
    });
    &VALIDATOR
}

pub(super) fn tree(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

pub(super) fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match parent {
        Value::Object(members) => {
            members.insert(key.to_owned(), value);
        }
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => *parent = value,
    }
}

/// Both take the document changed at `pointer`, or neither does.
#[track_caller]
fn check(pointer: &str, value: Value, good: bool) {
    let mut document = tree(POLICY);
    set(&mut document, pointer, value.clone());
    assert_eq!(
        (
            schema().is_valid(&document),
            Policy::read(&document.to_string()).is_ok()
        ),
        (good, good),
        "schema, reader: {pointer} = {value}"
    );
}

#[test]
fn members_and_ids() {
    for (pointer, value) in [
        ("/organization/contacts/BILLING", json!({})),
        ("/organization/primary", Value::Null),
        ("/organization/contacts/SECURITY/mode", json!("audit")),
        ("/units", json!({})),
        ("/tags", json!([])),
        ("/tags/0/value", Value::Null),
        ("/tags/0/key", json!("")),
        ("/accounts/111122223333", json!({})),
        ("/units/ou-exam-87654321", json!({"primary": null})),
        ("/exclude", json!({})),
    ] {
        check(pointer, value, true);
    }
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/version", json!("1")),
        ("/canary", json!(1)),
        ("/organization", json!([])),
        ("/organization", Value::Null),
        ("/organization/contact", json!({})),
        ("/organization/contacts/SECURTIY", json!({})),
        ("/organization/contacts/SECURITY", json!("none")),
        ("/organization/contacts/SECURITY/email", json!("a@b.c")),
        ("/organization/contacts/SECURITY/mode", json!("Enforce")),
        ("/organization/contacts/SECURITY/name", json!(1)),
        ("/organization/contacts/SECURITY/name", json!(["x"])),
        ("/organization/primary/mode", json!("fill")),
        ("/organization/primary/fields/zip", json!("1")),
        ("/organization/primary/fields/city", Value::Null),
        ("/units/ou-exam-1234567", json!({})),
        ("/units/r-exam", json!({})),
        ("/tags/0", json!({"value": "red"})),
        ("/tags/0", json!([])),
        ("/tags", json!({})),
        ("/accounts/44445555666", json!({})),
        ("/exclude/accounts/0", json!("5555-6666-7777")),
        ("/exclude/accounts/0", json!(555566667777_u64)),
        ("/exclude/units", json!("ou-exam-12345678")),
        ("/exclude/tags", json!([])),
    ] {
        check(pointer, value, false);
    }
}

#[test]
fn values_of_alternate_contacts() {
    let texts = |length: usize| "ü".repeat(length);
    for (field, good, bad) in [
        (
            "emailAddress",
            vec![
                " a.b_c=d#e|f!g&h-i@x-y.z_1 ".to_owned(),
                format!("{}@b.c", "x".repeat(250)),
            ],
            vec![
                "a@b".to_owned(),
                "ü@b.c".to_owned(),
                "a@b@c.d".to_owned(),
                format!("{}@b.c", "x".repeat(251)),
            ],
        ),
        ("name", vec![texts(64), " ".to_owned()], vec![texts(65)]),
        (
            "phoneNumber",
            vec!["+1 (2)-3".to_owned(), " ".repeat(25)],
            vec!["1".repeat(26), "1x".to_owned()],
        ),
        ("title", vec![texts(50)], vec![texts(51)]),
    ] {
        let pointer = format!("/organization/contacts/SECURITY/{field}");
        for value in good
            .into_iter()
            .chain(["{tag:a}".to_owned(), "x{tag: b }y{tag:c}".to_owned()])
        {
            check(&pointer, json!(value), true);
        }
        let braces = [
            "",
            "{",
            "}",
            "{tag:}",
            "{tag:a",
            "tag:a}",
            "{tags:a}",
            "{tag:{tag:a}}",
            "{tag:a}}",
        ];
        for value in bad.into_iter().chain(braces.map(str::to_owned)) {
            check(&pointer, json!(value), false);
        }
    }
}

#[test]
fn values_of_the_primary_contact() {
    let long = [
        ("addressLine1", 60),
        ("addressLine2", 60),
        ("addressLine3", 60),
        ("city", 50),
        ("companyName", 50),
        ("districtOrCounty", 50),
        ("fullName", 50),
        ("postalCode", 20),
        ("stateOrRegion", 50),
        ("websiteUrl", 256),
    ];
    for (field, longest) in long {
        let pointer = format!("/organization/primary/fields/{field}");
        let text = "ü".repeat(longest);
        for good in [&text, "x", &format!(" {text}\n"), "{tag:a}"] {
            check(&pointer, json!(good), true);
        }
        for bad in [&format!("{text}x"), "", " ", "{"] {
            check(&pointer, json!(bad), false);
        }
    }
    for (field, good, bad) in [
        ("countryCode", ["us", " DE "], ["USA", "1A", "ü1"]),
        (
            "phoneNumber",
            ["+1 (2)-3", " +1234567890123456789 "],
            ["1", "+", "+12345678901234567890"],
        ),
    ] {
        let pointer = format!("/organization/primary/fields/{field}");
        for good in good {
            check(&pointer, json!(good), true);
        }
        for bad in bad {
            check(&pointer, json!(bad), false);
        }
    }
}

#[test]
fn the_schema_names_what_the_types_name() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let names = |pointer: &str| -> Vec<String> {
        schema
            .pointer(pointer)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(
        names("/$defs/contacts/properties"),
        ContactType::ALL.map(ContactType::as_str)
    );
    let mut fields = names("/$defs/contact/properties");
    fields.retain(|name| name != "mode");
    assert_eq!(fields, Field::ALL.map(Field::as_str));
    assert_eq!(
        names("/$defs/primary/properties/fields/properties"),
        PrimaryField::ALL.map(PrimaryField::as_str)
    );
}

/// What the schema cannot say: a whole document may fit it and be refused all the same, for these reasons only.
#[test]
fn rules_beyond_the_schema() {
    let contact = json!({"name": "x", "title": "x", "emailAddress": "a@b.c", "phoneNumber": "1"});
    let with = |member: &str, value: Value| {
        let mut contact = contact.clone();
        contact[member] = value;
        json!({"version": 1, "organization": {"contacts": {"SECURITY": contact}}}).to_string()
    };
    for (text, place) in [
        (
            with("mode", Value::Null),
            "organization.contacts.SECURITY.mode",
        ),
        (
            with("mode", json!("enforce")).replace(r#""title":"x""#, r#""title":null"#),
            "organization.contacts.SECURITY.title",
        ),
        (
            r#"{"version": 1, "organization": {"primary": {"fields": {"city": "x"}}}}"#.to_owned(),
            "organization.primary.mode",
        ),
    ] {
        assert!(schema().is_valid(&tree(&text)), "{text}");
        let places: Vec<_> = Policy::read(&text)
            .unwrap_err()
            .into_iter()
            .map(|it| it.place)
            .collect();
        assert_eq!(places, [place]);
    }
    Policy::read("version: 1\nversion: 1").unwrap_err();
}

/// Every place in a document.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                places(value, &format!("{place}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                places(value, &format!("{place}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec![
            json!(null),
            json!(true),
            json!(1),
            json!([]),
            json!({}),
            json!([{}]),
            json!({"key": "x"})
        ]),
        select(vec!["enforce", "audit", "fill", "absent"]).prop_map(Value::from),
        "[ab1@.+{}: -]{0,8}".prop_map(Value::from),
        "\\{tag:[a{}]{0,2}\\}[ab]?".prop_map(Value::from),
        "[a-z]{1,3}@[a-z.]{1,3}\\.[a-z]{0,2}".prop_map(Value::from),
        (0..300_usize).prop_map(|length| Value::from("1".repeat(length))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_value_at_any_place_is_taken_by_both_or_refused_by_both(at: Index, value in anything()) {
        let mut document = tree(POLICY);
        let mut found = Vec::new();
        places(&document, "", &mut found);
        // Not the root: `set` wants a parent.
        let place = &found[1..][at.index(found.len() - 1)];
        set(&mut document, place, value);
        let refusals = Policy::read(&document.to_string()).err().unwrap_or_default();
        // These are the rules that a schema cannot express.
        let beyond = refusals.iter().all(|it| it.found == "nothing" && it.place.starts_with("organization."));
        prop_assert_eq!(schema().is_valid(&document), refusals.is_empty() || beyond, "{} {:?}", place, refusals);
    }
}
