//! Every file in `events/` on the built function, under the emulator that `sam local invoke` runs.

use std::collections::BTreeSet;
use std::fs;

use chrono::Utc;
use it::local::{Emulator, Local, Stack, root};
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

#[test]
fn there_are_no_other_files() {
    let files = fs::read_dir(root().join("events")).unwrap();
    let files: BTreeSet<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    let sent = POLLER.iter().chain(&STAMPER);
    assert_eq!(files, sent.map(|(file, _)| (*file).to_owned()).collect());
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
    let emulator = poller(&local, &variables(&stack));

    for (file, expected) in POLLER {
        let event = fs::read_to_string(root().join("events").join(file)).unwrap();
        if let Some(row) = finished(&event) {
            local.organization("add_row", &row).unwrap();
        }
        let answer = emulator.invoke(&event).unwrap();
        assert_eq!(counts(&answer), expected, "{file}: {answer}");
    }
}

#[test]
fn every_sample_event_of_the_stamper_runs_on_the_built_function() {
    let (local, stack) = deployed("emulator-contacts");
    let accounts = local.organization("accounts", &Value::Null).unwrap();
    let mut accounts = accounts.as_object().unwrap().keys();
    let account = accounts
        .find(|account| *account != simulator::MANAGEMENT_ACCOUNT_ID)
        .unwrap();
    let mut variables = variables(&stack);
    variables.extend([
        ("MANAGEMENT_ACCOUNT_ID", simulator::MANAGEMENT_ACCOUNT_ID),
        ("QUEUE_URL", &stack.contacts),
        ("BUCKET", &stack.bucket),
        ("POLICY_SOURCE", "ssm:/account-lifecycle/policy"),
        ("ALLOW_ABSENT", "false"),
        ("USE_PRIMARY", "false"),
        ("QUOTA_PERCENT", "80"),
        ("EVENT_DRY_RUN", "false"),
        ("EVENT_REPLACE", "false"),
    ]);
    let emulator = Emulator::start(&local, "ContactStamper", "emulator.log", &variables).unwrap();

    for (file, expected) in STAMPER {
        let event = fs::read_to_string(root().join("events").join(file)).unwrap();
        let answer = emulator
            .invoke(&event.replace("444455556666", account))
            .unwrap();
        match answer.get("batchItemFailures") {
            Some(failures) => assert_eq!(failures, &json!([]), "{file}"),
            None => assert_eq!(contacts(&answer), [expected; 3], "{file}: {answer}"),
        }
    }
}

#[test]
fn a_foreign_event_is_refused_by_name() {
    let (local, stack) = deployed("emulator-foreign");
    let emulator = poller(&local, &variables(&stack));

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
    let mut variables = variables(&stack);
    variables.retain(|(name, _)| *name != "LEDGER_TABLE");
    let emulator = poller(&local, &variables);

    emulator.invoke("{}").unwrap_err();

    let log = fs::read_to_string(root().join("target/local/emulator-init/emulator.log")).unwrap();
    assert!(log.contains("LEDGER_TABLE is not set"), "{log}");
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

fn poller(local: &Local, variables: &[(&str, &str)]) -> Emulator {
    Emulator::start(local, "CreationPoller", "emulator.log", variables).unwrap()
}

fn variables(stack: &Stack) -> Vec<(&'static str, &str)> {
    vec![
        ("ORGANIZATION_ID", simulator::ORGANIZATION_ID),
        ("LEDGER_TABLE", &stack.table),
        ("TOPIC_ARN", &stack.topic),
        ("RECONCILE_MINUTES", "15"),
        ("ANNOUNCE_SINCE", ""),
    ]
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
