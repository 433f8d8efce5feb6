//! The doctor before a healthy stack, and before one misconfiguration after the other.

use account_core::preflight::Verdict;
use it::world::{Refusal, Trail, World};
use serde_json::Value;
use simulator::{AccountState, Caller, Calls, Fault, FaultKind, MANAGEMENT_ACCOUNT_ID, Options};

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

/// Creation requests are read without it.
#[tokio::test(start_paused = true)]
async fn no_trusted_access_where_nothing_needs_it() {
    let world = healthy();
    world.simulator.set_trusted_access(false);
    let neither = [("POLICY_SOURCE", ""), ("HAS_GOVCLOUD", "false")];
    assert_eq!(problems(&world, &neither).await, []);
    for vars in [[("POLICY_SOURCE", "")], [("HAS_GOVCLOUD", "false")]] {
        let found = problems(&world, &vars).await;
        assert_eq!(found[0].0, "trustedAccess", "{found:?}");
    }
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

const READS: &str =
    r#"{"EventSelectors": [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true}]}"#;
const ADVANCED: &str = r#"{"AdvancedEventSelectors": [
    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}]}
]}"#;
/// One selector for reads, and one that is about data.
const ADVANCED_READS: &str = r#"{"AdvancedEventSelectors": [
    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["true"]}]},
    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]}
]}"#;

