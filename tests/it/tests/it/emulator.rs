//! Every file in `events/` on the built function, under the emulator that `sam local invoke` runs.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use chrono::Utc;
use it::local::{Emulator, Local, Stack, root, until};
use serde_json::{Value, json};

/// The order in which the files are sent, and the counts other than zero that the poller answers with.
const POLLER: [(&str, &str); 6] = [
    ("tick.json", "baseline=5 listed=5"),
    (
        "create-account-result-succeeded.json",
        "announced=1 described=1",
    ),
    (
        "create-account-result-failed.json",
        "announced=1 described=1",
    ),
    (
        "create-account-result-govcloud.json",
        "announced=1 described=1",
    ),
    ("reconcile.json", "listed=8"),
    ("scheduled-event.json", "listed=8"),
];

/// The order in which the files are sent, and what the stamper answers about the account's contacts.
const STAMPER: [(&str, &str); 4] = [
    ("contact-explain.json", "missing planned"),
    ("contact-accounts.json", "missing planned"),
    ("contact-batch.json", ""),
    ("contact-accounts.json", "match nothing"),
];

/// The order in which the files are sent, to which function, and what it answers of so many accounts.
const SWEEPS: [(&str, &str, &str); 4] = [
    (
        "organization-sweep-begin.json",
        "OrganizationSweep",
        r#"{"next": "inventory"}"#,
    ),
    (
        "contact-sweep-batch.json",
        "ContactStamper",
        r#"{"accounts": 10, "again": 0, "unreached": 0, "throttled": 0}"#,
    ),
    (
        "govcloud-sweep-batch.json",
        "GovCloudAuditor",
        r#"{"accounts": 10, "again": 0, "unreached": 0, "changed": 0, "throttled": 0}"#,
    ),
    (
        "govcloud-accounts.json",
        "GovCloudAuditor",
        r#"[{"state": "ACTIVE"}]"#,
    ),
];

/// What starts the doctor, and what it says of this machine: the stack is in an account that is none of the organization's,
/// and there is no trail.
const DOCTOR: &str = "doctor.json";
const FINDINGS: [(&str, &str); 13] = [
    ("organization", "ok"),
    ("features", "ok"),
    ("trustedAccess", "ok"),
    ("account", "problem"),
    ("events", "notProvable"),
    ("trail", "notProvable"),
    ("requests", "ok"),
    ("ledger", "ok"),
    ("bucket", "ok"),
    ("contacts", "ok"),
    ("writingContacts", "notProvable"),
    ("links", "ok"),
    ("policy", "ok"),
];

/// What the state machine is started with.
const INPUTS: [&str; 2] = ["sweep-contacts.json", "sweep-govcloud.json"];

#[test]
fn there_are_no_other_files() {
    let files = fs::read_dir(root().join("events")).unwrap();
    let files: BTreeSet<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    let sent = POLLER.iter().chain(&STAMPER).map(|(file, _)| *file);
    let sent = sent.chain(SWEEPS.iter().map(|(file, ..)| *file));
    let sent = sent.chain(INPUTS).chain([DOCTOR]);
    assert_eq!(files, sent.map(str::to_owned).collect());
}

#[test]
fn every_sample_input_starts_a_sweep() {
    for file in INPUTS {
        let input = serde_json::from_str(&event(file)).unwrap();
        let input = organization_sweep::Input::read(&input).unwrap();
        assert_eq!(file, format!("sweep-{}.json", input.kind().as_str()));
    }
}

