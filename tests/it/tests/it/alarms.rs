//! Every alarm of the template looks at a metric that is there, is raised when it must be, and has its entry in the runbook.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use it::local::root;
use it::world::{Refusal, Sweeping, World};
use serde_json::{Value, json};
use simulator::{MANAGEMENT_ACCOUNT_ID, Options};

use super::template::template;

const POLICY: &str = r#"{"version": 1, "organization": {"contacts": {
    "SECURITY": {"mode": "enforce", "name": "Security", "title": "Team", "emailAddress": "security@canary.example.com", "phoneNumber": "+1 202 555 0102"}
}}}"#;

/// What AWS publishes by itself: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>.
const PUBLISHED: [&str; 2] = [
    "AWS/Lambda Errors FunctionName",
    "AWS/SQS ApproximateNumberOfMessagesVisible QueueName",
];

fn alarms() -> Vec<(String, Value)> {
    let mut template = template();
    let resources = template["Resources"].as_object_mut().unwrap();
    let resources = std::mem::take(resources).into_iter();
    let alarms = resources.filter(|(_, it)| it["Type"] == "AWS::CloudWatch::Alarm");
    alarms
        .map(|(name, mut it)| (name, it["Properties"].take()))
        .collect()
}

/// A metric as an alarm or a line names it: namespace, name, dimensions.
fn metric(namespace: &Value, name: &Value, dimensions: &[&str]) -> String {
    let name = match name["Fn::Sub"].as_str() {
        Some(name) => name,
        None => name.as_str().unwrap(),
    };
    format!(
        "{} {name} {}",
        namespace.as_str().unwrap(),
        dimensions.join(",")
    )
    .trim()
    .to_owned()
}

/// What the functions count: in ticks, in records of the queue, in both sweeps, with and without trouble.
async fn counted() -> BTreeSet<String> {
    let world = World::new(Options::default());
    world.parameters.put("policy", POLICY);
    let poller = world.cold_poller(&[]);
    Box::pin(world.run(&poller, json!({"job": "tick"}))).await;
    let accounts = world.simulator.accounts();
    let account = accounts
        .keys()
        .find(|it| *it != MANAGEMENT_ACCOUNT_ID)
        .unwrap();
    let body =
        json!({"type": "AccountCreationSucceeded", "version": 1, "detail": {"accountId": account}});
    let delivery = it::world::Delivery {
        id: "1".to_owned(),
        body: body.to_string(),
        receives: 1,
    };
    Box::pin(world.deliver(&world.cold_stamper(&[]), &[delivery])).await;
    for kind in ["contacts", "govcloud"] {
        Box::pin(world.sweep(&Sweeping::new(kind, json!({"kind": kind})))).await;
    }
    let lines = world.metrics();
    let mut metrics = BTreeSet::new();
    for line in &lines {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            let dimensions: Vec<_> = directive["Dimensions"][0]
                .as_array()
                .unwrap()
                .iter()
                .collect();
            let dimensions: Vec<_> = dimensions.iter().map(|it| it.as_str().unwrap()).collect();
            for name in directive["Metrics"].as_array().unwrap() {
                metrics.insert(metric(&directive["Namespace"], &name["Name"], &dimensions));
            }
        }
    }
    metrics
}

#[tokio::test(start_paused = true)]
async fn every_alarm_looks_at_a_metric_that_is_there() {
    let mut there = Box::pin(counted()).await;
    there.extend(PUBLISHED.map(str::to_owned));
    let template = template();
    for resource in template["Resources"].as_object().unwrap().values() {
        if resource["Type"] == "AWS::Logs::MetricFilter" {
            let made = &resource["Properties"]["MetricTransformations"][0];
            there.insert(metric(&made["MetricNamespace"], &made["MetricName"], &[]));
        }
    }
    for (name, alarm) in alarms() {
        let dimensions = alarm["Dimensions"].as_array().cloned().unwrap_or_default();
        let dimensions: Vec<_> = dimensions
            .iter()
            .map(|it| it["Name"].as_str().unwrap())
            .collect();
        let metric = metric(&alarm["Namespace"], &alarm["MetricName"], &dimensions);
        assert!(
            there.contains(&metric),
            "{name}: nothing counts {metric}: {there:#?}"
        );
    }
}

