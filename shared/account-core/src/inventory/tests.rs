//! What is swept and what is listed only.

use serde_json::json;

use super::*;

fn member(id: u64, state: &str) -> Member {
    Member {
        id: format!("{id:012}").parse().unwrap(),
        state: state.to_owned(),
        units: None,
        joined: None,
        created: true,
        name: Name::new("Jane Doe's account".to_owned()),
    }
}

#[test]
fn only_active_accounts_are_swept_and_the_others_say_why_not() {
    let table = [
        ("ACTIVE", None),
        ("PENDING_ACTIVATION", Some("the account is not active yet")),
        ("SUSPENDED", Some("the account is suspended")),
        ("PENDING_CLOSURE", Some("the account is being closed")),
        ("CLOSED", Some("the account is closed")),
        (
            "FROZEN",
            Some("the account is in a state that is not known"),
        ),
        // Where AWS does not say, it is asked for again.
        ("", None),
    ];
    for (state, reason) in table {
        let member = member(1, state);
        assert_eq!(member.skip_reason(), reason, "{state}");
        assert_eq!(member.is_active(), state == "ACTIVE", "{state}");
    }
}

#[test]
fn an_account_is_young_for_half_an_hour() {
    let joined = DateTime::UNIX_EPOCH;
    let table = [(0, true), (30 * 60 - 1, true), (30 * 60, false)];
    for (seconds, is_young) in table {
        let now = joined + TimeDelta::seconds(seconds);
        let member = Member {
            joined: Some(joined),
            ..member(1, "ACTIVE")
        };
        assert_eq!(member.is_young(now), is_young, "{seconds}");
    }
    let long_after = joined + TimeDelta::days(20_000);
    assert!(member(1, "ACTIVE").is_young(long_after));
}

#[test]
fn a_name_is_read_only_by_who_asks_for_it() {
    let name = Name::new("Jane Doe's account".to_owned());
    assert_eq!(name.as_str(), "Jane Doe's account");
    assert_eq!(format!("{name:?}"), "Name(…)");
}

#[test]
fn a_member_is_a_line_of_json() {
    let full = Member {
        units: Some(vec!["ou-exam-12345678".parse().unwrap()]),
        joined: Some(DateTime::UNIX_EPOCH),
        ..member(7, "ACTIVE")
    };
    let expected = json!({
        "id": "000000000007",
        "state": "ACTIVE",
        "units": ["ou-exam-12345678"],
        "joined": "1970-01-01T00:00:00Z",
        "created": true,
        "name": "Jane Doe's account",
    });
    assert_eq!(serde_json::to_value(&full).unwrap(), expected);
    for member in [full, member(8, "CLOSED")] {
        let line = serde_json::to_string(&member).unwrap();
        assert_eq!(serde_json::from_str::<Member>(&line).unwrap(), member);
    }
}

#[test]
fn units_that_are_not_known_are_not_the_root() {
    let root = Member {
        units: Some(Vec::new()),
        ..member(1, "ACTIVE")
    };
    let line = serde_json::to_string(&root).unwrap();
    assert_eq!(
        serde_json::from_str::<Member>(&line).unwrap().units,
        Some(vec![])
    );
}

#[test]
fn rubbish_in_the_inventory_is_no_member() {
    for line in [
        r#"{"id": "7", "state": "ACTIVE", "name": ""}"#,
        r#"{"id": "000000000007", "name": ""}"#,
        r#"{"id": "000000000007", "state": "ACTIVE", "name": "", "units": ["r-exam"]}"#,
        "",
    ] {
        serde_json::from_str::<Member>(line).unwrap_err();
    }
}

#[test]
fn debug_hides_the_name() {
    let text = format!("{:?}", member(1, "ACTIVE"));
    assert!(text.contains("Name(…)") && !text.contains("Jane"), "{text}");
}

fn sizes(count: u64, size: usize) -> Vec<usize> {
    let members = (0..count).map(|id| member(id, "ACTIVE")).collect();
    batches(members, size.try_into().unwrap())
        .iter()
        .map(Vec::len)
        .collect()
}

#[test]
fn batches_hold_everybody() {
    assert_eq!(sizes(0, 3), [0; 0]);
    assert_eq!(sizes(3, 3), [3]);
    assert_eq!(sizes(7, 3), [3, 3, 1]);
}

#[test]
fn an_account_that_is_listed_twice_is_in_one_batch_as_listed_last() {
    let listed = vec![
        member(2, "ACTIVE"),
        member(1, "ACTIVE"),
        member(2, "SUSPENDED"),
    ];
    let expected = [vec![member(1, "ACTIVE")], vec![member(2, "SUSPENDED")]];
    assert_eq!(batches(listed, NonZeroUsize::MIN), expected);
}
