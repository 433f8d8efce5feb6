//! What a sweep leaves: for its gate, for its outcome, and for the sweep that resumes it.

use chrono::TimeDelta;

use super::*;
use crate::govcloud::{Audited, Link, Observation};
use crate::ids::AccountId;
use crate::inventory::{Member, Name};
use crate::report::Row;

const REPLACED: [ChangeWord; 1] = [ChangeWord::Replaced];

fn account() -> AccountId {
    "444455556666".parse().unwrap()
}

fn result(found: AccountFound, again: bool) -> AccountResult {
    AccountResult {
        id: account(),
        state: "ACTIVE".to_owned(),
        again,
        found,
    }
}

fn later() -> AccountFound {
    AccountFound::Later("Throttled".to_owned())
}

fn skipped() -> AccountFound {
    AccountFound::Skipped("excluded by the policy".to_owned())
}

fn matching() -> AccountFound {
    found(&[(Found::Match, Done::Nothing)], &[])
}

fn link(observation: Observation) -> AccountFound {
    AccountFound::Link(Box::new(Audited {
        id: account(),
        state: "ACTIVE".to_owned(),
        observation,
        remembered: None,
        reported: None,
    }))
}

fn throttled_link() -> AccountFound {
    link(Observation::Unknown("Throttled".to_owned()))
}

#[test]
fn an_account_that_nobody_looked_at_is_unknown_in_every_contact() {
    let unknown = |results: &[Option<&AccountResult>]| plan_counts(results).unknown;
    // Nobody knows which contacts the policy asks for: one at the least.
    assert_eq!(unknown(&[None, None]), 2);
    assert_eq!(unknown(&[Some(&result(later(), true))]), 1);
    assert_eq!(unknown(&[Some(&result(skipped(), false))]), 0);
    assert_eq!(unknown(&[]), 0);
    let AccountFound::Contacts { mut lines, changes } =
        found(&[(Found::Match, Done::Nothing); 2], &REPLACED)
    else {
        panic!("no contacts")
    };
    lines[1].contact = Contact::Billing;
    let seen = result(AccountFound::Contacts { lines, changes }, false);
    let expected = Counts {
        read: 4,
        unknown: 4,
        add: 0,
        replace: 2,
        remove: 0,
    };
    let late = result(later(), true);
    let all = [Some(&seen), None, Some(&late), Some(&seen)];
    assert_eq!(plan_counts(&all), expected);
}

#[test]
fn what_another_round_would_look_at_again_is_not_covered() {
    let unavailable = || link(Observation::Unavailable);
    let table = [
        (matching(), false, true, false),
        (matching(), true, false, true),
        (skipped(), false, true, false),
        (later(), true, false, false),
        (later(), false, false, false),
        (link(Observation::Link(Link::NotLinked)), false, true, false),
        (throttled_link(), true, false, true),
        // It may never be available.
        (unavailable(), true, true, false),
    ];
    for (found, again, is_covered, is_unfinished) in table {
        let result = result(found, again);
        assert_eq!(result.is_covered(), is_covered, "{result:?}");
        assert_eq!(result.is_unfinished(), is_unfinished, "{result:?}");
    }
}

#[test]
fn a_sweep_is_complete_when_nothing_is_left() {
    let row = |unfinished, coverage| Row {
        account_id: account(),
        account_state: "ACTIVE".to_owned(),
        unfinished,
        coverage,
    };
    let covered = || row(false, Coverage::Contacts(Vec::new()));
    let skipped = || row(false, Coverage::Skipped("why".to_owned()));
    let uncovered = row(false, Coverage::Uncovered("why".to_owned()));
    let unfinished = row(true, Coverage::Contacts(Vec::new()));
    assert_eq!(outcome(&[covered(), skipped()], false), Outcome::Complete);
    assert_eq!(outcome(&[], false), Outcome::Complete);
    for left in [uncovered, unfinished] {
        let rows = [covered(), left];
        assert_eq!(outcome(&rows, false), Outcome::Incomplete);
        assert_eq!(outcome(&rows, true), Outcome::Superseded);
    }
}

fn member(state: &str, unit: &str) -> Member {
    Member {
        id: account(),
        state: state.to_owned(),
        units: Some(vec![unit.parse().unwrap()]),
        joined: None,
        created: true,
        name: Name::new("Example".to_owned()),
    }
}

#[test]
fn what_is_covered_and_where_it_was_is_carried_over() {
    let superseded = found(&[(Found::Drift, Done::Superseded)], &[]);
    let planned = found(&[(Found::Drift, Done::Planned)], &REPLACED);
    let is_carried = |result: &AccountResult| {
        let before = member("ACTIVE", "ou-exam-11111111");
        result.is_carried_over(Some(&before), &before)
    };
    let seen = link(Observation::Link(Link::NotLinked));
    for found in [matching(), skipped(), seen] {
        assert!(is_carried(&result(found, false)));
    }
    for left in [superseded, planned, later()] {
        assert!(!is_carried(&result(left, false)));
    }
    for again in [matching(), throttled_link(), link(Observation::Unavailable)] {
        assert!(!is_carried(&result(again, true)));
    }
    let result = result(matching(), false);
    let now = member("ACTIVE", "ou-exam-11111111");
    // An older version wrote no more.
    let older = Member {
        created: false,
        ..now.clone()
    };
    assert!(result.is_carried_over(Some(&older), &now));
    for before in [
        Some(member("ACTIVE", "ou-exam-22222222")),
        Some(member("SUSPENDED", "ou-exam-11111111")),
        None,
    ] {
        assert!(!result.is_carried_over(before.as_ref(), &now), "{before:?}");
    }
}

#[test]
fn an_audit_is_the_newest_until_a_later_one_has_told() {
    let started = chrono::DateTime::UNIX_EPOCH;
    let second = TimeDelta::seconds(1);
    assert!(is_newest_audit(started, None));
    assert!(is_newest_audit(started, Some(started)));
    assert!(is_newest_audit(started, Some(started - second)));
    assert!(!is_newest_audit(started, Some(started + second)));
}

/// The versions of batches, each with one account.
fn versions(batches: &[(Option<&str>, AccountFound)]) -> Versions {
    let mut versions = Versions::default();
    for (version, found) in batches {
        versions.add(&Results {
            policy_version: version.map(str::to_owned),
            throttled: 0,
            accounts: vec![result(found.clone(), false)],
        });
    }
    versions
}

#[test]
fn one_version_is_told_from_several_and_from_none() {
    let told = |versions: &Versions| (versions.one().map(str::to_owned), versions.is_mixed());
    let none = (None, false);
    let mixed = (None, true);
    let one = versions(&[(Some("1"), matching()), (Some("1"), skipped())]);
    assert_eq!(told(&one), (Some("1".to_owned()), false));
    let two = versions(&[(Some("1"), matching()), (Some("2"), matching())]);
    assert_eq!(told(&two), mixed);
    assert_eq!(told(&Versions::default()), none);
    // As sweeps wrote it that resumed under an older code.
    assert_eq!(told(&versions(&[(None, matching())])), mixed);
    let older = versions(&[(None, skipped()), (Some("1"), matching())]);
    assert_eq!(told(&older), mixed);
    // The policy says nothing of links, nor of what nobody looked at.
    assert_eq!(told(&versions(&[(None, throttled_link())])), none);
    let later = AccountFound::Later("LedgerRow".to_owned());
    assert_eq!(told(&versions(&[(None, later)])), none);
    let mut empty = Versions::default();
    empty.add(&Results::default());
    assert_eq!(told(&empty), none);
    empty.extend(two);
    assert_eq!(told(&empty), mixed);
}
