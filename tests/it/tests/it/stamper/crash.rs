//! Killed anywhere, delivered again: contacts on standard, and every change announced.

use std::collections::BTreeMap;

use it::world::{Kill, Refusal};
use serde_json::Value;

use super::{POLICY, created, delivery, messages, new_account, pass, run, stored, world};

/// One kill at call `at`; whether it came to pass.
async fn story(at: usize, kill: Kill) -> bool {
    let story = format!("kill {kill:?} call {at}");
    let world = world();
    let account = new_account(&world).await;
    let record = [delivery("1", &created(&account))];
    let payload = serde_json::json!({"Records": [{"messageId": "1", "receiptHandle": "1", "body": record[0].body,
        "attributes": {}, "messageAttributes": {}}]});
    world.kill(at, kill);
    let killed = world
        .stamp(&world.cold_stamper(&[]), payload)
        .await
        .is_none();
    world.spare();
    for _ in 0..8 {
        pass(120).await;
        if world
            .deliver(&world.cold_stamper(&[]), &record)
            .await
            .is_empty()
        {
            break;
        }
    }
    // The poller's tick takes up an intent whose claim has ended.
    pass(20 * 60).await;
    world
        .run(&world.cold_poller(&[]), serde_json::json!({"job": "tick"}))
        .await;
    for kind in ["BILLING", "SECURITY"] {
        assert!(
            !stored(&world, &account, kind).is_null(),
            "{story}: {kind} is missing"
        );
    }
    // One announcement may come twice, with its id; one change is in one announcement.
    let announced: BTreeMap<_, _> = messages(&world, "ContactsStamped")
        .into_iter()
        .map(|message| {
            (
                message.id().to_owned(),
                message.body["detail"]["changes"].clone(),
            )
        })
        .collect();
    let changes = announced
        .values()
        .flat_map(|changes| changes.as_array().unwrap());
    let mut changes: Vec<_> = changes.map(Value::to_string).collect();
    changes.sort();
    let expected =
        ["BILLING", "SECURITY"].map(|kind| format!(r#"{{"change":"added","contact":"{kind}"}}"#));
    assert_eq!(changes, expected, "{story}");
    killed
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_call_no_contact_and_no_announcement_is_lost() {
    for kill in [Kill::Before, Kill::After] {
        let mut at = 0;
        while story(at, kill).await {
            at += 1;
        }
        assert!(at > 12, "only {at} calls were made");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_left_over_is_announced_before_the_next_one_hides_it() {
    let world = world();
    let account = new_account(&world).await;
    let vars = [("EVENT_REPLACE", "true")];
    world.refuse("TransactWriteItems", Refusal::Internal);
    let report = run(&world, &world.cold_stamper(&vars), &account).await;
    assert_eq!(report["skipped"], "Unavailable");
    assert!(world.messages().is_empty());
    world.allow("TransactWriteItems");
    let newer = POLICY.replace("Canary Security", "Newer");
    world.parameters.put("policy", &newer);
    run(&world, &world.cold_stamper(&vars), &account).await;
    let told: Vec<_> = messages(&world, "ContactsStamped")
        .iter()
        .map(|message| message.text("/summary").to_owned())
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].ends_with("BILLING added, SECURITY added."),
        "{told:?}"
    );
    assert!(told[1].ends_with("SECURITY replaced."), "{told:?}");
}
