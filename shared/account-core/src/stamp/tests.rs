use std::collections::BTreeMap;

use super::*;
use crate::policy::{PrimaryMode, Value};

fn at(minute: i64) -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

fn contact(name: &str) -> Contact {
    Contact::new(|field| {
        if field == Field::Name {
            name.to_owned()
        } else {
            "1".to_owned()
        }
    })
}

fn fingerprint(contact: Option<&Contact>) -> Fingerprint {
    Fingerprint(contact.map_or_else(
        || "removed".to_owned(),
        |contact| contact.get(Field::Name).to_owned(),
    ))
}

fn asked(mode: Mode, name: &str) -> Asked {
    let value = |field| {
        let text = contact(name).get(field).to_owned();
        (
            field,
            Ok(Value {
                source: "organization".to_owned(),
                text,
            }),
        )
    };
    let values = if mode == Mode::Absent {
        BTreeMap::new()
    } else {
        Field::ALL.into_iter().map(value).collect()
    };
    Asked { mode, values }
}

fn current(name: Option<&str>) -> Reading<Contact> {
    name.map_or(Reading::Absent, |name| Reading::Present(contact(name)))
}

fn own(name: &str, minute: i64, writes: u32) -> OwnWrite {
    OwnWrite {
        fingerprint: Fingerprint(name.to_owned()),
        at: at(minute),
        writes,
    }
}

/// What is found and done about a contact at minute 0, in words.
fn outcome(mode: Mode, name: Option<&str>, permit: Permit, own: Option<&OwnWrite>) -> String {
    let circumstances = Circumstances {
        own,
        permit,
        now: at(0),
    };
    let decision = decide(
        &asked(mode, "wanted"),
        &current(name),
        &circumstances,
        fingerprint,
    );
    format!("{:?} {:?}", decision.found, decision.step)
}

#[test]
fn modes() {
    use Mode::{Absent, Audit, Enforce, Fill};
    let (wanted, other) = (Some("wanted"), Some("other"));
    for (mode, name, expected) in [
        (Enforce, wanted, "Match Nothing"),
        (Enforce, None, "Missing Add"),
        (Enforce, other, "Drift([Name]) Replace"),
        (Fill, wanted, "Match Nothing"),
        (Fill, None, "Missing Add"),
        (Fill, other, "Match Nothing"),
        (Audit, wanted, "Match Nothing"),
        (Audit, None, "Missing Nothing"),
        (Audit, other, "Drift([Name]) Nothing"),
        (Absent, wanted, "Drift([]) Remove"),
        (Absent, None, "Match Nothing"),
    ] {
        assert_eq!(
            outcome(mode, name, Permit::All, None),
            expected,
            "{mode:?} {name:?}"
        );
    }
}

#[test]
fn an_event_may_only_add() {
    assert_eq!(
        outcome(Mode::Enforce, None, Permit::Add, None),
        "Missing Add"
    );
    assert_eq!(
        outcome(Mode::Enforce, Some("other"), Permit::Add, None),
        "Drift([Name]) Planned"
    );
    assert_eq!(
        outcome(Mode::Absent, Some("other"), Permit::Add, None),
        "Drift([]) Planned"
    );
}

#[test]
fn a_read_that_lags_causes_no_second_write() {
    for (minute, expected) in [(-1, "Unsettled"), (-4, "Unsettled"), (-5, "Add")] {
        let own = own("wanted", minute, 1);
        assert_eq!(
            outcome(Mode::Enforce, None, Permit::All, Some(&own)),
            format!("Missing {expected}"),
            "{minute}"
        );
    }
    // The last write was of something else: it is not on its way.
    assert_eq!(
        outcome(Mode::Enforce, None, Permit::All, Some(&own("older", -1, 1))),
        "Missing Add"
    );
    let removed = own("removed", -1, 1);
    assert_eq!(
        outcome(Mode::Absent, Some("other"), Permit::All, Some(&removed)),
        "Drift([]) Unsettled"
    );
}

