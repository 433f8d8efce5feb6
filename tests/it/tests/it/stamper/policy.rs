//! The policy in use.

use std::collections::BTreeSet;

use super::{POLICY, new_account, outcome, pass, run, stored, world, world_with, writes};
use it::world::{Refusal, World};
use serde_json::json;
use simulator::Options;

#[tokio::test(start_paused = true)]
async fn a_new_version_is_taken_up_by_a_warm_function() {
    let world = world();
    let account = new_account(&world).await;
    let stamper = world.cold_stamper(&[("EVENT_REPLACE", "true")]);
    run(&world, &stamper, &account).await;
    world
        .parameters
        .put("policy", &POLICY.replace("Canary Security", "Newer"));
    pass(600).await;
    run(&world, &stamper, &account).await;
    assert_eq!(stored(&world, &account, "SECURITY")["Name"], "Newer");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_policy_leaves_the_last_accepted_one_in_use() {
    let world = world();
    let account = new_account(&world).await;
    run(&world, &world.cold_stamper(&[]), &account).await;
    world
        .parameters
        .put("policy", &POLICY.replace("mode: enforce", "mode: nothing"));
    let account = new_account(&world).await;
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
    let versions: BTreeSet<_> = world
        .messages()
        .iter()
        .map(|message| message.text("/detail/policyVersion").to_owned())
        .collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_was_copied_and_not_accepted_is_not_used() {
    let world = world();
    let account = new_account(&world).await;
    run(&world, &world.cold_stamper(&[]), &account).await;
    let account = new_account(&world).await;
    let withdrawn = POLICY.replace("Canary Security", "Withdrawn");
    world.objects.put("own/policy/accepted", &withdrawn);
    world.parameters.put("policy", "version: 2");
    let asked = json!({"accounts": [account]});
    let refused = world.stamp(&world.cold_stamper(&[]), asked).await.unwrap();
    assert_eq!(refused.unwrap_err().kind(), "PolicyRefused");
    assert!(stored(&world, &account, "SECURITY").is_null());
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_is_gone_leaves_the_last_accepted_one_in_use() {
    for source in ["ssm:policy", "s3://bucket/policy.yaml"] {
        let world = world();
        world.objects.put("bucket/policy.yaml", POLICY);
        let vars = [("POLICY_SOURCE", source)];
        let account = new_account(&world).await;
        run(&world, &world.cold_stamper(&vars), &account).await;
        // A parameter takes its history with it.
        world.parameters.remove("policy");
        world.objects.remove("bucket/policy.yaml");
        let account = new_account(&world).await;
        let report = run(&world, &world.cold_stamper(&vars), &account).await;
        assert_eq!(outcome(&report, "SECURITY"), "missing written", "{source}");
    }
}

/// S3 tells the stamper, which may not list the bucket, that an object that is not there is denied.
#[tokio::test(start_paused = true)]
async fn a_policy_that_is_not_in_s3_may_be_denied_or_absent() {
    let world = World::new(Options::default());
    let account = new_account(&world).await;
    let payload = serde_json::json!({"accounts": [account]});
    let stamper = world.cold_stamper(&[("POLICY_SOURCE", "s3://bucket/policy.yaml")]);
    let error = world.stamp(&stamper, payload).await.unwrap().unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("s3:GetObject is denied (AccessDenied), or there is no such object: "),
        "{text}"
    );
    // The alarm on what is denied looks for it.
    assert_eq!(error.kind(), "Denied");
    assert_eq!(writes(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_cannot_be_kept_is_not_accepted() {
    let world = world();
    let account = new_account(&world).await;
    world.refuse("PutObject", Refusal::Denied);
    let payload = serde_json::json!({"accounts": [account]});
    let answer = world.stamp(&world.cold_stamper(&[]), payload).await;
    let error = answer.unwrap().unwrap_err();
    assert!(error.to_string().starts_with("s3:PutObject is "), "{error}");
    assert_eq!(writes(&world), 0);
    world.allow("PutObject");
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
}

#[tokio::test(start_paused = true)]
async fn the_same_text_elsewhere_is_the_same_version() {
    let world = world();
    world.objects.put("bucket/policy.yaml", POLICY);
    let mut versions = BTreeSet::new();
    for source in ["ssm:policy", "s3://bucket/policy.yaml"] {
        let account = new_account(&world).await;
        let stamper = world.cold_stamper(&[("POLICY_SOURCE", source)]);
        run(&world, &stamper, &account).await;
        versions.insert(world.ledger_text("policy", "version").to_string());
    }
    assert_eq!(versions.len(), 1, "{versions:?}");
}

#[tokio::test(start_paused = true)]
async fn without_an_accepted_policy_nothing_is_written() {
    for policy in ["version: 1\nunits: {nowhere: {}}", ""] {
        let world = world_with(Options::default(), policy);
        let account = new_account(&world).await;
        let payload = serde_json::json!({"accounts": [account]});
        let error = world
            .stamp(&world.cold_stamper(&[]), payload)
            .await
            .unwrap()
            .unwrap_err();
        assert!(
            error.to_string().starts_with("the policy is refused: "),
            "{error}"
        );
        assert!(!error.to_string().contains("\"nowhere\""), "{error}");
        assert_eq!(writes(&world), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_in_s3_is_read_and_its_last_accepted_version_stays_in_use() {
    let world = World::new(Options::default());
    world.objects.put("bucket/contacts/policy.yaml", POLICY);
    let source = [("POLICY_SOURCE", "s3://bucket/contacts/policy.yaml")];
    let account = new_account(&world).await;
    let report = run(&world, &world.cold_stamper(&source), &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
    world
        .objects
        .put("bucket/contacts/policy.yaml", "version: 2");
    let account = new_account(&world).await;
    run(&world, &world.cold_stamper(&source), &account).await;
    assert_eq!(
        stored(&world, &account, "SECURITY")["Name"],
        "Canary Security"
    );
}

#[tokio::test(start_paused = true)]
async fn a_document_that_is_too_long_is_refused_unread() {
    let world = World::new(Options::default());
    world
        .objects
        .put("bucket/policy.yaml", &"#".repeat((1 << 20) + 1));
    let account = new_account(&world).await;
    let payload = serde_json::json!({"accounts": [account]});
    let stamper = world.cold_stamper(&[("POLICY_SOURCE", "s3://bucket/policy.yaml")]);
    let error = world.stamp(&stamper, payload).await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("the object is too long"),
        "{error}"
    );
    assert_eq!(writes(&world), 0);
}
