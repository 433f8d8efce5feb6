use super::*;
use crate::contact::{ContactType, Field};
use crate::primary::PrimaryField;

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    SECURITY:   {mode: enforce, name: Security, title: Team, emailAddress: security@example.com, phoneNumber: "+1 202 555 0100"}
    OPERATIONS: {mode: fill, name: Ops, title: Team, emailAddress: "{tag:ops-email}", phoneNumber: "+1 202 555 0101"}
  primary:
    mode: enforce
    fields: {companyName: Example, phoneNumber: "+12025550102"}
units:
  ou-exam-12345678: {contacts: {SECURITY: {title: Production}}}
  ou-exam-87654321: {contacts: {SECURITY: {title: Payments, name: Pay}}}
tags:
  - {key: team, value: red, contacts: {SECURITY: {name: Red}}}
  - {key: team, contacts: {SECURITY: {phoneNumber: "1"}}}
accounts:
  "444455556666": {contacts: {SECURITY: {name: Own, mode: audit}}}
exclude:
  accounts: ["555566667777"]
  units: [ou-exam-excluded1]
"#;

fn policy() -> Policy {
    Policy::read(POLICY).unwrap()
}

fn facts(account: &str, units: &[&str], tags: &[(&str, &str)]) -> Facts {
    Facts {
        account: account.parse().unwrap(),
        units: units.iter().map(|unit| unit.parse().unwrap()).collect(),
        tags: tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

/// Each value of the SECURITY contact with its source.
fn security(facts: &Facts) -> (Mode, Vec<(Field, String, String)>) {
    let standard = standard(&policy(), facts).unwrap();
    let asked = &standard.contacts[&ContactType::Security];
    let values = asked.values.iter().map(|(field, value)| {
        let value = value.as_ref().unwrap();
        (*field, value.text.clone(), value.source.clone())
    });
    (asked.mode, values.collect())
}

fn check_security(facts: &Facts, expected: [(&str, &str); 4]) {
    let fields = [
        Field::EmailAddress,
        Field::Name,
        Field::PhoneNumber,
        Field::Title,
    ];
    let expected: Vec<_> = fields
        .into_iter()
        .zip(expected)
        .map(|(field, (text, source))| (field, text.to_owned(), source.to_owned()))
        .collect();
    assert_eq!(security(facts).1, expected);
}

#[test]
fn the_organization_is_the_lowest_layer() {
    let organization = "organization";
    check_security(
        &facts("111122223333", &[], &[]),
        [
            ("security@example.com", organization),
            ("Security", organization),
            ("+1 202 555 0100", organization),
            ("Team", organization),
        ],
    );
}

#[test]
fn later_layers_win_field_by_field() {
    let (outer, inner) = ("ou-exam-12345678", "ou-exam-87654321");
    check_security(
        &facts("444455556666", &[outer, inner], &[("team", "red")]),
        [
            ("security@example.com", "organization"),
            ("Own", "accounts.444455556666"),
            ("1", "tags[1]"),
            ("Payments", "units.ou-exam-87654321"),
        ],
    );
    // The path counts, not the order in the document.
    check_security(
        &facts("111122223333", &[inner, outer], &[("team", "blue")]),
        [
            ("security@example.com", "organization"),
            ("Pay", "units.ou-exam-87654321"),
            ("1", "tags[1]"),
            ("Production", "units.ou-exam-12345678"),
        ],
    );
    assert_eq!(security(&facts("444455556666", &[], &[])).0, Mode::Audit);
}

#[test]
fn a_contact_that_no_layer_names_is_left_alone() {
    let standard = standard(&policy(), &facts("111122223333", &[], &[])).unwrap();
    assert!(!standard.contacts.contains_key(&ContactType::Billing));
}

#[test]
fn excluded_accounts_have_no_standard() {
    assert_eq!(standard(&policy(), &facts("555566667777", &[], &[])), None);
    assert_eq!(
        standard(
            &policy(),
            &facts(
                "111122223333",
                &["ou-exam-excluded1", "ou-exam-12345678"],
                &[]
            )
        ),
        None
    );
}

#[test]
fn a_tag_fills_a_value_or_says_why_not() {
    let operations = |tags: &[(&str, &str)]| {
        let standard = standard(&policy(), &facts("111122223333", &[], tags)).unwrap();
        let asked = &standard.contacts[&ContactType::Operations];
        asked
            .contact()
            .map(|contact| contact.get(Field::EmailAddress).to_owned())
            .map_err(str::to_owned)
    };
    assert_eq!(
        operations(&[("ops-email", "red@example.com")]).unwrap(),
        "red@example.com"
    );
    assert_eq!(
        operations(&[]).unwrap_err(),
        "emailAddress: the account has no tag that organization names"
    );
    let broken = operations(&[("ops-email", "someone")]).unwrap_err();
    assert_eq!(
        broken,
        "emailAddress: with the account's tags it is not an email address of at most 254 characters (organization)"
    );
}

#[test]
fn only_the_named_primary_fields_are_asked_for() {
    let standard = standard(&policy(), &facts("111122223333", &[], &[])).unwrap();
    let primary = standard.primary.unwrap();
    let wanted = primary.contact().unwrap();
    let named: Vec<_> = PrimaryField::ALL
        .into_iter()
        .filter(|field| wanted.get(*field).is_some())
        .collect();
    assert_eq!(
        named,
        [PrimaryField::CompanyName, PrimaryField::PhoneNumber]
    );
}

#[test]
fn tags_are_needed_only_where_they_are_used() {
    assert!(policy().uses_tags());
    let plain = r#"{"version": 1, "organization": {"contacts": {"BILLING": {"mode": "absent"}}}}"#;
    assert!(!Policy::read(plain).unwrap().uses_tags());
}

/// The policy with one text replaced is refused with exactly this, and quotes no value.
#[track_caller]
fn check_refused(from: &str, to: &str, expected: &str) {
    assert!(POLICY.contains(from), "{from} is not in the policy");
    let refusals = Policy::read(&POLICY.replacen(from, to, 1)).unwrap_err();
    let texts: Vec<_> = refusals.iter().map(ToString::to_string).collect();
    assert_eq!(texts, [expected]);
    for secret in ["security@example.com", "canary", "555 0100"] {
        assert!(!texts[0].contains(secret), "{} quotes a value", texts[0]);
    }
}

#[test]
fn a_broken_policy_is_told_where_and_what_to_write() {
    check_refused(
        "version: 1",
        "version: 2",
        "version: found version 2, expected 1",
    );
    check_refused(
        "emailAddress: security@example.com",
        "emailAddress: canary at example",
        "organization.contacts.SECURITY.emailAddress: found a text of 17 characters, expected an email address of at most 254 characters",
    );
    check_refused(
        "emailAddress: security@example.com",
        "email: canary@example.com",
        "organization.contacts.SECURITY.(an unknown key): found an unknown member, expected one of `mode`, `emailAddress`, `name`, `phoneNumber`, `title`",
    );
    check_refused(
        "mode: enforce, name: Security",
        "mode: canary, name: Security",
        "organization.contacts.SECURITY.mode: found a text of 6 characters, expected one of `enforce`, `fill`, `audit`, `absent`",
    );
    check_refused(
        r#"phoneNumber: "+1 202 555 0100""#,
        "phoneNumber: 12025550100",
        "organization.contacts.SECURITY.phoneNumber: found a number (put it in quotes to make it a text), expected a string",
    );
    check_refused(
        "    SECURITY:   {",
        "    SECURTIY:   {",
        "organization.contacts.(an unknown key): found a map of 5, expected one of BILLING, OPERATIONS, SECURITY",
    );
    check_refused(
        r#""444455556666": "#,
        r#""canary@example.com": "#,
        "accounts.(an unknown key): found a map of 1, expected an account id of twelve digits",
    );
    // A name for an id, and values whose key was forgotten, which YAML takes for keys.
    check_refused(
        r#""444455556666": "#,
        "Jane-Doe: ",
        "accounts.(an unknown key): found a map of 1, expected an account id of twelve digits",
    );
    for value in ["12025550100", "442071234567", "Jane"] {
        check_refused(
            "mode: enforce, name: Security",
            &format!("mode: enforce, name: Security, {value}"),
            "organization.contacts.SECURITY.(an unknown key): found an unknown member, expected one of `mode`, `emailAddress`, `name`, `phoneNumber`, `title`",
        );
    }
    check_refused(
        "{tag:ops-email}",
        "{tags:ops-email}",
        "organization.contacts.OPERATIONS.emailAddress: found a text of 16 characters, expected braces only as {tag:KEY}",
    );
    check_refused(
        "phoneNumber: \"+12025550102\"",
        "phoneNumber: \"2025550102\"",
        "organization.primary.fields.phoneNumber: found a text of 10 characters, expected + and up to 19 digits, spaces, or any of ( ) -",
    );
    check_refused(
        "SECURITY: {name: Red}",
        "SECURITY: 'not canary, expected at canary@example.com'",
        "tags.0.contacts.SECURITY: found a text of 42 characters, expected struct Rule",
    );
    check_refused(
        "units: [ou-exam-excluded1]",
        "units: [canary]",
        "exclude.units.0: found a text of 6 characters, expected an id of an organizational unit such as ou-exam-12345678",
    );
    check_refused(
        "SECURITY: {name: Red}",
        "SECURITY: [name, Red]",
        "tags.0.contacts.SECURITY: found a list, expected a map or a text",
    );
    check_refused(
        "version: 1",
        "",
        "document: found nothing, expected the member `version`",
    );
    check_refused(
        "organization:",
        "version: 1\norganization:",
        "line 3, column 1: found something that is no YAML, expected YAML or JSON, with no key twice in a map",
    );
}

#[test]
fn a_contact_must_be_whole_somewhere() {
    let partial = r#"{"version": 1, "organization": {"contacts": {"BILLING": {"name": "x", "title": "y"}}},
        "accounts": {"111122223333": {"contacts": {"BILLING": {"emailAddress": "a@b.c"}}}}}"#;
    let places: Vec<_> = Policy::read(partial)
        .unwrap_err()
        .into_iter()
        .map(|refusal| refusal.place)
        .collect();
    assert_eq!(
        places,
        [
            "organization.contacts.BILLING.mode",
            "organization.contacts.BILLING.phoneNumber"
        ]
    );
}

#[test]
fn tags_of_an_account_do_not_show_in_debug() {
    let standard = standard(
        &policy(),
        &facts("111122223333", &[], &[("ops-email", "canary@example.com")]),
    )
    .unwrap();
    assert!(!format!("{standard:?}").contains("canary"));
    assert!(!format!("{standard:?}").contains("security@example.com"));
    assert!(!format!("{:?}", policy()).contains("@example.com"));
    assert!(!format!("{:?}", policy()).contains("555 010"));
}

/// Organizational units and tags cost calls: they are asked for only where the policy needs them.
#[test]
fn a_policy_says_whether_it_needs_units_and_tags() {
    let contact = |email: &str| {
        format!("{{mode: fill, name: Name, title: T, emailAddress: '{email}', phoneNumber: '1'}}")
    };
    let organization = |rest: &str| format!("version: 1\norganization: {{{rest}}}\n");
    let plain = format!("contacts: {{SECURITY: {}}}", contact("a@example.com"));
    let tagged = format!("contacts: {{SECURITY: {}}}", contact("{tag:mail}"));
    let plain_primary = "primary: {mode: audit, fields: {city: Here}}";
    let tagged_primary = "primary: {mode: audit, fields: {city: '{tag:city}'}}";
    let unit = "units: {ou-exam-12345678: {contacts: {SECURITY: {title: Red}}}}";
    let excluded = "exclude: {units: [ou-exam-12345678]}";
    let tag = "tags: [{key: team, contacts: {SECURITY: {title: Red}}}]";
    for (policy, units, tags) in [
        (organization(&plain), false, false),
        (organization(plain_primary), false, false),
        (organization(&plain) + unit, true, false),
        (organization(&plain) + excluded, true, false),
        (organization(&plain) + tag, false, true),
        (organization(&tagged), false, true),
        (organization(tagged_primary), false, true),
        (
            organization(&format!("{tagged}, {plain_primary}")),
            false,
            true,
        ),
    ] {
        let read = Policy::read(&policy).unwrap();
        assert_eq!(
            (read.uses_units(), read.uses_tags()),
            (units, tags),
            "{policy}"
        );
    }
}

#[test]
fn only_keys_of_a_policy_are_shown() {
    for (place, key) in [
        ("", "organization"),
        ("organization.contacts", "SECURITY"),
        ("organization.contacts.SECURITY", "emailAddress"),
        ("organization.primary.fields", "city"),
        ("accounts", "444455556666"),
        ("units", "ou-exam-12345678"),
    ] {
        assert_eq!(refusal::shown(place, key), key);
    }
    for (place, key) in [
        ("organization.contacts.SECURITY", "444455556666"),
        ("units", "444455556666"),
        ("accounts", "ou-exam-12345678"),
        ("accounts", "Jane"),
        ("units", "Jane"),
    ] {
        assert_eq!(refusal::shown(place, key), "(an unknown key)");
    }
}
