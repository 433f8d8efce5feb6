//! Every alarm of the template looks at a metric that is there, is raised when it must be, and has its entry in the runbook.

use std::collections::BTreeSet;
use std::fs;

use account_aws::metrics::NAMESPACE;
use it::local::root;
use serde_json::{Value, json};

use super::metrics::{counted, metric};
use super::template::template;

/// What AWS publishes by itself: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
const PUBLISHED: [&str; 4] = [
    "AWS/Lambda Errors FunctionName",
    "AWS/SQS ApproximateNumberOfMessagesVisible QueueName",
    "AWS/States ExecutionsFailed StateMachineArn",
    "AWS/States ExecutionsTimedOut StateMachineArn",
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
        if alarm["Namespace"] == NAMESPACE {
            for dimension in &dimensions {
                let function = dimension["Value"]["Ref"].as_str().unwrap();
                let function = &template["Resources"][function]["Properties"]["FunctionName"];
                let function = function["Fn::Sub"].as_str().unwrap();
                let counted = alarm["MetricName"].as_str().unwrap();
                assert!(
                    counts(function, counted),
                    "{name}: {function} does not count it"
                );
            }
        }
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

/// Whether the code of a function, which the template names so, has the name of a metric in it.
fn counts(function: &str, metric: &str) -> bool {
    let function = function.strip_prefix("${AWS::StackName}-").unwrap();
    let source = root().join("functions").join(function).join("src");
    let mut files = fs::read_dir(source).unwrap().map(|it| it.unwrap().path());
    // Those that the edge counts for each of them.
    let always = ["ColdStarts", "Throttled", "QuotaMilliseconds"].contains(&metric);
    always
        || files.any(|file| {
            let source = fs::read_to_string(file).unwrap();
            source.contains(&format!("\"{metric}\""))
        })
}

/// CloudWatch's filters look for kinds of errors in the logs.
#[test]
fn the_filters_look_for_kinds_that_errors_have() {
    let kinds = ["Denied", "TrustedAccessOff", "NotInUse", "PolicyRefused"];
    let source = fs::read_to_string(root().join("shared/account-aws/src/error.rs")).unwrap();
    let template = template();
    let (mut looked_at, mut looked_for) = (BTreeSet::new(), BTreeSet::new());
    for resource in template["Resources"].as_object().unwrap().values() {
        if resource["Type"] == "AWS::Logs::MetricFilter" {
            let pattern = resource["Properties"]["FilterPattern"].as_str().unwrap();
            let places = pattern.split("$.").skip(1);
            looked_at.extend(places.map(|it| it.split(' ').next().unwrap().to_owned()));
            let named = pattern.split('"').skip(1).step_by(2);
            looked_for.extend(named.filter(|it| *it != "ERROR").map(str::to_owned));
        }
    }
    // A test of the log says that they lie there.
    assert_eq!(looked_at, ["kind", "level"].map(str::to_owned).into());
    assert_eq!(looked_for, kinds.map(str::to_owned).into());
    for kind in kinds {
        assert!(source.contains(&format!("=> \"{kind}\"")), "{kind}");
    }
}

/// Whether CloudWatch raises an alarm over these periods, the last one last; `None` where there is no data. Before the first
/// of them all was well. See
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
    let last = &points[points.len().saturating_sub(periods)..];
    needed <= last.iter().filter(|it| breaches(it)).count()
}

#[test]
fn alarms_are_raised_when_they_must_be_and_not_before() {
    let (none, some) = (None, |value: f64| Some(value));
    // Of each alarm: what is well, and what is not.
    for (name, alarm) in alarms() {
        let (well, ill): (Vec<_>, Vec<_>) = match name.as_str() {
            "CreationPollerErrors"
            | "ContactStamperErrors"
            | "GovCloudAuditorErrors"
            | "OrganizationSweepErrors" => (
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

/// The queue gives the records of an invocation that failed back after a while only.
#[test]
fn a_stamper_that_fails_each_time_raises_its_alarm() {
    let template = template();
    let property = |resource: &str, name: &str| {
        let value = &template["Resources"][resource]["Properties"][name];
        usize::try_from(value.as_u64().unwrap()).unwrap()
    };
    let alarm = &template["Resources"]["ContactStamperErrors"]["Properties"];
    let periods = property("ContactStamperErrors", "EvaluationPeriods");
    let failed = |times: usize| {
        let mut points = vec![None; periods];
        for time in 0..times {
            let seconds = time * property("Contacts", "VisibilityTimeout");
            points[seconds / property("ContactStamperErrors", "Period")] = Some(1.0);
        }
        points
    };
    assert!(!is_raised(alarm, &failed(2)));
    assert!(is_raised(alarm, &failed(3)));
}

/// The tick that scans works until its time is over, and the next one takes the scan up a minute later.
#[test]
fn a_scan_that_never_ends_raises_the_alarm_of_the_poller() {
    let template = template();
    let poller = &template["Resources"]["CreationPoller"]["Properties"];
    let alarm = &template["Resources"]["CreationPollerErrors"]["Properties"];
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let mut points = vec![Some(0.0); number(&alarm["EvaluationPeriods"])];
    let (scan, period) = (number(&poller["Timeout"]) + 60, number(&alarm["Period"]));
    for failed in (0..points.len() * period).step_by(scan) {
        points[failed / period] = Some(1.0);
    }
    assert!(is_raised(alarm, &points), "{points:?}");
}

/// What these tell of still waits when their one data point is over: nobody shall hear that all is well.
#[test]
fn alarms_of_a_moment_do_not_say_that_all_is_well() {
    let silent = alarms().into_iter();
    let silent = silent.filter(|(_, alarm)| alarm["OKActions"] != json!([{"Ref": "Alarms"}]));
    let silent = silent.map(|(name, alarm)| {
        assert_eq!(alarm["OKActions"], Value::Null, "{name}");
        name
    });
    let of_a_moment = [
        "GateClosed",
        "PolicyRefused",
        "SweepFailed",
        "SweepIncomplete",
        "SweepTimedOut",
    ];
    assert_eq!(
        silent.collect::<BTreeSet<_>>(),
        of_a_moment.map(str::to_owned).into()
    );
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

/// The metrics of a widget, spelled out: `.` stands for what the metric before has there, `...` for all but the last. See
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>.
fn shown(widget: &Value) -> Vec<[String; 4]> {
    let mut before: [String; 4] = Default::default();
    let mut shown = Vec::new();
    for row in widget["properties"]["metrics"].as_array().unwrap() {
        let named: Vec<_> = row
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        match named[..] {
            [] => continue,
            ["...", last] => last.clone_into(&mut before[3]),
            _ => {
                for (place, name) in before.iter_mut().zip(named) {
                    if name != "." {
                        name.clone_into(place);
                    }
                }
            }
        }
        shown.push(before.clone());
    }
    shown
}

#[tokio::test(start_paused = true)]
async fn the_dashboard_shows_metrics_that_are_there() {
    let there = Box::pin(counted()).await;
    let template = template();
    let body = &template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"];
    let body: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
    for widget in body["widgets"].as_array().unwrap() {
        let shown = shown(widget);
        assert!(!shown.is_empty(), "{widget}");
        for metric in shown {
            assert!(
                there.contains(&metric[..3].join(" ")),
                "nothing counts {metric:?}"
            );
            let [_, name, _, function] = &metric;
            let function = match function.as_str() {
                "${CreationPoller}" => "${AWS::StackName}-creation-poller",
                "${OrganizationSweep}" => "${AWS::StackName}-organization-sweep",
                named => named,
            };
            assert!(counts(function, name), "{function} does not count {name}");
        }
    }
}
