//! New accounts get their contacts; a second run changes nothing.

use it::world::World;
use serde_json::json;
use simulator::{ContactType, MANAGEMENT_ACCOUNT_ID, Options};

use super::{
    POLICY, contact_call, created, delivery, messages, new_account, others, outcome, pass, run,
    set_security, stored, world, world_with, writes,
};

#[tokio::test(start_paused = true)]
async fn a_new_account_is_stamped_at_once_and_announced_once() {
    let world = world();
    let account = new_account(&world).await;
    let stamper = world.cold_stamper(&[]);
    assert!(
        world
            .deliver(&stamper, &[delivery("1", &created(&account))])
            .await
            .is_empty()
    );
    assert_eq!(
        stored(&world, &account, "BILLING")["Name"],
        "Canary Billing"
    );
    assert_eq!(
        stored(&world, &account, "SECURITY")["EmailAddress"],
        "security@canary.example.com"
    );
    assert_eq!(writes(&world), 2);
    let announced = messages(&world, "ContactsStamped");
    assert_eq!(announced.len(), 1);
    let changes = json!([{"contact": "BILLING", "change": "added"}, {"contact": "SECURITY", "change": "added"}]);
    let version = world.ledger_text("policy", "version");
    assert_eq!(
        announced[0].body["detail"],
        json!({"accountId": account, "changes": changes, "policyVersion": version})
    );
}

