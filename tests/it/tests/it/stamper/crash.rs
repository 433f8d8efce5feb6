//! What a run that died left unannounced; `proof::crash` kills at every call.

use std::time::Duration;

use it::world::{Delivery, Refusal, World};
use serde_json::json;
use simulator::Options;

use super::{
    POLICY, created, delivery, messages, new_account, pass, run, world, world_with, writes,
};

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
    assert_eq!(report["skipped"], json!(null));
    for contact in ["BILLING", "SECURITY"] {
        assert_eq!(report["contacts"][contact]["done"], "written");
    }
    assert!(world.messages().is_empty());
    world.allow("TransactWriteItems");
    let newer = POLICY.replace("Canary Security", "Newer");
    world.parameters.put("policy", &newer);
    run(&world, &world.cold_stamper(&vars), &account).await;
    tells_of_both(&world);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_is_answered_although_the_ledger_refuses_the_next_write() {
    let world = world();
    let account = new_account(&world).await;
    let refusing = async {
        while writes(&world) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        world.refuse("PutItem", Refusal::Denied);
    };
    let stamper = world.cold_stamper(&[]);
    let (report, ()) = tokio::join!(run(&world, &stamper, &account), refusing);
    let contacts = &report["contacts"];
    assert_eq!(contacts["BILLING"]["done"], "written", "{report}");
    assert_eq!(contacts["SECURITY"]["done"], "planned", "{report}");
    assert_eq!(contacts["SECURITY"]["reason"], "Denied", "{report}");
    assert_eq!(world.messages().len(), 1);
    world.allow("PutItem");
    run(&world, &stamper, &account).await;
    let told = messages(&world, "ContactsStamped");
    let summaries: Vec<_> = told
        .iter()
        .map(|it| it.text("/summary").to_owned())
        .collect();
    assert_eq!(writes(&world), 2);
    let changes = |contact: &str| summaries.iter().filter(|it| it.contains(contact)).count();
    assert_eq!(
        (changes("BILLING added"), changes("SECURITY added")),
        (1, 1),
        "{summaries:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_written_is_answered_although_the_topic_refuses() {
    let world = world();
    let account = new_account(&world).await;
    world.refuse("Publish", Refusal::Denied);
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(
        report["contacts"]["SECURITY"]["done"], "written",
        "{report}"
    );
    assert_eq!(report["skipped"], json!(null));
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

/// The policy, without its contacts.
const NOTHING: &str = "version: 1\n";

#[tokio::test(start_paused = true)]
async fn a_write_that_is_left_over_is_announced_although_the_policy_no_longer_asks_for_it() {
    let excluded = |account: &str| format!("{POLICY}exclude: {{accounts: [\"{account}\"]}}\n");
    let newer = [
        &|_: &str| NOTHING.to_owned(),
        &excluded as &dyn Fn(&str) -> String,
    ];
    for newer in newer {
        let world = world();
        let account = new_account(&world).await;
        let record = [delivery("1", &created(&account))];
        leave_over(&world, &record, &newer(&account)).await;
        let made = writes(&world);
        pass(60).await;
        assert!(
            world
                .deliver(&world.cold_stamper(&[]), &record)
                .await
                .is_empty()
        );
        let told = messages(&world, "ContactsStamped");
        assert_eq!(told.len(), 1, "{told:?}");
        let summary = told[0].text("/summary");
        assert!(
            summary.ends_with("BILLING added, SECURITY added."),
            "{summary}"
        );
        assert_eq!(writes(&world), made, "nothing more is written");
        // From now on nothing is looked at any more.
        let reads = world.calls_so_far();
        assert!(
            world
                .deliver(&world.cold_stamper(&[]), &record)
                .await
                .is_empty()
        );
        let calls = world.calls().split_off(reads);
        assert!(
            calls.iter().all(|call| call.service != "account"),
            "{calls:?}"
        );
    }
}

/// What the record leads to is written and not announced, and then there is a newer policy.
async fn leave_over(world: &World, record: &[Delivery], newer: &str) {
    world.refuse("TransactWriteItems", Refusal::Internal);
    assert_eq!(world.deliver(&world.cold_stamper(&[]), record).await, ["1"]);
    world.allow("TransactWriteItems");
    world.parameters.put("policy", newer);
}

#[tokio::test(start_paused = true)]
async fn a_primary_contact_that_is_left_over_is_announced_although_the_policy_no_longer_asks_for_it()
 {
    let primary = "  primary: {mode: enforce, fields: {city: Canary City}}\n";
    let world = world_with(Options::default(), &format!("{POLICY}{primary}"));
    let account = new_account(&world).await;
    let record = [delivery("1", &created(&account))];
    leave_over(&world, &record, NOTHING).await;
    let explain = json!({"explain": account});
    let explained = world.stamp(&world.cold_stamper(&[]), explain).await;
    assert_eq!(explained.unwrap().unwrap()["values"], json!({}));
    assert!(
        world
            .deliver(&world.cold_stamper(&[]), &record)
            .await
            .is_empty()
    );
    let told = messages(&world, "ContactsStamped");
    assert!(
        told[0].text("/summary").contains("PRIMARY added"),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_write_that_the_policy_no_longer_asks_for_is_waited_for_while_reads_lag() {
    let options = Options {
        lag: Duration::from_secs(120),
        ..Options::default()
    };
    let world = world_with(options, POLICY);
    let account = new_account(&world).await;
    pass(600).await;
    let record = [delivery("1", &created(&account))];
    leave_over(&world, &record, NOTHING).await;
    pass(30).await;
    assert_eq!(
        world.deliver(&world.cold_stamper(&[]), &record).await,
        ["1"]
    );
    assert!(messages(&world, "ContactsStamped").is_empty());
    pass(120).await;
    assert!(
        world
            .deliver(&world.cold_stamper(&[]), &record)
            .await
            .is_empty()
    );
    assert_eq!(messages(&world, "ContactsStamped").len(), 1);
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