/// CloudWatch's filters look for kinds of errors in the logs.
#[test]
fn the_filters_look_for_kinds_that_errors_have() {
    let kinds = ["Denied", "TrustedAccessOff", "NotInUse", "PolicyRefused"];
    let source = fs::read_to_string(root().join("shared/account-aws/src/error.rs")).unwrap();
    let template = template();
    let mut looked_for = BTreeSet::new();
    for resource in template["Resources"].as_object().unwrap().values() {
        if resource["Type"] == "AWS::Logs::MetricFilter" {
            let pattern = resource["Properties"]["FilterPattern"].as_str().unwrap();
            let named = pattern.split('"').skip(1).step_by(2);
            looked_for.extend(named.filter(|it| *it != "ERROR").map(str::to_owned));
        }
    }
    assert_eq!(looked_for, kinds.map(str::to_owned).into());
    for kind in kinds {
        assert!(source.contains(&format!("=> \"{kind}\"")), "{kind}");
    }
}

/// Whether CloudWatch raises an alarm over these periods, the last one last; `None` where there is no data. See
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html>.
fn is_raised(alarm: &Value, points: &[Option<f64>]) -> bool {
    let periods = match alarm["EvaluationPeriods"].as_u64() {
        Some(periods) => usize::try_from(periods).unwrap(),
        // `SweepAlarmDays`, by default.
        None => 2,
    };
    let needed = alarm["DatapointsToAlarm"].as_u64();
    let needed = needed.map_or(periods, |it| usize::try_from(it).unwrap());
    let threshold = alarm["Threshold"].as_f64().unwrap();
    let breaches =
        |point: &Option<f64>| match (point, alarm["ComparisonOperator"].as_str().unwrap()) {
            (None, _) => alarm["TreatMissingData"] == "breaching",
            (Some(value), "GreaterThanThreshold") => *value > threshold,
            (Some(value), "LessThanThreshold") => *value < threshold,
            (_, other) => panic!("{other}"),
        };
    let last = &points[points.len() - periods..];
    needed <= last.iter().filter(|it| breaches(it)).count()
}

#[test]
fn alarms_are_raised_when_they_must_be_and_not_before() {
    let (none, some) = (None, |value: f64| Some(value));
    // Of each alarm: what is well, and what is not.
    for (name, alarm) in alarms() {
        let (well, ill): (Vec<_>, Vec<_>) = match name.as_str() {
            "CreationPollerErrors" | "ContactStamperErrors" => (
                vec![
                    [some(1.0), some(0.0), some(1.0)],
                    [none, some(1.0), some(1.0)],
                    [none; 3],
                ],
                vec![[some(1.0); 3]],
            ),
            "OldIntent" => (
                vec![[some(0.0); 3], [none; 3], [none, none, some(600.0)]],
                vec![[none, none, some(601.0)]],
            ),
            "NoTick" => (
                vec![[none, none, some(1.0)], [some(1.0), none, some(0.0)]],
                vec![[none; 3], [some(0.0); 3], [none, some(0.0), none]],
            ),
            "ContactSweepLate" | "GovCloudAuditLate" => (
                vec![[none, some(1.0), none], [none, none, some(1.0)]],
                vec![[some(1.0), none, none], [some(1.0), some(0.0), some(0.0)]],
            ),
            _ => (
                vec![[some(0.0); 3], [none; 3], [some(1.0), none, none]],
                vec![[none, none, some(1.0)]],
            ),
        };
        for points in well {
            assert!(
                !is_raised(&alarm, &points),
                "{name} is raised at {points:?}"
            );
        }
        for points in ill {
            assert!(
                is_raised(&alarm, &points),
                "{name} is not raised at {points:?}"
            );
        }
        assert_eq!(alarm["AlarmActions"], json!([{"Ref": "Alarms"}]), "{name}");
    }
}