#[tokio::test(start_paused = true)]
async fn no_trail_or_none_that_tells() {
    let world = healthy();
    let good = Trail::default();
    let silent = Trail {
        is_logging: false,
        ..good
    };
    let reads = Trail {
        selectors: Some(READS),
        ..good
    };
    let advanced_reads = Trail {
        selectors: Some(ADVANCED_READS),
        ..good
    };
    let abroad = Trail {
        home: "eu-west-1",
        ..good
    };
    let elsewhere = Trail {
        is_everywhere: false,
        ..abroad
    };
    let no_writes = "no trail records management events that write, in this region";
    for (trails, found) in [
        (&[][..], "there is no trail"),
        (&[silent], "the trail is not logging"),
        (&[reads], no_writes),
        (&[advanced_reads], no_writes),
        (&[elsewhere], no_writes),
        (&[elsewhere, advanced_reads], no_writes),
    ] {
        world.trails.set(trails);
        finds(&world, &[], "trail", found).await;
        finds(&world, &[], "trail", "aws cloudtrail start-logging").await;
    }
    let here = Trail {
        is_everywhere: false,
        ..good
    };
    let advanced = Trail {
        selectors: Some(ADVANCED),
        ..good
    };
    for trails in [
        &[here][..],
        &[abroad],
        &[advanced],
        &[silent, elsewhere, good],
    ] {
        world.trails.set(trails);
        assert_eq!(problems(&world, &[]).await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_trail_that_is_denied_does_not_hide_the_others() {
    let world = healthy();
    let good = Trail::default();
    let denied = Trail {
        selectors: None,
        ..good
    };
    let silent = Trail {
        is_logging: false,
        ..good
    };
    world.trails.set(&[denied, good]);
    assert_eq!(problems(&world, &[]).await, []);
    // It may be the one that tells.
    world.trails.set(&[denied, silent]);
    let advice = "cloudtrail:GetEventSelectors is denied";
    finds(&world, &[], "trail", advice).await;
}

/// What Organizations tells is told by a trail of the management account.
#[tokio::test(start_paused = true)]
async fn a_delegated_administrator_sees_trails_of_the_organization_only() {
    let world = healthy();
    let accounts = world.simulator.accounts();
    world.delegate(accounts.keys().nth(3).unwrap());
    let own = Trail::default();
    let of_organization = Trail {
        is_of_organization: true,
        ..own
    };
    let silent = Trail {
        is_logging: false,
        ..of_organization
    };
    let refused = Trail {
        selectors: None,
        ..of_organization
    };
    for (trails, verdict) in [
        (&[of_organization][..], Verdict::Ok),
        (&[own, of_organization], Verdict::Ok),
        (&[], Verdict::NotProvable),
        (&[own], Verdict::NotProvable),
        (&[silent], Verdict::NotProvable),
        (&[refused], Verdict::NotProvable),
    ] {
        world.trails.set(trails);
        let lines = world.doctor(&[]).await.lines;
        let line = lines.into_iter().find(|line| line.check == "trail");
        let line = line.unwrap();
        assert_eq!(line.verdict, verdict, "{trails:?}: {}", line.text);
        let advice = line.text.contains("the management account 111122223333");
        assert_eq!(advice, verdict == Verdict::NotProvable, "{}", line.text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_denied() {
    for (operation, checks) in [
        ("ListCreateAccountStatus", &["requests"][..]),
        ("GetAlternateContact", &["contacts"]),
        ("GetGovCloudAccountInformation", &["links"]),
        ("GetItem", &["ledger"]),
        ("ListAccounts", &["accounts"]),
        ("GetParameter", &["policy"]),
        ("GetTopicAttributes", &["topic", "alarms"]),
        ("GetQueueAttributes", &["deadLetters"]),
    ] {
        let world = healthy();
        world.refuse(operation, Refusal::Denied);
        let found = problems(&world, &[]).await;
        let (found, texts): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        assert_eq!(found, checks, "{texts:?}");
        for text in texts {
            assert!(text.contains("allow it to this function's role"), "{text}");
        }
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
async fn an_answer_that_holds_nothing_proves_nothing() {
    for (operation, check) in [
        ("ListAWSServiceAccessForOrganization", "trustedAccess"),
        ("ListDelegatedAdministrators", "account"),
        ("DescribeTrails", "trail"),
        ("GetTrailStatus", "trail"),
        ("GetEventSelectors", "trail"),
        ("ListAccounts", "accounts"),
    ] {
        let world = healthy();
        if check == "account" {
            let accounts = world.simulator.accounts();
            world.delegate(accounts.keys().nth(3).unwrap());
        }
        world.refuse(operation, Refusal::Hollow);
        let report = world.doctor(&[]).await;
        assert!(report.ok, "{operation}: {}", report.text);
        let line = report.lines.iter().find(|line| line.check == check);
        let line = line.unwrap();
        assert_eq!(
            line.verdict,
            Verdict::NotProvable,
            "{operation}: {}",
            line.text
        );
    }
}

/// A listing that is not whole does not show that something is missing.
#[tokio::test(start_paused = true)]
async fn a_repeated_token_proves_nothing() {
    for (operation, check) in [
        ("ListAWSServiceAccessForOrganization", "trustedAccess"),
        ("ListDelegatedAdministrators", "account"),
    ] {
        let world = healthy();
        let accounts = world.simulator.accounts();
        let member = accounts.keys().nth(3).unwrap();
        if check == "account" {
            world.delegate(member);
            let member = Caller::Member(member.clone());
            world.simulator.set_caller(member).unwrap();
        } else {
            world.simulator.set_trusted_access(false);
        }
        let verdict = async || {
            let report = world.doctor(&[]).await;
            let line = report.lines.into_iter().find(|line| line.check == check);
            line.unwrap().verdict
        };
        assert_eq!(verdict().await, Verdict::Problem, "{operation}");
        world.simulator.set_faults(vec![
            Fault::on(operation, Calls::List(vec![1]), FaultKind::Empty),
            Fault::on(operation, Calls::List(vec![2]), FaultKind::RepeatToken),
        ]);
        assert_eq!(verdict().await, Verdict::NotProvable, "{operation}");
    }
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
    world.topic.subscribe(None);
    let advice = "does what the function's environment names exist";
    finds(&world, &[], "topic", advice).await;
    // The stack's own queue is nobody.
    let advice = "aws sns subscribe` with the AnnouncementsArn";
    world.topic.subscribe(Some(1));
    finds(&world, &[], "topic", advice).await;
    // Without a policy there is none.
    let no_policy = [("POLICY_SOURCE", "")];
    assert_eq!(problems(&world, &no_policy).await, []);
    world.topic.subscribe(Some(0));
    finds(&world, &no_policy, "topic", advice).await;
    finds(&world, &[], "topic", advice).await;
}

#[tokio::test(start_paused = true)]
async fn alarms_that_nobody_hears() {
    let world = healthy();
    world.topic.alarm(0);
    finds(
        &world,
        &[],
        "alarms",
        "aws sns subscribe` with the AlarmsArn",
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
