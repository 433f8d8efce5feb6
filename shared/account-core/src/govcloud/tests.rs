//! What is found about links, as tables.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::ids::AccountId;

const LIMIT: TimeDelta = TimeDelta::days(7);

/// A standard account, or with `g`, a GovCloud account.
fn id(text: &str) -> AccountId {
    let (kind, number) = text.split_at(1);
    format!("{}{number:0>11}", if kind == "g" { 9 } else { 1 })
        .parse()
        .unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

/// `g1 ACTIVE`, or `none`.
fn link(text: &str) -> Link {
    match text.split_once(' ') {
        None => Link::NotLinked,
        Some((account, state)) => Link::Linked {
            gov_cloud_account_id: id(account),
            state: state.to_owned(),
        },
    }
}

fn observation(text: &str) -> Observation {
    match text {
        "unavailable" => Observation::Unavailable,
        "unknown" => Observation::Unknown("AccessDeniedException".to_owned()),
        link_text => Observation::Link(link(link_text)),
    }
}

fn remembered(text: &str, days: i64) -> RememberedLink {
    RememberedLink {
        link: link(text),
        version: 3,
        since: now() - TimeDelta::days(days),
        lost: None,
    }
}

#[test]
fn an_answer_without_a_valid_id_or_state_is_not_known() {
    let linked = Observation::linked("911122223333", "SOME_NEW_STATE");
    assert!(matches!(linked, Observation::Link(Link::Linked { .. })));
    for (id, state) in [
        ("", "ACTIVE"),
        ("91112222333", "ACTIVE"),
        ("91112222333x", "ACTIVE"),
        ("911122223333", ""),
        ("911122223333", "no value was set"),
    ] {
        let observation = Observation::linked(id, state);
        assert!(
            matches!(observation, Observation::Unknown(_)),
            "{id} {state}"
        );
        assert_eq!(observation.link(), None);
    }
}

/// The transition in a few words.
fn told(before: Option<&RememberedLink>, observed: &str) -> String {
    match transition(before, &observation(observed), now()) {
        Transition::Nothing => "nothing".to_owned(),
        Transition::Baseline(next) => {
            assert_eq!((next.version, next.since, next.lost), (1, now(), None));
            "baseline".to_owned()
        }
        Transition::Changed { from, to, next } => {
            assert_eq!((next.version, next.since), (4, now()));
            assert_eq!((Some(&from), &to), (before.map(|it| &it.link), &next.link));
            next.lost
                .map_or("changed".to_owned(), |lost| format!("changed, lost {lost}"))
        }
    }
}

#[test]
fn what_an_observation_means_for_what_is_remembered() {
    let pending = remembered("g1 PENDING_ACTIVATION", 1);
    let none = RememberedLink {
        lost: Some(id("g1")),
        ..remembered("none", 1)
    };
    let table = [
        (None, "none", "baseline"),
        (None, "g1 ACTIVE", "baseline"),
        (None, "unavailable", "nothing"),
        (None, "unknown", "nothing"),
        (Some(&pending), "g1 PENDING_ACTIVATION", "nothing"),
        (Some(&pending), "g1 ACTIVE", "changed"),
        (Some(&pending), "g2 PENDING_ACTIVATION", "changed"),
        (Some(&pending), "none", "changed, lost 900000000001"),
        (Some(&pending), "unavailable", "nothing"),
        (Some(&pending), "unknown", "nothing"),
        (Some(&none), "none", "nothing"),
        (Some(&none), "g2 ACTIVE", "changed"),
    ];
    for (before, observed, expected) in table {
        assert_eq!(told(before, observed), expected, "{before:?} -> {observed}");
    }
}

fn audited(account: &str, state: &str, observed: &str) -> Audited {
    Audited {
        id: id(account),
        state: state.to_owned(),
        observation: observation(observed),
        remembered: None,
        reported: None,
    }
}

/// The findings, one a line.
fn found(audited: &[Audited]) -> String {
    let lines: Vec<_> = findings(audited, LIMIT, now())
        .iter()
        .map(|finding| {
            format!(
                "{} {}",
                finding.finding.as_str(),
                finding.gov_cloud_account_id
            )
        })
        .collect();
    lines.join(", ")
}

#[test]
fn states_that_do_not_fit() {
    const OUTLIVES: &str = "outlivesStandard 900000000001";
    const ENDED: &str = "endedBeforeStandard 900000000001";
    let table = [
        ("ACTIVE", "none", ""),
        ("ACTIVE", "g1 ACTIVE", ""),
        ("PENDING_ACTIVATION", "g1 ACTIVE", ""),
        ("SUSPENDED", "g1 ACTIVE", OUTLIVES),
        ("PENDING_CLOSURE", "g1 ACTIVE", OUTLIVES),
        ("CLOSED", "g1 ACTIVE", OUTLIVES),
        ("CLOSED", "g1 CLOSED", ""),
        ("SUSPENDED", "g1 CLOSED", ""),
        ("ACTIVE", "g1 SUSPENDED", ENDED),
        ("ACTIVE", "g1 CLOSED", ENDED),
        ("ACTIVE", "g1 SOME_NEW_STATE", ""),
        ("CLOSED", "unavailable", ""),
        ("CLOSED", "unknown", ""),
    ];
    for (state, observed, expected) in table {
        let found = found(&[audited("s1", state, observed)]);
        assert_eq!(found, expected, "{state} {observed}");
    }
}

#[test]
fn links_that_are_not_as_reported() {
    const OTHER: &str = "otherThanReported 900000000001";
    let table = [
        ("g1 ACTIVE", Some("g1"), ""),
        ("g1 ACTIVE", Some("g2"), OTHER),
        ("g1 ACTIVE", None, ""),
        ("none", Some("g2"), "pairNotLinked 900000000002"),
        ("none", None, ""),
        ("unavailable", Some("g2"), ""),
    ];
    for (observed, reported, expected) in table {
        let account = Audited {
            reported: reported.map(id),
            ..audited("s1", "ACTIVE", observed)
        };
        assert_eq!(found(&[account]), expected, "{observed} {reported:?}");
    }
}

#[test]
fn pending_for_longer_than_the_limit() {
    const PENDING: &str = "g1 PENDING_ACTIVATION";
    let seen = |remembered| Audited {
        remembered,
        ..audited("s1", "ACTIVE", PENDING)
    };
    let long = "pendingTooLong 900000000001";
    assert_eq!(found(&[seen(None)]), "");
    assert_eq!(found(&[seen(Some(remembered(PENDING, 7)))]), "");
    assert_eq!(found(&[seen(Some(remembered(PENDING, 8)))]), long);
    // It is pending since this audit only.
    assert_eq!(found(&[seen(Some(remembered("g1 ACTIVE", 8)))]), "");
    assert_eq!(
        found(&[seen(Some(remembered("g2 PENDING_ACTIVATION", 8)))]),
        ""
    );
}

#[test]
fn a_vanished_link_is_a_finding_until_the_account_is_linked_again() {
    let vanished = "vanished 900000000001";
    let mut before = Some(remembered("g1 ACTIVE", 8));
    for (observed, expected) in [
        ("none", vanished),
        ("none", vanished),
        ("unavailable", ""),
        ("none", vanished),
        ("g2 ACTIVE", ""),
        ("g2 ACTIVE", ""),
        ("none", "vanished 900000000002"),
    ] {
        let account = Audited {
            remembered: before.clone(),
            ..audited("s1", "ACTIVE", observed)
        };
        assert_eq!(
            found(std::slice::from_ref(&account)),
            expected,
            "{observed}"
        );
        let transition = transition(before.as_ref(), &account.observation, now());
        before = transition.remembered(before.as_ref()).cloned();
    }
}

#[test]
fn two_accounts_with_one_govcloud_account() {
    let shared = "shared 900000000001";
    let one = || audited("s1", "ACTIVE", "g1 ACTIVE");
    assert_eq!(found(&[one(), audited("s2", "ACTIVE", "g2 ACTIVE")]), "");
    assert_eq!(found(&[one(), one()]), "", "the same account");
    let both = [one(), audited("s2", "ACTIVE", "g1 ACTIVE")];
    assert_eq!(found(&both), format!("{shared}, {shared}"));
    // The other one is not known to have let go.
    let other = Audited {
        remembered: Some(remembered("g1 ACTIVE", 1)),
        ..audited("s2", "ACTIVE", "unavailable")
    };
    assert_eq!(found(&[one(), other]), shared);
}

#[test]
fn what_is_not_known_keeps_its_findings() {
    let finding = |account: &str| Finding {
        account_id: id(account),
        finding: Misfit::Vanished,
        gov_cloud_account_id: id("g1"),
    };
    let before = ["s1", "s2", "s3"].map(finding).into();
    let after = ["s1", "s4"].map(finding).into();
    let comparison = compare(&before, &after, &BTreeSet::from([id("s3")]));
    assert_eq!(comparison.appeared, [finding("s4")].into());
    assert_eq!(comparison.cleared, [finding("s2")].into());
    assert_eq!(comparison.standing, ["s1", "s3"].map(finding).into());
    let expected = ["s1", "s3", "s4"].map(finding).into();
    assert_eq!(comparison.remembered(), expected);
    assert!(comparison.is_news());
    let again = compare(&expected, &expected, &BTreeSet::new());
    assert!(!again.is_news());
    let all_gone = compare(&expected, &BTreeSet::new(), &BTreeSet::new());
    assert!(all_gone.is_news());
}

#[test]
fn one_of_two_that_share_keeps_its_finding_while_the_other_is_not_known() {
    let shared = |account: &str, govcloud: &str| Finding {
        account_id: id(account),
        finding: Misfit::Shared,
        gov_cloud_account_id: id(govcloud),
    };
    let before = [("s1", "g1"), ("s2", "g1"), ("s3", "g2"), ("s4", "g2")];
    let before = before.map(|(account, govcloud)| shared(account, govcloud));
    let comparison = compare(&before.into(), &BTreeSet::new(), &[id("s2")].into());
    let standing = [shared("s1", "g1"), shared("s2", "g1")];
    assert_eq!(comparison.standing, standing.into());
    let cleared = [shared("s3", "g2"), shared("s4", "g2")];
    assert_eq!(comparison.cleared, cleared.into());
}

#[test]
fn words_are_as_json_writes_them() {
    for misfit in Misfit::ALL {
        assert_eq!(serde_json::to_value(misfit).unwrap(), misfit.as_str());
    }
    for link in ["none", "g1 ACTIVE"].map(link) {
        let row = RememberedLink {
            link,
            ..remembered("none", 1)
        };
        let text = serde_json::to_string(&row).unwrap();
        assert_eq!(serde_json::from_str::<RememberedLink>(&text).unwrap(), row);
    }
}