/// The same shortly after somebody's call.
fn outcome_after(call: Call, mode: Mode, name: Option<&str>) -> String {
    let circumstances = Circumstances {
        own: None,
        permit: Permit::All,
        now: at(0),
    };
    let decision = decide(
        &asked(mode, "wanted"),
        &current(name),
        &circumstances,
        fingerprint,
    );
    format!("{:?}", decision.after(call).step)
}

#[test]
fn shortly_after_a_call_only_a_reading_that_shows_it_is_believed() {
    use Mode::{Absent, Enforce, Fill};
    for (call, mode, name, expected) in [
        (Call::Put, Enforce, Some("other"), "Replace"),
        (Call::Put, Enforce, Some("wanted"), "Unsettled"),
        (Call::Put, Enforce, None, "Unsettled"),
        (Call::Put, Fill, None, "Unsettled"),
        (Call::Put, Absent, None, "Unsettled"),
        (Call::Put, Absent, Some("other"), "Remove"),
        (Call::PutPrimary, Enforce, Some("other"), "Unsettled"),
        (Call::PutPrimary, Enforce, Some("wanted"), "Unsettled"),
        (Call::Delete, Enforce, None, "Add"),
        (Call::Delete, Enforce, Some("wanted"), "Unsettled"),
        (Call::Delete, Enforce, Some("other"), "Unsettled"),
    ] {
        assert_eq!(
            outcome_after(call, mode, name),
            expected,
            "{call:?} {mode:?} {name:?}"
        );
    }
    let later = |seconds| Call::is_settled(at(0), at(0) + TimeDelta::seconds(seconds));
    assert_eq!([later(0), later(299), later(300)], [false, false, true]);
}

#[test]
fn a_contest_is_given_up_for_a_day() {
    let drift = |own: &OwnWrite| outcome(Mode::Enforce, Some("other"), Permit::All, Some(own));
    assert_eq!(
        drift(&own("wanted", -10, CONTEST - 1)),
        "Drift([Name]) Replace"
    );
    assert_eq!(
        drift(&own("wanted", -10, CONTEST)),
        "Drift([Name]) Contested"
    );
    assert_eq!(
        drift(&own("wanted", -24 * 60, CONTEST)),
        "Drift([Name]) Replace"
    );
}

#[test]
fn a_newer_policy_over_an_own_write_is_no_contest() {
    let own = own("older", -1, CONTEST);
    for (permit, expected) in [(Permit::All, "Replace"), (Permit::Add, "Planned")] {
        assert_eq!(
            outcome(Mode::Enforce, Some("older"), permit, Some(&own)),
            format!("Drift([Name]) {expected}")
        );
    }
}

#[test]
fn fill_replaces_what_it_wrote_itself() {
    let own = own("older", -60 * 24 * 30, 1);
    assert_eq!(
        outcome(Mode::Fill, Some("older"), Permit::All, Some(&own)),
        "Drift([Name]) Replace"
    );
    assert_eq!(
        outcome(Mode::Fill, Some("other"), Permit::All, Some(&own)),
        "Match Nothing"
    );
}

#[test]
fn what_cannot_be_known_is_left_alone() {
    let circumstances = Circumstances {
        own: None,
        permit: Permit::All,
        now: at(0),
    };
    let denied = Reading::Unreadable("denied".to_owned());
    for mode in [Mode::Enforce, Mode::Fill, Mode::Audit, Mode::Absent] {
        let decision = decide(&asked(mode, "wanted"), &denied, &circumstances, fingerprint);
        assert_eq!(
            decision,
            Decision::nothing(Found::Unknown("denied".to_owned()), false)
        );
    }
    let mut incomplete = asked(Mode::Enforce, "wanted");
    incomplete
        .values
        .insert(Field::Title, Err("no tag".to_owned()));
    let decision = decide(&incomplete, &Reading::Absent, &circumstances, fingerprint);
    assert_eq!(
        decision,
        Decision::nothing(Found::Unknown("no tag".to_owned()), false)
    );
}

fn primary(fields: &[(PrimaryField, &str)]) -> PrimaryContact {
    PrimaryContact::new(
        fields
            .iter()
            .map(|(field, value)| (*field, (*value).to_owned())),
    )
}