#[test]
fn every_sample_event_of_the_poller_runs_on_the_built_function() {
    let (local, stack) = deployed("emulator-events");
    let now = Utc::now().timestamp();
    local
        .organization(
            "add_history",
            &json!({"count": 5, "failed": 0.4, "from": now - 86_400, "to": now - 60}),
        )
        .unwrap();
    let emulator = emulator(&local, &stack, "CreationPoller");

    for (file, expected) in POLLER {
        let event = event(file);
        if let Some(row) = finished(&event) {
            local.organization("add_row", &row).unwrap();
        }
        let answer = emulator.invoke(&event).unwrap();
        assert_eq!(counts(&answer), expected, "{file}: {answer}");
    }

    // A line of metrics for each invocation, on standard output, which is the log.
    let log = root().join("target/local/emulator-events/CreationPoller.log");
    let log = fs::read_to_string(log).unwrap();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let lines: Vec<Value> = lines
        .filter(|line: &Value| line["_aws"].is_object())
        .collect();
    let sum = |name: &str| {
        lines
            .iter()
            .filter_map(|line| line[name].as_u64())
            .sum::<u64>()
    };
    assert_eq!(lines.len(), POLLER.len(), "{log}");
    assert_eq!(
        (sum("Announced"), sum("Ticks"), sum("Problems")),
        (3, 2, 0),
        "{log}"
    );
    let directive = &lines[0]["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], "AccountLifecycle");
}

#[test]
fn every_sample_event_of_the_stamper_runs_on_the_built_function() {
    let (local, stack) = deployed("emulator-contacts");
    let account = member(&local);
    let emulator = emulator(&local, &stack, "ContactStamper");

    for (file, expected) in STAMPER {
        let event = event(file);
        let answer = emulator
            .invoke(&event.replace("444455556666", &account))
            .unwrap();
        match answer.get("batchItemFailures") {
            Some(failures) => assert_eq!(failures, &json!([]), "{file}"),
            None => assert_eq!(contacts(&answer), [expected; 3], "{file}: {answer}"),
        }
    }
}

#[test]
fn every_sample_event_of_a_sweep_runs_on_the_built_functions() {
    let (local, stack) = deployed("emulator-sweeps");
    let account = member(&local);

    for (file, function, expected) in SWEEPS {
        let emulator = emulator(&local, &stack, function);
        let event = event(file);
        let answer = emulator
            .invoke(&event.replace("444455556666", &account))
            .unwrap();
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert!(contains(&answer, &expected), "{file}: {answer}");
        if file == "organization-sweep-begin.json" {
            // The batches of the other events.
            let mut inventory: Value = serde_json::from_str(&event).unwrap();
            inventory["step"] = "inventory".into();
            inventory["sweep"] = answer;
            let answer = emulator.invoke(&inventory.to_string()).unwrap();
            assert_eq!(answer["next"], "batches", "{answer}");
            copy(
                &local,
                &stack,
                "plan-1/batch-1.json",
                "audit-1/batch-1.json",
            );
        }
    }
}

#[test]
fn the_doctor_says_what_this_machine_lacks() {
    let (local, stack) = deployed("emulator-doctor");
    let answer = emulator(&local, &stack, "Doctor").invoke(&event(DOCTOR));
    let answer = answer.unwrap();
    assert_eq!(answer["ok"], false, "{answer}");
    let lines = answer["lines"].as_array().unwrap().iter();
    let found: Vec<_> = lines
        .map(|line| {
            (
                line["check"].as_str().unwrap(),
                line["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    let rest = [
        // Nobody but the stack's own queue.
        ("topic", "problem"),
        ("publishing", "notProvable"),
        ("alarms", "problem"),
        ("deadLetters", "ok"),
    ];
    assert_eq!(found, [&FINDINGS[..], &rest].concat(), "{answer:#}");
}

/// The templates that go beside the stack's own.
#[test]
fn the_key_and_the_forwarder_are_deployed() {
    let local = Local::start("beside", false).unwrap();
    let bus = "arn:aws:events:us-east-1:444455556666:event-bus/default";
    for (template, parameters) in [
        ("key.yaml", json!([])),
        (
            "forward-events.yaml",
            json!([{"ParameterKey": "BusArn", "ParameterValue": bus}]),
        ),
    ] {
        let name = template.replace(".yaml", "");
        let input = json!({
            "StackName": name,
            "TemplateBody": fs::read_to_string(root().join(template)).unwrap(),
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_IAM"],
        });
        let call = |operation, input| local.aws.call("cloudformation", operation, input);
        call("create_stack", input).unwrap();
        let patience = Duration::from_secs(60);
        let status = until("the stack to be there", patience, || {
            let stacks = call("describe_stacks", json!({"StackName": name}))?;
            let status = stacks["Stacks"][0]["StackStatus"].as_str();
            let status = status.unwrap_or_default().to_owned();
            Ok((!status.ends_with("IN_PROGRESS")).then_some(status))
        });
        assert_eq!(status.unwrap(), "CREATE_COMPLETE", "{template}");
    }
}

#[test]
fn a_foreign_event_is_refused_by_name() {
    let (local, stack) = deployed("emulator-foreign");
    let emulator = emulator(&local, &stack, "CreationPoller");

    let answer = emulator
        .invoke(include_str!("../../events/move-account-api-call.json"))
        .unwrap();

    assert_eq!(answer["errorType"], "ForeignEvent", "{answer}");
    assert!(
        answer["errorMessage"]
            .as_str()
            .unwrap()
            .contains("CreateAccountResult"),
        "{answer}"
    );
}

#[test]
fn a_missing_variable_is_named_at_init() {
    let (local, stack) = deployed("emulator-init");
    let variables = variables(&stack, "CreationPoller");
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "LEDGER_TABLE")
        .collect();
    let emulator = Emulator::start(&local, "CreationPoller", "emulator.log", &variables).unwrap();

    emulator.invoke("{}").unwrap_err();

    let log = fs::read_to_string(root().join("target/local/emulator-init/emulator.log")).unwrap();
    assert!(log.contains("LEDGER_TABLE is not set"), "{log}");
}

fn event(file: &str) -> String {
    fs::read_to_string(root().join("events").join(file)).unwrap()
}

/// An account of the organization that is not the management account.
fn member(local: &Local) -> String {
    let accounts = local.organization("accounts", &Value::Null).unwrap();
    let mut accounts = accounts.as_object().unwrap().keys();
    accounts
        .find(|account| *account != simulator::MANAGEMENT_ACCOUNT_ID)
        .unwrap()
        .clone()
}

/// Copies a file of the sweep of the sample events.
fn copy(local: &Local, stack: &Stack, from: &str, to: &str) {
    let place =
        |name: &str| json!({"Bucket": stack.bucket, "Key": format!("sweeps/example/{name}")});
    let file = local.aws.call("s3", "get_object", place(from)).unwrap();
    let mut object = place(to);
    object["Body"] = file["Body"].clone();
    local.aws.call("s3", "put_object", object).unwrap();
}

/// Whether `answer` has all that `expected` has.
fn contains(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            let mut members = expected.iter();
            members.all(|(name, value)| answer.get(name).is_some_and(|it| contains(it, value)))
        }
        (Value::Array(answer), Value::Array(expected)) => {
            let mut pairs = answer.iter().zip(expected);
            answer.len() == expected.len() && pairs.all(|(one, other)| contains(one, other))
        }
        _ => answer == expected,
    }
}

/// The deployed stack, without its schedule: only the test starts the function.
fn deployed(name: &str) -> (Local, Stack) {
    let local = Local::start(name, false).unwrap();
    let stack = local.deploy().unwrap();
    local
        .aws
        .call(
            "scheduler",
            "delete_schedule",
            json!({"Name": "account-lifecycle-tick"}),
        )
        .unwrap();
    (local, stack)
}

/// A function with the variables that `sam local invoke` gives it.
fn emulator(local: &Local, stack: &Stack, function: &str) -> Emulator {
    let log = format!("{function}.log");
    let variables = variables(stack, function);
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    Emulator::start(local, function, &log, &variables).unwrap()
}

/// The variables of `events/env/functions.json`, with the outputs of the stack in their places.
fn variables(stack: &Stack, function: &str) -> Vec<(String, String)> {
    let file: Value = serde_json::from_str(&event("env/functions.json")).unwrap();
    let variables = file[function].as_object().unwrap().iter();
    variables
        .map(|(name, value)| {
            let value = match name.as_str() {
                "LEDGER_TABLE" => stack.table.clone(),
                "TOPIC_ARN" => stack.topic.clone(),
                "ALARMS_TOPIC_ARN" => stack.topic.replace("announcements", "alarms"),
                "QUEUE_URL" => stack.contacts.clone(),
                "BUCKET" => stack.bucket.clone(),
                "DEAD_LETTERS" => stack.dead_letters.join(","),
                _ => value.as_str().unwrap().to_owned(),
            };
            (name.clone(), value)
        })
        .collect()
}

/// The status that AWS would answer with by the time it sends this `CreateAccountResult`.
fn finished(event: &str) -> Option<Value> {
    let event: Value = serde_json::from_str(event).unwrap();
    let told = event
        .pointer("/detail/serviceEventDetails/createAccountStatus")?
        .as_object()
        .unwrap();
    let mut row = json!({"RequestedTimestamp": Utc::now().timestamp(), "CompletedTimestamp": Utc::now().timestamp()});
    for member in [
        "id",
        "state",
        "accountId",
        "govCloudAccountId",
        "failureReason",
    ] {
        if let Some(value) = told.get(member) {
            row[member[..1].to_uppercase() + &member[1..]] = value.clone();
        }
    }
    Some(row)
}

fn counts(answer: &Value) -> String {
    let counts = answer.as_object().unwrap().iter();
    let some: BTreeSet<String> = counts
        .filter(|(_, n)| **n != 0)
        .map(|(name, n)| format!("{name}={n}"))
        .collect();
    some.into_iter().collect::<Vec<_>>().join(" ")
}

/// What was found and done about each contact of the first account.
fn contacts(answer: &Value) -> Vec<String> {
    let report = answer.get(0).unwrap_or(answer);
    let contacts = report["contacts"].as_object().unwrap().values();
    contacts
        .map(|line| {
            format!(
                "{} {}",
                line["found"].as_str().unwrap(),
                line["done"].as_str().unwrap()
            )
        })
        .collect()
}
