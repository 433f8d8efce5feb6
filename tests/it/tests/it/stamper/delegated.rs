//! The stack in the delegated administrator's account, and other places that lack something.

use serde_json::json;
use simulator::{MANAGEMENT_ACCOUNT_ID, Options};

use super::{POLICY, new_account, outcome, pass, run, stored, world, world_with, writes};

#[tokio::test(start_paused = true)]
async fn a_delegated_administrator_reaches_all_but_the_management_account() {
    let world = world();
    let mut accounts = world.simulator.accounts().into_keys();
    let own = accounts.find(|id| id != MANAGEMENT_ACCOUNT_ID).unwrap();
    let other = accounts.find(|id| id != MANAGEMENT_ACCOUNT_ID).unwrap();
    world.delegate(&own);
    let stamper = world.cold_stamper(&[]);
    for account in [&own, &other] {
        let report = run(&world, &stamper, account).await;
        assert_eq!(outcome(&report, "SECURITY"), "missing written", "{account}");
        assert!(!stored(&world, account, "SECURITY").is_null());
    }
    let report = run(&world, &stamper, MANAGEMENT_ACCOUNT_ID).await;
    assert_eq!(
        report["skipped"],
        "the management account is out of reach from here"
    );
    // Its own account is reached without an id.
    let calls = world.calls();
    let mut puts = calls
        .iter()
        .filter(|call| call.operation == "PutAlternateContact");
    assert!(puts.all(|call| !call.body.contains(&own)));
}

#[tokio::test(start_paused = true)]
async fn an_account_without_a_path_is_asked_for_its_units() {
    let policy =
        POLICY.to_owned() + "units:\n  ou-exam-00000001: {contacts: {SECURITY: {title: Unit}}}\n";
    let world = world_with(Options::default(), &policy);
    world.simulator.set_paths(false);
    let account = new_account(&world).await;
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
    assert!(world.simulator.calls()["ListParents"].calls > 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_stack_does_not_grant_is_said_and_not_tried() {
    let policy = POLICY.to_owned() + "  primary: {mode: enforce, fields: {city: Elsewhere}}\n";
    let world = world_with(Options::default(), &policy);
    let account = new_account(&world).await;
    let stamper = world.cold_stamper(&[("USE_PRIMARY", "false")]);
    let report = run(&world, &stamper, &account).await;
    assert_eq!(outcome(&report, "PRIMARY"), "unknown nothing");
    assert_eq!(
        report["contacts"]["PRIMARY"]["reason"],
        "the stack's parameter UsePrimary is false"
    );
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
    let calls = world.simulator.calls();
    assert!(!calls.contains_key("GetContactInformation"), "{calls:?}");

    let policy = POLICY.replace("SECURITY: {mode: enforce,", "SECURITY: {mode: absent,");
    let policy = policy.split("SECURITY").next().unwrap().to_owned() + "SECURITY: {mode: absent}\n";
    world.parameters.put("policy", &policy);
    pass(600).await;
    let vars = [("ALLOW_ABSENT", "false"), ("EVENT_REPLACE", "true")];
    let before = writes(&world);
    let report = run(&world, &world.cold_stamper(&vars), &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "drift planned");
    assert_eq!(writes(&world), before);
}

#[tokio::test(start_paused = true)]
async fn records_of_another_service_are_refused() {
    let world = world();
    let records = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "{}"}}]});
    let answer = world.stamp(&world.cold_stamper(&[]), records).await;
    let error = answer.unwrap().unwrap_err();
    assert_eq!(error.kind(), "ForeignEvent");
}
