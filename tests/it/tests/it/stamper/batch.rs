//! Records of a batch do not suffer from each other.

use it::world::Delivery;
use serde_json::{Value, json};

use super::{contact_call, created, delivery, new_account, stored, world, writes};

#[tokio::test(start_paused = true)]
async fn exactly_the_poison_comes_again() {
    let world = world();
    let (one, two) = (new_account(&world).await, new_account(&world).await);
    let raw = |id: &str, body: &str| Delivery {
        id: id.to_owned(),
        body: body.to_owned(),
        receives: 1,
    };
    let batch = [
        delivery("good 1", &created(&one)),
        raw("no json", "{"),
        raw("empty", ""),
        delivery("no object", &json!([1])),
        delivery(
            "other type",
            &json!({"type": "AccountCreationFailed", "detail": {}}),
        ),
        delivery(
            "no account",
            &json!({"type": "AccountCreationSucceeded", "detail": {"accountId": null}}),
        ),
        delivery("bad account", &created("12345")),
        delivery(
            "masked account",
            &json!({"eventName": "MoveAccount", "accountId": "****"}),
        ),
        delivery(
            "moved nobody",
            &json!({"eventName": "CreateManagedAccount", "accountId": ""}),
        ),
        delivery("good 2", &created(&two)),
    ];
    let again = world.deliver(&world.cold_stamper(&[]), &batch).await;
    assert_eq!(
        again,
        [
            "no json",
            "empty",
            "no object",
            "other type",
            "no account",
            "bad account",
            "masked account",
            "moved nobody"
        ]
    );
    for account in [one, two] {
        assert_eq!(
            stored(&world, &account, "SECURITY")["Name"],
            "Canary Security"
        );
    }
    assert_eq!(writes(&world), 4);
}

#[tokio::test(start_paused = true)]
async fn events_of_all_shapes_lead_to_their_account() {
    let account_id = |account: &str, value: Value| {
        let mut event = contact_call(account, "1");
        event["accountId"] = value;
        event
    };
    for (what, change) in [
        ("moved", json!("MoveAccount")),
        ("joined", json!("AccountJoinedOrganization")),
        ("tagged", json!("TagResource")),
        ("enrolled", json!("CreateManagedAccount")),
    ] {
        let world = world();
        let account = new_account(&world).await;
        let event =
            json!({"eventName": change, "accountId": account, "eventId": null, "roleArn": ""});
        assert!(
            world
                .deliver(&world.cold_stamper(&[]), &[delivery("1", &event)])
                .await
                .is_empty(),
            "{what}"
        );
        assert_eq!(
            stored(&world, &account, "SECURITY")["Name"],
            "Canary Security",
            "{what}"
        );
    }
    // Units and roots have tags, too: nothing to do, and nothing to come again.
    let world = world();
    let stamper = world.cold_stamper(&[]);
    for value in [
        json!("ou-exam-12345678"),
        json!("****"),
        Value::Null,
        json!(""),
    ] {
        let event = json!({"eventName": "TagResource", "accountId": value});
        assert!(
            world
                .deliver(&stamper, &[delivery("1", &event)])
                .await
                .is_empty(),
            "{event}"
        );
    }
    // A contact call without an id is about the caller's own account.
    for value in [Value::Null, json!("")] {
        let event = account_id("111122223333", value);
        assert!(
            world
                .deliver(&stamper, &[delivery("1", &event)])
                .await
                .is_empty()
        );
    }
    assert_eq!(
        stored(&world, "111122223333", "SECURITY")["Name"],
        "Canary Security"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ours_is_refused_by_name() {
    let world = world();
    for payload in [
        json!({}),
        json!({"accounts": ["12345"]}),
        json!({"explain": 1}),
        json!({"Records": [1]}),
    ] {
        let error = world
            .stamp(&world.cold_stamper(&[]), payload)
            .await
            .unwrap()
            .unwrap_err();
        assert!(
            error.to_string().contains("expected a batch of its queue"),
            "{error}"
        );
    }
}
