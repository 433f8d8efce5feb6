//! Reads that do not show yet what an event tells of.

use it::world::World;
use serde_json::{Value, json};
use simulator::{ContactType, Options};

use super::{
    POLICY, contact_call, delivery, messages, new_account, others, pass, run, set_security, stored,
    world_with,
};

const EVENT: &str = "e5e20ada-7d1c-434d-bac2-000000000001";

/// A stamped account, of which everything can be read; from now on reads lag two minutes behind.
async fn lagging(policy: &str) -> (World, String) {
    let options = Options {
        lag: std::time::Duration::from_secs(120),
        ..Options::default()
    };
    let world = world_with(options, policy);
    let account = new_account(&world).await;
    pass(600).await;
    run(&world, &world.cold_stamper(&[]), &account).await;
    pass(600).await;
    (world, account)
}

/// A contact call of somebody's, made just now.
fn call(world: &World, account: &str, name: &str) -> Value {
    let mut event = contact_call(account, EVENT);
    event["eventName"] = name.into();
    event["time"] = world.clock.now().to_rfc3339().into();
    event
}

/// Delivers an event until it is done, as the queue does; how often it came again.
async fn deliver(world: &World, event: &Value) -> u32 {
    deliver_to(world, &world.cold_stamper(&[]), event).await
}

async fn deliver_to(world: &World, stamper: &contact_stamper::Shell, event: &Value) -> u32 {
    for receives in 1..=8 {
        let mut record = delivery("1", event);
        record.receives = receives;
        if world.deliver(stamper, &[record]).await.is_empty() {
            return receives - 1;
        }
        let (_, seconds) = *world.queue.held_back().last().unwrap();
        pass(seconds).await;
    }
    panic!("the record became a dead letter");
}

#[tokio::test(start_paused = true)]
async fn a_replaced_contact_is_announced_when_it_can_be_read() {
    let (world, account) = lagging(POLICY).await;
    set_security(&world, &account, "Somebody");
    let event = call(&world, &account, "PutAlternateContact");
    assert_ne!(deliver(&world, &event).await, 0);
    let drift = messages(&world, "ContactDriftFound");
    assert_eq!(drift.len(), 1);
    let contacts = &drift[0].body["detail"]["contacts"];
    assert_eq!(contacts[0]["contact"], "SECURITY");
}

#[tokio::test(start_paused = true)]
async fn a_removed_contact_is_restored_when_its_absence_can_be_read() {
    let (world, account) = lagging(POLICY).await;
    world
        .simulator
        .remove_alternate_contact(&account, ContactType::Security)
        .unwrap();
    let event = call(&world, &account, "DeleteAlternateContact");
    assert_ne!(deliver(&world, &event).await, 0);
    assert_eq!(
        stored(&world, &account, "SECURITY")["Name"],
        "Canary Security"
    );
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_a_team_just_gave_its_account_is_not_filled() {
    let policy = POLICY.replace("SECURITY: {mode: enforce", "SECURITY: {mode: audit");
    let (world, account) = lagging(&policy).await;
    let policy = POLICY.replace("SECURITY: {mode: enforce", "SECURITY: {mode: fill");
    world.parameters.put("policy", &policy);
    world
        .simulator
        .set_alternate_contact(&account, ContactType::Security, others("A team"))
        .unwrap();
    let event = call(&world, &account, "PutAlternateContact");
    deliver(&world, &event).await;
    assert_eq!(stored(&world, &account, "SECURITY")["Name"], "A team");
}

/// What differs from the standard is older than the call, so the reading may be older, too.
#[tokio::test(start_paused = true)]
async fn what_somebody_just_wrote_to_a_primary_contact_stays() {
    let policy =
        POLICY.to_owned() + "  primary: {mode: enforce, fields: {companyName: Canary Corp}}\n";
    let (world, account) = lagging(&policy).await;
    let write = |fields: Value| {
        let fields = world.simulator.set_primary_contact(&account, fields);
        fields.unwrap();
    };
    let mut fields = world.simulator.contacts(&account).unwrap()["primary"].clone();
    fields["CompanyName"] = json!("Other Corp");
    write(fields.clone());
    pass(600).await;
    fields["PhoneNumber"] = json!("+1 202 555 0199");
    write(fields);
    let event = call(&world, &account, "PutContactInformation");
    let stamper = world.cold_stamper(&[("EVENT_REPLACE", "true")]);
    deliver_to(&world, &stamper, &event).await;
    let after = &world.simulator.contacts(&account).unwrap()["primary"];
    assert_eq!(after["CompanyName"], "Canary Corp");
    assert_eq!(after["PhoneNumber"], "+1 202 555 0199");
}

#[tokio::test(start_paused = true)]
async fn an_old_event_is_no_reason_to_wait() {
    let (world, account) = lagging(POLICY).await;
    let event = call(&world, &account, "PutAlternateContact");
    pass(301).await;
    assert_eq!(deliver(&world, &event).await, 0);
    assert_eq!(json!(messages(&world, "ContactDriftFound").len()), 0);
}