#[tokio::test(start_paused = true)]
async fn the_whole_batch_again_writes_nothing_also_when_reads_lag() {
    for lag in [0, 240] {
        let options = Options {
            lag: std::time::Duration::from_secs(lag),
            ..Options::default()
        };
        let world = world_with(options, POLICY);
        let account = new_account(&world).await;
        pass(600).await;
        let batch = [
            delivery("1", &created(&account)),
            delivery("2", &created(&account)),
        ];
        let again = world.deliver(&world.cold_stamper(&[]), &batch).await;
        // What was just written cannot be read yet: the second record comes again.
        assert_eq!(again.is_empty(), lag == 0, "lag {lag}");
        assert_eq!(writes(&world), 2, "lag {lag}");
        for _ in 0..5 {
            pass(60).await;
            world.deliver(&world.cold_stamper(&[]), &batch).await;
        }
        assert!(
            world
                .deliver(&world.cold_stamper(&[]), &batch)
                .await
                .is_empty()
        );
        assert_eq!(
            (writes(&world), world.messages().len()),
            (2, 1),
            "lag {lag}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_management_account_is_reached_without_its_id() {
    let world = world();
    let stamper = world.cold_stamper(&[]);
    let report = run(&world, &stamper, MANAGEMENT_ACCOUNT_ID).await;
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
    for call in world
        .calls()
        .iter()
        .filter(|call| call.service == "account")
    {
        assert!(!call.body.contains("AccountId"), "{call:?}");
    }
    // From elsewhere it is out of reach, and said to be.
    let elsewhere = world.cold_stamper(&[("MANAGEMENT_ACCOUNT_ID", "999999999999")]);
    let report = run(&world, &elsewhere, "999999999999").await;
    assert_eq!(
        report["skipped"],
        "the management account is out of reach from here"
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_adds_and_only_a_permitted_one_replaces_or_removes() {
    let policy = POLICY.replace(
        "BILLING: {mode: enforce",
        "OPERATIONS: {mode: absent}\n    BILLING: {mode: enforce",
    );
    let world = world_with(Options::default(), &policy);
    let account = new_account(&world).await;
    set_security(&world, &account, "Somebody");
    world
        .simulator
        .set_alternate_contact(&account, ContactType::Operations, others("Somebody"))
        .unwrap();
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "BILLING"), "missing written");
    assert_eq!(outcome(&report, "SECURITY"), "drift planned");
    assert_eq!(outcome(&report, "OPERATIONS"), "drift planned");
    assert_eq!(
        report["contacts"]["SECURITY"]["fields"],
        json!(["emailAddress", "name", "phoneNumber", "title"])
    );
    let report = run(
        &world,
        &world.cold_stamper(&[("EVENT_REPLACE", "true")]),
        &account,
    )
    .await;
    assert_eq!(outcome(&report, "SECURITY"), "drift written");
    assert_eq!(outcome(&report, "OPERATIONS"), "drift written");
    assert_eq!(
        stored(&world, &account, "SECURITY")["Name"],
        "Canary Security"
    );
    assert!(stored(&world, &account, "OPERATIONS").is_null());
    let changes: Vec<_> = messages(&world, "ContactsStamped")
        .iter()
        .map(|it| it.text("/summary").to_owned())
        .collect();
    assert!(
        changes[1].ends_with("OPERATIONS removed, SECURITY replaced."),
        "{changes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_writes_nothing_and_says_what_it_would_do() {
    let world = world();
    let account = new_account(&world).await;
    let answer = world
        .stamp(
            &world.cold_stamper(&[]),
            json!({"accounts": [account], "dry_run": true}),
        )
        .await;
    assert_eq!(
        outcome(&answer.unwrap().unwrap()[0], "SECURITY"),
        "missing planned"
    );
    let dry = world.cold_stamper(&[("EVENT_DRY_RUN", "true")]);
    assert!(
        world
            .deliver(&dry, &[delivery("1", &created(&account))])
            .await
            .is_empty()
    );
    assert_eq!((writes(&world), world.messages().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn drift_is_announced_with_its_actor_once_per_event() {
    let world = world();
    let account = new_account(&world).await;
    run(&world, &world.cold_stamper(&[]), &account).await;
    pass(600).await;
    set_security(&world, &account, "Somebody");
    // Drifted long ago, and told then: this actor did not touch it.
    world
        .simulator
        .set_alternate_contact(&account, ContactType::Billing, others("Somebody"))
        .unwrap();
    let event = contact_call(&account, "e5e20ada-7d1c-434d-bac2-000000000001");
    for _ in 0..2 {
        world
            .deliver(&world.cold_stamper(&[]), &[delivery("1", &event)])
            .await;
    }
    let drift = messages(&world, "ContactDriftFound");
    assert_eq!(drift.len(), 1);
    let fields = ["emailAddress", "name", "phoneNumber", "title"];
    assert_eq!(
        drift[0].body["detail"]["contacts"],
        json!([{"contact": "SECURITY", "fields": fields}])
    );
    assert_eq!(
        drift[0].text("/detail/actor/roleArn"),
        "arn:aws:iam::111122223333:role/somebody"
    );
    assert_eq!(
        drift[0].text("/detail/actor/eventId"),
        "e5e20ada-7d1c-434d-bac2-000000000001"
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_writer_ends_as_contested() {
    let world = world();
    let account = new_account(&world).await;
    let stamper = world.cold_stamper(&[("EVENT_REPLACE", "true")]);
    let mut outcomes = Vec::new();
    for round in 0..8 {
        set_security(&world, &account, &format!("Somebody {round}"));
        pass(600).await;
        outcomes.push(outcome(&run(&world, &stamper, &account).await, "SECURITY"));
    }
    assert_eq!(outcomes[..3], ["drift written"; 3]);
    assert_eq!(outcomes[3..], ["drift contested"; 5]);
    // A day later it is tried again.
    pass(25 * 60 * 60).await;
    assert_eq!(
        outcome(&run(&world, &stamper, &account).await, "SECURITY"),
        "drift written"
    );
}

#[tokio::test(start_paused = true)]
async fn newer_policies_over_own_writes_are_no_contest() {
    let world = world();
    let account = new_account(&world).await;
    let stamper = world.cold_stamper(&[("EVENT_REPLACE", "true")]);
    for version in 0..6 {
        let name = format!("Version {version}");
        world
            .parameters
            .put("policy", &POLICY.replace("Canary Security", &name));
        pass(600).await;
        run(&world, &stamper, &account).await;
        assert_eq!(stored(&world, &account, "SECURITY")["Name"], name);
    }
}

#[tokio::test(start_paused = true)]
async fn explain_tells_where_each_value_comes_from_and_writes_nothing() {
    let world = world();
    let account = new_account(&world).await;
    let answer = world
        .stamp(&world.cold_stamper(&[]), json!({"explain": account}))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(outcome(&answer, "SECURITY"), "missing planned");
    assert_eq!(
        answer["values"]["SECURITY"]["name"],
        json!({"value": "Canary Security", "layer": "organization"})
    );
    assert_eq!(
        answer["policyVersion"],
        world.ledger_text("policy", "version")
    );
    assert_eq!(writes(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn no_value_leaves_the_function_but_to_the_account() {
    let policy = POLICY.replace(
        "title: Team, emailAddress: billing@",
        "title: \"{tag:team}\", emailAddress: billing@",
    ) + "  primary: {mode: enforce, fields: {companyName: Canary Corp, phoneNumber: \"+12025550102\"}}\n";
    let world = world_with(Options::default(), &policy);
    let account = new_account(&world).await;
    let tags = [("team", "Canary Team"), ("other", "Canary Tag")];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
    world.simulator.set_tags(&account, tags.into()).unwrap();
    let log = crate::log::start();
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "BILLING"), "missing written");
    assert_eq!(outcome(&report, "PRIMARY"), "drift written");
    pass(600).await;
    set_security(&world, &account, "Somebody Canary");
    let event = contact_call(&account, "e5e20ada-7d1c-434d-bac2-000000000001");
    world
        .deliver(
            &world.cold_stamper(&[("EVENT_REPLACE", "true")]),
            &[delivery("1", &event)],
        )
        .await;
    assert!(writes(&world) > 2);
    for call in world
        .calls()
        .iter()
        // The copy of the policy is all that the stack's own bucket gets.
        .filter(|call| !["account", "s3"].contains(&call.service))
    {
        let body = call.body.to_lowercase();
        assert!(
            !body.contains("canary") && !body.contains("5550102"),
            "{call:?}"
        );
    }
    for row in world.ledger() {
        assert!(!row.to_string().to_lowercase().contains("canary"), "{row}");
    }
    let log = log.text();
    assert!(log.contains("contact_stamper"), "nothing is logged: {log}");
    assert!(!log.to_lowercase().contains("canary"), "{log}");
}

#[tokio::test(start_paused = true)]
async fn tags_are_read_only_where_the_policy_uses_them() {
    let reads = |world: &World| {
        world
            .calls()
            .iter()
            .filter(|call| call.operation == "ListTagsForResource")
            .count()
    };
    let plain = world();
    let account = new_account(&plain).await;
    run(&plain, &plain.cold_stamper(&[]), &account).await;
    assert_eq!(reads(&plain), 0);
    let tagged = world_with(
        Options::default(),
        &POLICY.replace("name: Canary Security", "name: \"{tag:team}\""),
    );
    let account = new_account(&tagged).await;
    let report = run(&tagged, &tagged.cold_stamper(&[]), &account).await;
    assert_eq!(reads(&tagged), 1);
    assert_eq!(outcome(&report, "SECURITY"), "unknown nothing");
    assert_eq!(
        report["contacts"]["SECURITY"]["reason"],
        "name: the account has no tag that organization names"
    );
    assert_eq!(outcome(&report, "BILLING"), "missing written");
}
