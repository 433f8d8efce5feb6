//! What must be true of every decision about a contact.

use std::collections::BTreeMap;

use account_core::contact::{Contact, Field};
use account_core::policy::{Asked, AskedPrimary, Mode, PrimaryMode, Value};
use account_core::primary::{PrimaryContact, PrimaryField};
use account_core::stamp::{
    CONTEST, Circumstances, Decision, Fingerprint, Found, OwnWrite, Permit, Reading, Step, decide,
    decide_primary,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::select;

/// Contacts are numbers here: few, so that they often meet.
const CONTACTS: u8 = 3;

/// Longer than a read lags, shorter than the day of a contest.
const SETTLED: TimeDelta = TimeDelta::minutes(10);

/// One contact before it is decided on.
#[derive(Clone, Debug)]
struct Case {
    mode: Mode,
    wanted: u8,
    has_reason: bool,
    /// `None` where AWS does not say.
    current: Option<Option<u8>>,
    own: Option<Own>,
    permit: Permit,
}

/// The last own write: of a contact, or a removal.
#[derive(Clone, Debug)]
struct Own {
    of: Option<u8>,
    minutes_ago: i64,
    writes: u32,
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn own() -> impl Strategy<Value = Own> {
    (prop::option::of(0..CONTACTS), 0..3_000_i64, 0..CONTEST + 2).prop_map(
        |(of, minutes_ago, writes)| Own {
            of,
            minutes_ago,
            writes,
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    (
        select(vec![Mode::Enforce, Mode::Fill, Mode::Audit, Mode::Absent]),
        0..CONTACTS,
        prop::bool::weighted(0.1),
        prop::option::weighted(0.9, prop::option::of(0..CONTACTS)),
        prop::option::of(own()),
        select(vec![Permit::Add, Permit::All]),
    )
        .prop_map(|(mode, wanted, has_reason, current, own, permit)| Case {
            mode,
            wanted,
            has_reason,
            current,
            own,
            permit,
        })
}

fn contact(number: u8) -> Contact {
    Contact::new(|field| format!("{}-{number}", field.as_str()))
}

fn fingerprint(contact: Option<&Contact>) -> Fingerprint {
    let text = contact.map_or("removed", |contact| contact.get(Field::Name));
    Fingerprint(text.to_owned())
}

fn value(text: &str) -> Result<Value, String> {
    Ok(Value {
        source: "organization".to_owned(),
        text: text.to_owned(),
    })
}

impl Case {
    fn asked(&self) -> Asked {
        let mut values = BTreeMap::new();
        if self.mode != Mode::Absent {
            let wanted = contact(self.wanted);
            values.extend(Field::ALL.map(|field| (field, value(wanted.get(field)))));
            if self.has_reason {
                values.insert(Field::Title, Err("no tag".to_owned()));
            }
        }
        Asked {
            mode: self.mode,
            values,
        }
    }

    fn reading(&self) -> Reading<Contact> {
        match self.current {
            None => Reading::Unreadable("denied".to_owned()),
            Some(None) => Reading::Absent,
            Some(Some(number)) => Reading::Present(contact(number)),
        }
    }

    fn own_write(&self) -> Option<OwnWrite> {
        self.own.as_ref().map(|own| OwnWrite {
            fingerprint: fingerprint(own.of.map(contact).as_ref()),
            at: now() - TimeDelta::minutes(own.minutes_ago),
            writes: own.writes,
        })
    }

    fn decide(&self) -> Decision<Contact, Field> {
        self.decide_on(&self.reading(), self.own_write().as_ref(), now())
    }

    fn decide_on(
        &self,
        reading: &Reading<Contact>,
        own: Option<&OwnWrite>,
        now: DateTime<Utc>,
    ) -> Decision<Contact, Field> {
        let circumstances = Circumstances {
            own,
            permit: self.permit,
            now,
        };
        decide(&self.asked(), reading, &circumstances, fingerprint)
    }
}

/// What a step leaves behind, where it writes.
fn written<T: Clone>(step: &Step<T>) -> Option<Option<T>> {
    match step {
        Step::Add(contact) | Step::Replace(contact) => Some(Some(contact.clone())),
        Step::Remove => Some(None),
        Step::Nothing | Step::Planned | Step::Unsettled | Step::Contested => None,
    }
}

fn is_nothing<T, F>(decision: &Decision<T, F>) -> bool {
    matches!(decision.step, Step::Nothing)
}

fn remembered(fingerprint: Fingerprint, before: Option<&OwnWrite>) -> OwnWrite {
    OwnWrite {
        fingerprint,
        at: now(),
        writes: before.map_or(1, |own| own.writes + 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn deciding_on_what_was_decided_changes_nothing(case in case()) {
        let Some(after) = written(&case.decide().step) else { return Ok(()) };
        let own = remembered(fingerprint(after.as_ref()), case.own_write().as_ref());
        let reading = after.map_or(Reading::Absent, Reading::Present);
        for later in [TimeDelta::zero(), SETTLED] {
            let second = case.decide_on(&reading, Some(&own), now() + later);
            prop_assert_eq!(second.found, Found::Match);
            prop_assert_eq!(second.step, Step::Nothing);
        }
    }

    #[test]
    fn a_read_that_does_not_show_the_write_yet_causes_no_other(case in case()) {
        let Some(after) = written(&case.decide().step) else { return Ok(()) };
        let own = remembered(fingerprint(after.as_ref()), case.own_write().as_ref());
        let second = case.decide_on(&case.reading(), Some(&own), now() + TimeDelta::minutes(4));
        prop_assert!(written(&second.step).is_none(), "{:?}", second);
    }

    #[test]
    fn an_event_neither_replaces_nor_removes(case in case()) {
        let step = Case { permit: Permit::Add, ..case }.decide().step;
        prop_assert!(!matches!(step, Step::Replace(_) | Step::Remove), "{:?}", step);
    }

    #[test]
    fn what_cannot_be_known_is_not_written(case in case()) {
        let unreadable = Case { current: None, ..case.clone() };
        let unknown = Case { has_reason: true, ..case.clone() };
        for case in [unreadable, unknown] {
            if case.current.is_none() || case.mode != Mode::Absent {
                let decision = case.decide();
                prop_assert!(is_nothing(&decision) && matches!(decision.found, Found::Unknown(_)));
            }
        }
    }

    #[test]
    fn each_mode_does_its_own_kind_of_thing(case in case()) {
        let step = case.decide().step;
        let is_missing = case.current == Some(None);
        let is_own = case.own.as_ref().is_some_and(|own| Some(own.of) == case.current);
        let may = match step {
            Step::Add(_) => is_missing && matches!(case.mode, Mode::Enforce | Mode::Fill),
            Step::Replace(_) => !is_missing && (case.mode == Mode::Enforce || case.mode == Mode::Fill && is_own),
            Step::Remove => !is_missing && case.mode == Mode::Absent,
            Step::Nothing => true,
            Step::Planned | Step::Unsettled | Step::Contested => case.mode != Mode::Audit,
        };
        prop_assert!(may, "{:?}", step);
    }

    #[test]
    fn a_contest_is_not_joined(case in case(), minutes_ago in 0..24 * 60_i64, of in prop::option::of(0..CONTACTS)) {
        let own = Some(Own { of, minutes_ago, writes: CONTEST });
        // Nobody contests an own write that still stands.
        let stands = case.current == Some(of);
        let step = Case { own, ..case }.decide().step;
        prop_assert!(stands || written(&step).is_none(), "{:?}", step);
    }
}

/// Some fields of a primary contact.
fn fields() -> impl Strategy<Value = BTreeMap<PrimaryField, String>> {
    prop::collection::btree_map(select(PrimaryField::ALL.to_vec()), "[AB]{1,2}", 0..6)
}

fn primary_fingerprint(contact: &PrimaryContact) -> Fingerprint {
    let values = PrimaryField::ALL.map(|field| contact.get(field).unwrap_or_default());
    Fingerprint(values.join("/"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_primary_contact_changes_in_the_named_fields_only(
        current in fields(),
        wanted in fields(),
        mode in select(vec![PrimaryMode::Enforce, PrimaryMode::Audit]),
        is_untouched: bool,
        permit in select(vec![Permit::Add, Permit::All]),
    ) {
        let asked = AskedPrimary {
            mode,
            fields: wanted.iter().map(|(field, text)| (*field, value(text))).collect(),
        };
        let reading = Reading::Present(PrimaryContact::new(current.clone()));
        let decide_on = |reading: &Reading<_>, own: Option<&OwnWrite>, is_untouched| {
            let circumstances = Circumstances { own, permit, now: now() };
            decide_primary(&asked, reading, is_untouched, &circumstances, primary_fingerprint)
        };
        let decision = decide_on(&reading, None, is_untouched);
        let Some(after) = written(&decision.step) else {
            prop_assert!(mode == PrimaryMode::Audit || decision.found == Found::Match || permit == Permit::Add);
            return Ok(());
        };
        let after = after.unwrap();
        prop_assert_eq!(mode, PrimaryMode::Enforce);
        prop_assert!(permit == Permit::All || is_untouched);
        for field in PrimaryField::ALL {
            let expected = wanted.get(&field).or(current.get(&field));
            prop_assert_eq!(after.get(field), expected.map(String::as_str), "{}", field);
        }
        let own = remembered(primary_fingerprint(&after), None);
        let second = decide_on(&Reading::Present(after), Some(&own), false);
        prop_assert_eq!(second.found, Found::Match);
    }
}
