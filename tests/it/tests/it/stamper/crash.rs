//! What a run that died left unannounced; `proof::crash` kills at every call.

use it::world::{Refusal, World};
use serde_json::json;

use super::{POLICY, created, delivery, messages, new_account, pass, run, world};

/// Of the writes of the run that died, and of the later one over them.
fn tells_of_both(world: &World) {
    let told: Vec<_> = messages(world, "ContactsStamped")
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
    tells_of_both(&world);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_left_over_is_not_hidden_while_somebody_else_announces_it() {
    let world = world();
    let account = new_account(&world).await;
    let vars = [("EVENT_REPLACE", "true")];
    world.refuse("TransactWriteItems", Refusal::Internal);
    run(&world, &world.cold_stamper(&vars), &account).await;
    let newer = POLICY.replace("Canary Security", "Newer");
    world.parameters.put("policy", &newer);
    world.refuse("TransactWriteItems", Refusal::Overtaken);
    run(&world, &world.cold_stamper(&vars), &account).await;
    world.allow("TransactWriteItems");
    run(&world, &world.cold_stamper(&vars), &account).await;
    tells_of_both(&world);
}

/// What is marked is gone, and what is not yet gone is not marked.
#[tokio::test(start_paused = true)]
async fn a_message_that_the_topic_refused_is_published_by_a_tick() {
    let world = world();
    let account = new_account(&world).await;
    world.refuse("Publish", Refusal::Denied);
    let record = [delivery("1", &created(&account))];
    world.deliver(&world.cold_stamper(&[]), &record).await;
    assert!(world.messages().is_empty());
    world.allow("Publish");
    pass(60).await;
    let tick = json!({"job": "tick"});
    world.run(&world.cold_poller(&[]), tick).await;
    assert_eq!(messages(&world, "ContactsStamped").len(), 1);
}