fn asked_primary(mode: PrimaryMode, fields: &[(PrimaryField, &str)]) -> AskedPrimary {
    let value = |text: &str| {
        Ok(Value {
            source: "organization".to_owned(),
            text: text.to_owned(),
        })
    };
    AskedPrimary {
        mode,
        fields: fields
            .iter()
            .map(|(field, text)| (*field, value(text)))
            .collect(),
    }
}

const CITY: PrimaryField = PrimaryField::City;
const NAME: PrimaryField = PrimaryField::FullName;
const PHONE: PrimaryField = PrimaryField::PhoneNumber;

fn primary_decision(
    mode: PrimaryMode,
    untouched: bool,
    permit: Permit,
) -> Decision<PrimaryContact, PrimaryField> {
    let current = Reading::Present(primary(&[(CITY, "Here"), (NAME, "Account"), (PHONE, "+1")]));
    let asked = asked_primary(mode, &[(CITY, " There "), (PHONE, "+1")]);
    let circumstances = Circumstances {
        own: None,
        permit,
        now: at(0),
    };
    decide_primary(&asked, &current, untouched, &circumstances, |_| {
        Fingerprint(String::new())
    })
}

#[test]
fn only_the_named_primary_fields_change() {
    let decision = primary_decision(PrimaryMode::Enforce, false, Permit::All);
    assert_eq!(decision.found, Found::Drift(vec![CITY]));
    let merged = primary(&[(CITY, "There"), (NAME, "Account"), (PHONE, "+1")]);
    assert_eq!(decision.step, Step::Replace(merged));
}

#[test]
fn an_untouched_primary_contact_counts_as_missing() {
    assert!(matches!(
        primary_decision(PrimaryMode::Enforce, true, Permit::Add).step,
        Step::Add(_)
    ));
    assert_eq!(
        primary_decision(PrimaryMode::Enforce, false, Permit::Add).step,
        Step::Planned
    );
    assert_eq!(
        primary_decision(PrimaryMode::Audit, true, Permit::All).step,
        Step::Nothing
    );
}

#[test]
fn a_primary_contact_is_untouched_until_a_copied_field_changes() {
    let management = primary(&[(CITY, "Here"), (NAME, "Head"), (PHONE, "+1")]);
    let copy = primary(&[(CITY, "Here"), (NAME, "New account"), (PHONE, "+1")]);
    assert!(copy.is_untouched(&management, "New account"));
    assert!(!copy.is_untouched(&management, "Other account"));
    let moved = copy.merged(&primary(&[(CITY, "There")]));
    assert!(!moved.is_untouched(&management, "New account"));
    // AWS is not known to copy the company: somebody gave the account one of its own.
    let named = copy.merged(&primary(&[(PrimaryField::CompanyName, "Own")]));
    assert!(!named.is_untouched(&management, "New account"));
    // Nor does a copy lack what AWS does copy.
    let bare = primary(&[(NAME, "New account"), (PHONE, "+1")]);
    assert!(!bare.is_untouched(&management, "New account"));
    let company = management.merged(&primary(&[(PrimaryField::CompanyName, "Head")]));
    assert!(copy.is_untouched(&company, "New account"));
}

#[test]
fn a_phone_number_written_in_another_way_is_the_same() {
    let current = primary(&[(CITY, "Here"), (PHONE, "+12025550102")]);
    let same = primary(&[(PHONE, "+1 (202) 555-0102")]);
    assert!(current.differing(&same).is_empty());
    let wanted = primary(&[(CITY, "There"), (PHONE, "+1 202 555 0102")]);
    assert_eq!(current.differing(&wanted), [CITY]);
    assert_eq!(current.merged(&wanted).get(PHONE), Some("+12025550102"));
    let other = primary(&[(PHONE, "+12025550103")]);
    assert_eq!(current.differing(&other), [PHONE]);
}

#[test]
fn debug_shows_no_contact() {
    let step = Step::Add(contact("canary"));
    assert_eq!(format!("{step:?}"), "Add");
}
