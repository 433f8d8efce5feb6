//! The gate at its limits, words, and what is left.

mod left;
mod rounds;

use super::*;
use crate::report::{Contact, ContactLine, Coverage, Done, Found};
use crate::stamp::Fingerprint;

const LIMITS: Limits = Limits {
    change: 10,
    unknown: 5,
};

fn counts(read: u64, unknown: u64, replace: u64, remove: u64) -> Counts {
    Counts {
        read,
        unknown,
        // More than anything else: what is added never counts.
        add: 1_000_000,
        replace,
        remove,
    }
}

/// The reasons, one a line; nothing where the gate is open.
fn told(counts: Counts, limits: &Limits) -> String {
    match gate(&counts, limits) {
        Gate::Open => String::new(),
        Gate::Closed { reasons } => {
            let lines: Vec<_> = reasons.iter().map(Reason::to_string).collect();
            lines.join("\n")
        }
    }
}

#[test]
fn the_gate_closes_on_more_than_the_limits() {
    const CHANGE: &str = "would be replaced or removed, more than 10 %";
    const UNKNOWN: &str = "are not known, more than 5 %";
    let table = [
        (counts(0, 0, 0, 0), String::new()),
        (counts(1_000, 0, 60, 40), String::new()),
        (
            counts(1_000, 0, 61, 40),
            format!("101 of 1000 contacts {CHANGE}"),
        ),
        (
            counts(1_000, 0, 0, 101),
            format!("101 of 1000 contacts {CHANGE}"),
        ),
        // 9.5 is not more than 10 % of 95, 10 is: nothing is rounded.
        (counts(95, 0, 9, 0), String::new()),
        (counts(95, 0, 10, 0), format!("10 of 95 contacts {CHANGE}")),
        // What is not known is no contact read.
        (counts(95, 5, 9, 0), String::new()),
        (counts(95, 5, 10, 0), format!("10 of 95 contacts {CHANGE}")),
        (counts(950, 50, 0, 0), String::new()),
        (
            counts(950, 51, 0, 0),
            format!("51 of 1001 contacts {UNKNOWN}"),
        ),
        (counts(0, 1, 0, 0), format!("1 of 1 contacts {UNKNOWN}")),
        (
            counts(0, 3, 1, 0),
            format!("1 of 0 contacts {CHANGE}\n3 of 3 contacts {UNKNOWN}"),
        ),
    ];
    for (counts, expected) in table {
        assert_eq!(told(counts, &LIMITS), expected, "{counts:?}");
    }
}

#[test]
fn limits_of_nothing_and_of_all() {
    let none = Limits {
        change: 0,
        unknown: 0,
    };
    let all = Limits {
        change: 100,
        unknown: 100,
    };
    assert_eq!(gate(&counts(5, 0, 0, 0), &none), Gate::Open);
    assert_ne!(gate(&counts(5, 0, 1, 0), &none), Gate::Open);
    assert_ne!(gate(&counts(5, 1, 0, 0), &none), Gate::Open);
    assert_eq!(gate(&counts(5, 1_000, 5, 0), &all), Gate::Open);
    assert_ne!(
        gate(&counts(u64::MAX, u64::MAX, u64::MAX, u64::MAX), &none),
        Gate::Open
    );
}

#[test]
fn batches_add_up() {
    let mut sum = Counts::default();
    for _ in 0..2 {
        sum += Counts {
            read: 1,
            unknown: 2,
            add: 3,
            replace: 4,
            remove: 5,
        };
    }
    let expected = Counts {
        read: 2,
        unknown: 4,
        add: 6,
        replace: 8,
        remove: 10,
    };
    assert_eq!(sum, expected);
}

#[test]
fn words_are_as_json_writes_them() {
    for sweep in [Sweep::Contacts, Sweep::GovCloud] {
        assert_eq!(serde_json::to_value(sweep).unwrap(), sweep.as_str());
    }
    for outcome in [
        Outcome::Complete,
        Outcome::Incomplete,
        Outcome::GateClosed,
        Outcome::DryRun,
        Outcome::Superseded,
    ] {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
    }
}

#[test]
fn phases_and_changes_are_as_json_writes_them() {
    for phase in [Phase::Plan, Phase::Apply, Phase::Audit] {
        assert_eq!(serde_json::to_value(phase).unwrap(), phase.as_str());
    }
    for change in [ChangeWord::Added, ChangeWord::Replaced, ChangeWord::Removed] {
        assert_eq!(serde_json::to_value(change).unwrap(), change.as_str());
    }
}

/// An account whose contacts were found and done so, and whose plan makes these changes.
fn found(lines: &[(Found, Done)], changes: &[ChangeWord]) -> AccountFound {
    let line = |(found, done): &(Found, Done)| ContactLine {
        contact: Contact::Security,
        found: *found,
        fields: Vec::new(),
        done: *done,
        reason: None,
    };
    let change = |change: &ChangeWord| PlannedChange {
        contact: Contact::Security,
        change: *change,
        before: Fingerprint("hash".to_owned()),
        wanted: Fingerprint("another".to_owned()),
    };
    AccountFound::Contacts {
        lines: lines.iter().map(line).collect(),
        changes: changes.iter().map(change).collect(),
    }
}

#[test]
fn the_gate_counts_what_was_read_and_what_would_change() {
    use ChangeWord::{Added, Removed, Replaced};
    let lines = [
        (Found::Match, Done::Nothing),
        (Found::Missing, Done::Planned),
        (Found::Drift, Done::Planned),
        (Found::Unknown, Done::Nothing),
        (Found::Unknown, Done::Nothing),
    ];
    let changes = [
        Added, Added, Added, Replaced, Replaced, Removed, Removed, Removed, Removed,
    ];
    let expected = Counts {
        read: 3,
        unknown: 2,
        add: 3,
        replace: 2,
        remove: 4,
    };
    assert_eq!(found(&lines, &changes).counts(), expected);
    let skipped = AccountFound::Skipped("the account is closed".to_owned());
    assert_eq!(skipped.counts(), Counts::default());
}

#[test]
fn an_account_is_superseded_by_any_contact_that_was_left() {
    let left = (Found::Drift, Done::Superseded);
    let written = (Found::Drift, Done::Written);
    assert!(found(&[written, left], &[]).is_superseded());
    assert!(!found(&[written], &[]).is_superseded());
    assert!(!AccountFound::Later("no time".to_owned()).is_superseded());
}

#[test]
fn an_account_is_reported_as_it_was_found() {
    let reason = || "why".to_owned();
    let skipped = AccountFound::Skipped(reason());
    assert_eq!(skipped.coverage(), Some(Coverage::Skipped(reason())));
    let later = AccountFound::Later(reason());
    assert_eq!(later.coverage(), Some(Coverage::Uncovered(reason())));
    let Some(Coverage::Contacts(lines)) = found(&[(Found::Match, Done::Nothing)], &[]).coverage()
    else {
        panic!("its contacts are not reported")
    };
    assert_eq!(lines.len(), 1);
}
