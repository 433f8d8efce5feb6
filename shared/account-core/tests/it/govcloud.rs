//! What must be true of every audit of GovCloud links.

use std::collections::BTreeSet;

use account_core::govcloud::{
    Audited, Finding, Link, Misfit, Observation, RememberedLink, Transition, compare, findings,
    transition,
};
use account_core::ids::AccountId;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::select;

/// Accounts are few here, so that they often meet.
const ACCOUNTS: u8 = 4;
const LIMIT: TimeDelta = TimeDelta::days(7);

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn account(number: u8) -> AccountId {
    format!("{number:012}").parse().unwrap()
}

fn link() -> impl Strategy<Value = Link> {
    let states = vec![
        "PENDING_ACTIVATION",
        "ACTIVE",
        "SUSPENDED",
        "CLOSED",
        "NEW_STATE",
    ];
    prop::option::weighted(0.8, (0..ACCOUNTS, select(states))).prop_map(|linked| match linked {
        None => Link::NotLinked,
        Some((number, state)) => Link::Linked {
            gov_cloud_account_id: account(number),
            state: state.to_owned(),
        },
    })
}

fn observation() -> impl Strategy<Value = Observation> {
    prop_oneof![
        8 => link().prop_map(Observation::Link),
        1 => Just(Observation::Unavailable),
        1 => Just(Observation::Unknown("denied".to_owned())),
    ]
}

fn remembered() -> impl Strategy<Value = RememberedLink> {
    (link(), 1..9_u64, 0..20_i64, prop::option::of(0..ACCOUNTS)).prop_map(
        |(link, version, days, lost)| RememberedLink {
            lost: lost.map(account).filter(|_| link == Link::NotLinked),
            link,
            version,
            since: now() - TimeDelta::days(days),
        },
    )
}

fn audited(number: u8) -> impl Strategy<Value = Audited> {
    let states = vec![
        "ACTIVE",
        "SUSPENDED",
        "PENDING_CLOSURE",
        "CLOSED",
        "PENDING_ACTIVATION",
    ];
    let reported = prop::option::of((0..ACCOUNTS).prop_map(account));
    (
        select(states),
        observation(),
        prop::option::of(remembered()),
        reported,
    )
        .prop_map(move |(state, observation, remembered, reported)| Audited {
            id: account(100 + number),
            state: state.to_owned(),
            observation,
            remembered,
            reported,
        })
}

fn organization() -> impl Strategy<Value = Vec<Audited>> {
    (audited(0), audited(1), audited(2), audited(3)).prop_map(|(a, b, c, d)| vec![a, b, c, d])
}

fn found() -> impl Strategy<Value = BTreeSet<Finding>> {
    let finding = (0..ACCOUNTS, select(Misfit::ALL.to_vec()), 0..2_u8);
    let finding = finding.prop_map(|(number, finding, govcloud)| Finding {
        account_id: account(number),
        finding,
        gov_cloud_account_id: account(govcloud),
    });
    prop::collection::btree_set(finding, 0..12)
}

fn union(one: &BTreeSet<Finding>, other: &BTreeSet<Finding>) -> BTreeSet<Finding> {
    one.union(other).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_same_observation_again_is_nothing(
        before in prop::option::of(remembered()),
        observed in observation(),
        minutes in 0..100_000_i64,
    ) {
        let first = transition(before.as_ref(), &observed, now());
        let next = first.remembered(before.as_ref());
        let later = now() + TimeDelta::minutes(minutes);
        prop_assert_eq!(transition(next, &observed, later), Transition::Nothing);
        match (before.as_ref(), next) {
            (Some(before), Some(next)) => {
                prop_assert_eq!(next.version - before.version, u64::from(before.link != next.link));
            }
            (before, next) => prop_assert_eq!((before, next.is_some()), (None, observed.link().is_some())),
        }
    }

    #[test]
    fn not_knowing_changes_nothing(before in prop::option::of(remembered()), unavailable: bool) {
        let observed = if unavailable { Observation::Unavailable } else { Observation::Unknown(String::new()) };
        prop_assert_eq!(transition(before.as_ref(), &observed, now()), Transition::Nothing);
    }

    #[test]
    fn findings_do_not_hang_on_the_order(accounts in organization(), turn in 0..4_usize, back: bool) {
        let mut others = accounts.clone();
        others.rotate_left(turn);
        if back {
            others.reverse();
        }
        prop_assert_eq!(findings(&accounts, LIMIT, now()), findings(&others, LIMIT, now()));
    }

    #[test]
    fn a_repeated_audit_finds_the_same_and_has_no_news(accounts in organization()) {
        let first = findings(&accounts, LIMIT, now());
        let unknown: BTreeSet<_> =
            accounts.iter().filter(|it| it.observation.link().is_none()).map(|it| it.id.clone()).collect();
        let again: Vec<_> = accounts
            .into_iter()
            .map(|it| {
                let remembered = transition(it.remembered.as_ref(), &it.observation, now());
                let remembered = remembered.remembered(it.remembered.as_ref()).cloned();
                Audited { remembered, ..it }
            })
            .collect();
        let second = findings(&again, LIMIT, now());
        prop_assert_eq!(&first, &second);
        prop_assert!(!compare(&first, &second, &unknown).is_news());
        prop_assert!(first.iter().all(|finding| !unknown.contains(&finding.account_id)));
    }

    #[test]
    fn a_comparison_loses_and_invents_nothing(
        before in found(),
        now in found(),
        unknown in prop::collection::btree_set((0..ACCOUNTS).prop_map(account), 0..3),
    ) {
        let compared = compare(&before, &now, &unknown);
        prop_assert_eq!(union(&compared.cleared, &compared.standing), before.clone());
        prop_assert!(compared.cleared.is_disjoint(&compared.standing));
        prop_assert!(compared.cleared.is_disjoint(&now));
        prop_assert!(compared.appeared.is_disjoint(&before) && compared.appeared.is_subset(&now));
        prop_assert!(compared.remembered().is_superset(&now));
        prop_assert!(compared.cleared.iter().all(|it| !unknown.contains(&it.account_id)));
        let is_unknown = |it: &Finding| unknown.contains(&it.account_id);
        // Whom one shares with may be the one that is not known.
        let with_unknown = |it: &Finding| {
            let same = |other: &Finding| Finding { account_id: it.account_id.clone(), ..other.clone() } == *it;
            it.finding == Misfit::Shared && before.iter().any(|other| same(other) && is_unknown(other))
        };
        prop_assert!(compared.standing.difference(&now).all(|it| is_unknown(it) || with_unknown(it)));
        prop_assert!(!compare(&compared.remembered(), &now, &unknown).is_news());
    }
}
