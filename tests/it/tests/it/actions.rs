//! Every action of a role is taken by its function: what the world allows, the code needs.

use std::collections::BTreeSet;
use std::time::Duration;

use it::world::{Delivery, Ended, Refusal, Sweeping, World};
use serde_json::{Value, json};
use simulator::{ContactType, History, Options, Start};

const POLICY: &str = r#"
version: 1
exclude: {units: [ou-exam-00000001]}
organization:
  contacts:
    BILLING: {mode: absent}
    SECURITY: {mode: enforce, name: "{tag:team}", title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0102"}
  primary: {mode: enforce, fields: {city: City}}
"#;

/// No call takes it: S3 asks for it where an object is not there, and the world's S3 does, too.
const OF_NO_CALL: &str = "s3:ListBucket";

/// Lambda polls the stamper's queue with these.
const OF_LAMBDA: [&str; 2] = ["sqs:DeleteMessage", "sqs:ReceiveMessage"];

/// The function with these actions takes each of them.
fn takes_all(world: &World, actions: &'static [&'static str]) {
    let calls = world.calls().into_iter();
    let taken = calls.filter(|call| call.allowed == actions);
    let taken: BTreeSet<_> = taken.flat_map(|call| call.actions()).collect();
    let not_needed = actions.iter().filter(|it| !taken.contains(**it));
    let others = |it: &&&str| **it != OF_NO_CALL && !OF_LAMBDA.contains(it);
    assert_eq!(not_needed.filter(others).collect::<Vec<_>>(), [&""; 0]);
}

fn world() -> World {
    let world = World::new(Options {
        accounts: 4,
        ..Options::default()
    });
    world.parameters.put("policy", POLICY);
    world.simulator.set_paths(false);
    for account in members(&world) {
        let tags = [("team".to_owned(), "Red".to_owned())];
        world.simulator.set_tags(&account, tags.into()).unwrap();
        let contact = json!({"Name": "Other", "Title": "T", "EmailAddress": "other@canary.example.com", "PhoneNumber": "1"});
        let stored = world
            .simulator
            .set_alternate_contact(&account, ContactType::Billing, contact);
        stored.unwrap();
    }
    world
}

fn members(world: &World) -> Vec<String> {
    let accounts = world.simulator.accounts().into_keys();
    accounts
        .filter(|it| it != simulator::MANAGEMENT_ACCOUNT_ID)
        .collect()
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn the_poller_takes_every_action_of_its_role() {
    let world = World::new(Options::default());
    let tick = || json!({"job": "tick"});
    world.simulator.add_history(&History {
        count: 3,
        failed: 0.0,
        govcloud: 0.0,
        from: world.clock.now().into(),
        to: world.clock.now().into(),
    });
    world.run(&world.cold_poller(&[]), tick()).await;
    let request = world.simulator.start(Start {
        duration: Some(Duration::from_secs(70)),
        ..Start::default()
    });
    pass(60).await;
    world.run(&world.cold_poller(&[]), tick()).await;
    pass(60).await;
    let sample = include_str!("../../../../events/create-account-result-succeeded.json");
    let mut event: Value = serde_json::from_str(sample).unwrap();
    event["detail"]["serviceEventDetails"]["createAccountStatus"]["id"] = json!(request);
    world.run(&world.cold_poller(&[]), event).await;
    takes_all(&world, &creation_poller::ACTIONS);
}

#[tokio::test(start_paused = true)]
async fn the_stamper_takes_every_action_of_its_role() {
    let world = world();
    let stamper = world.cold_stamper(&[("EVENT_REPLACE", "true")]);
    let account = &members(&world)[0];
    let payload = json!({"accounts": [account]});
    world.stamp(&stamper, payload).await.unwrap().unwrap();
    let detail = json!({"accountId": account});
    let body = json!({"type": "AccountCreationSucceeded", "version": 1, "detail": detail});
    world.refuse("DescribeAccount", Refusal::Denied);
    let record = Delivery {
        id: "1".to_owned(),
        body: body.to_string(),
        receives: 1,
    };
    world.deliver(&stamper, &[record]).await;
    world.objects.put("own/policy.yaml", POLICY);
    let stamper = world.cold_stamper(&[("POLICY_SOURCE", "s3://own/policy.yaml")]);
    world
        .stamp(&stamper, json!({"explain": account}))
        .await
        .unwrap()
        .unwrap();
    takes_all(&world, &contact_stamper::ACTIONS);
}

#[tokio::test(start_paused = true)]
async fn sweep_and_auditor_take_every_action_of_their_roles() {
    let world = world();
    let account = &members(&world)[0];
    for state in ["PENDING_ACTIVATION", "ACTIVE"] {
        let link = world.simulator.set_link(account, "999988887777", state);
        link.unwrap();
        let audit = Sweeping::new(state, json!({"kind": "govcloud"}));
        let ended = world.sweep(&audit).await;
        assert!(matches!(ended, Ended::Done(_)), "{ended:?}");
        pass(3_600).await;
    }
    // One that cannot give its lock back: the next one asks whether it still runs.
    world.refuse("DeleteItem", Refusal::Denied);
    for name in ["third", "fourth"] {
        let audit = Sweeping::new(name, json!({"kind": "govcloud"}));
        let _ = world.sweep(&audit).await;
        world.allow("DeleteItem");
    }
    let auditor = world.cold_auditor(&[]);
    let payload = json!({"accounts": [account]});
    let answer = world.audit(&auditor, payload, Duration::from_secs(180));
    answer.await.unwrap().unwrap();
    takes_all(&world, &organization_sweep::ACTIONS);
    takes_all(&world, &govcloud_auditor::ACTIONS);
}

#[tokio::test(start_paused = true)]
async fn the_doctor_takes_every_action_of_its_role() {
    let world = world();
    world.delegate(&members(&world)[0]);
    world.doctor(&[]).await;
    takes_all(&world, &doctor::ACTIONS);
}