#[test]
fn every_alarm_has_its_entry_in_the_runbook() {
    let runbook = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let mut named = BTreeSet::new();
    for (name, alarm) in alarms() {
        let slug = alarm["AlarmName"]["Fn::Sub"].as_str().unwrap();
        let slug = slug.strip_prefix("${AWS::StackName}-").unwrap().to_owned();
        assert!(
            runbook.contains(&format!("\n### {slug}\n")),
            "{name}: no entry {slug}"
        );
        assert!(
            runbook.contains(&format!("| [{slug}](#{slug}) |")),
            "{name}: not in the table"
        );
        let description = alarm["AlarmDescription"].as_str().unwrap();
        assert!(
            description.ends_with(&format!("See docs/operations.md, {slug}.")),
            "{name}"
        );
        named.insert(slug);
    }
    let entries = runbook.lines().filter_map(|line| line.strip_prefix("### "));
    assert_eq!(entries.map(str::to_owned).collect::<BTreeSet<_>>(), named);
}

#[tokio::test(start_paused = true)]
async fn an_announcement_that_waits_is_counted_by_its_age() {
    let world = World::new(Options::default());
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    let _ = world.simulator.start(simulator::Start {
        duration: Some(Duration::from_secs(30)),
        ..simulator::Start::default()
    });
    world.refuse("Publish", Refusal::Denied);
    let mut ages = Vec::new();
    for _ in 0..14 {
        tokio::time::sleep(Duration::from_secs(60)).await;
        world
            .invoke(&world.cold_poller(&[]), json!({"job": "tick"}))
            .await;
        let lines = world.metrics();
        let line = lines.last().unwrap();
        ages.push(line["OldestIntentSeconds"].as_u64().unwrap());
        assert_eq!(line["Ticks"], 0);
    }
    assert!(
        ages.is_sorted() && ages[0] == 0 && 600 < ages[13],
        "{ages:?}"
    );
    world.allow("Publish");
    tokio::time::sleep(Duration::from_secs(60)).await;
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    let lines = world.metrics();
    let line = lines.last().unwrap();
    let counts = [
        "OldestIntentSeconds",
        "Announced",
        "Redriven",
        "Ticks",
        "Problems",
    ];
    let counts = counts.map(|name| line[name].as_u64().unwrap());
    assert_eq!(counts, [0, 1, 1, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_aws_throttles_and_what_is_not_known_is_counted() {
    let world = World::new(Options::default());
    world.parameters.put("policy", POLICY);
    let accounts = world.simulator.accounts();
    let account = accounts.keys().find(|it| *it != MANAGEMENT_ACCOUNT_ID);
    let account = account.unwrap();
    let body =
        json!({"type": "AccountCreationSucceeded", "version": 1, "detail": {"accountId": account}});
    let delivery = it::world::Delivery {
        id: "1".to_owned(),
        body: body.to_string(),
        receives: 1,
    };
    world.refuse("GetAlternateContact", Refusal::Throttled);
    Box::pin(world.deliver(&world.cold_stamper(&[]), &[delivery])).await;
    let line = world.metrics().pop().unwrap();
    assert_eq!(line["AccountsUnknown"], 1);
    assert!(0 < line["Throttled"].as_u64().unwrap(), "{line}");

    world.refuse("GetGovCloudAccountInformation", Refusal::Throttled);
    let mut audited = None;
    let sweeping = Sweeping::new("throttled", json!({"kind": "govcloud"}));
    let mut look = |world: &World, step: &str, _: &Value| {
        if step == "collect" && audited.is_none() {
            audited = world.metrics().pop();
        }
    };
    Box::pin(world.sweep_with(&sweeping, &mut look)).await;
    let line = audited.unwrap();
    assert_eq!(
        (&line["AccountsChecked"], &line["AccountsUnknown"]),
        (&json!(10), &json!(10))
    );
    assert!(0 < line["Throttled"].as_u64().unwrap(), "{line}");
}

/// Metrics hold counts, and the function's name: nothing about people.
#[tokio::test(start_paused = true)]
async fn metrics_hold_nothing_personal() {
    let text: String = Box::pin(counted()).await.into_iter().collect();
    assert!(!text.contains("canary") && !text.contains("555"), "{text}");
}
