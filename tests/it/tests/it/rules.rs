//! Every rule of the deployed template against every sample event.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use it::local::{Local, root};
use serde_json::{Value, json};

/// Rows are events, those the function is for and others; columns are rules.
const EXPECTED: &str = "\
event                                                CreationPollerCreateAccountResult
create-account-result-failed.json                    yes
create-account-result-govcloud.json                  yes
create-account-result-succeeded.json                 yes
scheduled-event.json                                 -
account-joined-organization.json                     -
close-account-result.json                            -
create-account-api-call.json                         -
create-account-result-of-another-organization.json   -
create-managed-account.json                          -
move-account-api-call.json                           -
region-opt-in-status-change.json                     -
";

#[test]
fn rules_match_these_events_and_no_others() {
    let local = Local::start("rules", false).unwrap();
    local.deploy().unwrap();
    let rules = rules(&local);

    let mut table = line("event", rules.keys().cloned());
    for file in events("events").chain(events("tests/it/events")) {
        let event = fs::read_to_string(&file).unwrap();
        let matches = rules.values().map(|pattern| {
            if matches(&local, pattern, &event) {
                "yes"
            } else {
                "-"
            }
            .to_owned()
        });
        table += &line(file.file_name().unwrap().to_str().unwrap(), matches);
    }

    assert_eq!(table, EXPECTED, "\n{table}");
}

/// The deployed rules' patterns by logical id.
fn rules(local: &Local) -> BTreeMap<String, String> {
    let resources = local
        .aws
        .call(
            "cloudformation",
            "list_stack_resources",
            json!({"StackName": "account-lifecycle"}),
        )
        .unwrap();
    let rules = resources["StackResourceSummaries"].as_array().unwrap();
    let rules = rules
        .iter()
        .filter(|resource| resource["ResourceType"] == "AWS::Events::Rule");
    rules
        .map(|rule| {
            (
                rule["LogicalResourceId"].as_str().unwrap().to_owned(),
                pattern(local, rule),
            )
        })
        .collect()
}

fn pattern(local: &Local, rule: &Value) -> String {
    let id = rule["PhysicalResourceId"].as_str().unwrap();
    let name = id.rsplit(['/', '|']).next().unwrap();
    let rule = local
        .aws
        .call("events", "describe_rule", json!({"Name": name}))
        .unwrap();
    rule["EventPattern"].as_str().unwrap().to_owned()
}

fn matches(local: &Local, pattern: &str, event: &str) -> bool {
    let question = json!({"EventPattern": pattern, "Event": event});
    local
        .aws
        .call("events", "test_event_pattern", question)
        .unwrap()["Result"]
        .as_bool()
        .unwrap()
}

/// The events of a folder that come over the event bus, by name.
fn events(folder: &str) -> impl Iterator<Item = PathBuf> {
    let files = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|file| file.unwrap().path());
    let on_bus = files.filter(|file| {
        file.is_file()
            && fs::read_to_string(file)
                .unwrap()
                .contains("\"detail-type\"")
    });
    on_bus.collect::<BTreeSet<_>>().into_iter()
}

fn line(head: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("{}\n", format!("{head:<53}{}", cells.join("  ")).trim_end())
}
