//! The doctor before a healthy stack, and before one misconfiguration after the other.

use account_core::preflight::Verdict;
use it::world::{Refusal, Trail, World};
use serde_json::Value;
use simulator::{AccountState, Caller, MANAGEMENT_ACCOUNT_ID, Options};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    SECURITY: {mode: enforce, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0102"}
"#;

/// A stack that is as it must be.
fn healthy() -> World {
    let world = World::new(Options::default());
    world.parameters.put("policy", POLICY);
    world
}

/// The checks that found a problem, each with what it says.
async fn problems(world: &World, vars: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let report = world.doctor(vars).await;
    let lines = report.lines.into_iter();
    let found: Vec<_> = lines
        .filter(|line| line.verdict == Verdict::Problem)
        .map(|line| (line.check, line.text))
        .collect();
    assert_eq!(report.ok, found.is_empty());
    found
}

/// The doctor finds this and nothing else, and says what to do.
async fn finds(world: &World, vars: &[(&str, &str)], check: &str, advice: &str) {
    let found = problems(world, vars).await;
    let [(found, text)] = &found[..] else {
        panic!("{check}: {found:#?}");
    };
    assert_eq!(*found, check, "{text}");
    assert!(text.contains(advice), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_healthy_stack_is_well_and_what_takes_a_write_is_not_provable() {
    let report = healthy().doctor(&[]).await;
    assert!(report.ok, "{}", report.text);
    let unproven = report.lines.iter();
    let unproven: Vec<_> = unproven
        .filter(|line| line.verdict == Verdict::NotProvable)
        .map(|line| line.check)
        .collect();
    assert_eq!(unproven, ["writingContacts", "publishing"]);
    let as_json = serde_json::to_value(&report).unwrap();
    assert_eq!(as_json["lines"][0]["verdict"], "ok");
    assert_eq!(
        as_json["text"].as_str().unwrap().lines().count(),
        report.lines.len()
    );
}

#[tokio::test(start_paused = true)]
async fn it_reads_and_changes_nothing() {
    let world = healthy();
    world.doctor(&[]).await;
    let changes = world
        .calls()
        .into_iter()
        .filter(it::world::Call::has_effect);
    assert_eq!(
        changes.map(|call| call.operation).collect::<Vec<_>>(),
        [""; 0]
    );
}

#[tokio::test(start_paused = true)]
async fn a_wrong_organization() {
    let vars = [("ORGANIZATION_ID", "o-anotherone1")];
    finds(
        &healthy(),
        &vars,
        "organization",
        "OrganizationId=o-exampleorg1",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn consolidated_billing_only() {
    let world = healthy();
    world.simulator.set_all_features(false);
    finds(
        &world,
        &[],
        "features",
        "aws organizations enable-all-features",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_trusted_access() {
    let world = healthy();
    world.simulator.set_trusted_access(false);
    let found = problems(&world, &[]).await;
    let checks: Vec<_> = found.iter().map(|(check, _)| *check).collect();
    // What cannot work without it is found too.
    assert_eq!(checks, ["trustedAccess", "contacts", "links"]);
    let advice = "enable-aws-service-access --service-principal account.amazonaws.com";
    assert!(found[0].1.contains(advice), "{found:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_no_delegated_administrator() {
    let world = healthy();
    let accounts = world.simulator.accounts();
    let member = accounts.keys().nth(3).unwrap();
    world.delegate(member);
    let caller = Caller::Member(member.clone());
    world.simulator.set_caller(caller).unwrap();
    let found = problems(&world, &[]).await;
    assert_eq!(found[0].0, "account", "{found:#?}");
    let advice = format!(
        "register-delegated-administrator --service-principal account.amazonaws.com --account-id {member}"
    );
    assert!(found[0].1.contains(&advice), "{found:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_delegated_administrator_is_well_but_for_events_that_must_be_forwarded() {
    let world = healthy();
    let accounts = world.simulator.accounts();
    world.delegate(accounts.keys().nth(3).unwrap());
    let report = world.doctor(&[]).await;
    assert!(report.ok, "{}", report.text);
    let events = report
        .lines
        .iter()
        .find(|line| line.check == "events")
        .unwrap();
    assert_eq!(events.verdict, Verdict::NotProvable);
    assert!(
        events.text.contains("forward-events.yaml"),
        "{}",
        events.text
    );
}

#[tokio::test(start_paused = true)]
async fn a_region_without_events() {
    let vars = [("AWS_REGION", "eu-central-1")];
    finds(
        &healthy(),
        &vars,
        "events",
        "deploy the stack into us-east-1",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_trail_or_none_that_tells() {
    let world = healthy();
    let good = Trail::default();
    for (trail, found) in [
        (None, "there is no trail"),
        (
            Some(Trail {
                is_logging: false,
                ..good
            }),
            "the trail is not logging",
        ),
        (
            Some(Trail {
                records: "ReadOnly",
                ..good
            }),
            "no trail records management events that write",
        ),
        (
            Some(Trail {
                is_everywhere: false,
                home: "eu-west-1",
                ..good
            }),
            "no trail records management events that write, in this region",
        ),
    ] {
        world.trails.set(trail);
        finds(&world, &[], "trail", found).await;
        finds(&world, &[], "trail", "aws cloudtrail start-logging").await;
    }
    let here = Trail {
        is_everywhere: false,
        ..good
    };
    world.trails.set(Some(here));
    assert_eq!(problems(&world, &[]).await, []);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_denied() {
    for (operation, check) in [
        ("ListCreateAccountStatus", "requests"),
        ("GetAlternateContact", "contacts"),
        ("GetGovCloudAccountInformation", "links"),
        ("GetItem", "ledger"),
        ("ListAccounts", "accounts"),
        ("GetParameter", "policy"),
        ("GetTopicAttributes", "topic"),
        ("GetQueueAttributes", "deadLetters"),
    ] {
        let world = healthy();
        world.refuse(operation, Refusal::Denied);
        finds(&world, &[], check, "allow it to this function's role").await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_not_active_is_not_asked_about() {
    let world = healthy();
    let accounts = world.simulator.accounts().into_keys();
    let mut members: Vec<_> = accounts.filter(|it| it != MANAGEMENT_ACCOUNT_ID).collect();
    let last = members.pop().unwrap();
    for member in &members {
        let state = AccountState::Suspended;
        world.simulator.set_state(member, state).unwrap();
    }
    let report = world.doctor(&[]).await;
    assert!(report.ok, "{}", report.text);
    let asked = world.calls().into_iter();
    let mut asked = asked.filter(|call| call.operation == "GetAlternateContact");
    assert!(asked.next().unwrap().body.contains(&last));
}

#[tokio::test(start_paused = true)]
async fn what_gets_no_answer_is_not_provable() {
    let world = healthy();
    world.refuse("DescribeOrganization", Refusal::Internal);
    let report = world.doctor(&[]).await;
    assert!(report.ok, "{}", report.text);
    assert_eq!(report.lines[0].verdict, Verdict::NotProvable);
    assert!(report.lines[0].text.ends_with("run the doctor again"));
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_is_refused() {
    let world = healthy();
    let wrong = POLICY.replace("emailAddress: security@canary.example.com, ", "");
    world.parameters.put("policy", &wrong);
    finds(&world, &[], "policy", "organization.contacts.SECURITY").await;
    let text = world.doctor(&[]).await.text;
    assert!(!text.contains("canary") && !text.contains("555"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_is_not_where_it_should_be() {
    let vars = [("POLICY_SOURCE", "s3://bucket/policy.yaml")];
    let world = healthy();
    finds(&world, &vars, "policy", "or there is no such object").await;
    world.objects.put("bucket/policy.yaml", POLICY);
    assert_eq!(problems(&world, &vars).await, []);
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_is_gone_or_that_nobody_hears() {
    let world = healthy();
    world.topic.subscribe(Some(0));
    finds(&world, &[], "topic", "aws sns subscribe").await;
    world.topic.subscribe(None);
    finds(
        &world,
        &[],
        "topic",
        "does what the function's environment names exist",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn dead_letters() {
    let world = healthy();
    world.queue.wait(3);
    finds(&world, &[], "deadLetters", "3 dead letters wait").await;
}

#[tokio::test(start_paused = true)]
async fn a_stack_without_contacts_and_links_is_not_asked_for_them() {
    let world = healthy();
    let vars = [("POLICY_SOURCE", ""), ("HAS_GOVCLOUD", "false")];
    let report = world.doctor(&vars).await;
    assert!(report.ok, "{}", report.text);
    let asked = world.calls().into_iter();
    let mut asked = asked.filter(|call| call.service == "account" || call.service == "ssm");
    assert_eq!(asked.next(), None);
    let _: Value = serde_json::to_value(report).unwrap();
}
