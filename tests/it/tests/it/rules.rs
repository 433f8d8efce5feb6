//! Every rule of the deployed template against every sample event.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use contact_stamper::Notice;
use it::local::{Local, root, transformed};
use serde_json::{Value, json};

/// Each event, those the functions are for and others, and the rule that matches it.
const EXPECTED: &str = "\
create-account-result-failed.json                      CreationPollerCreateAccountResult
create-account-result-govcloud.json                    CreationPollerCreateAccountResult
create-account-result-succeeded.json                   CreationPollerCreateAccountResult
scheduled-event.json                                   -
account-joined-organization-api-call.json              AccountMoved
account-joined-organization.json                       AccountJoined
close-account-result.json                              -
create-account-api-call.json                           -
create-account-result-of-another-organization.json     -
create-managed-account-failed.json                     -
create-managed-account.json                            AccountEnrolled
delete-alternate-contact-by-a-user-api-call.json       ContactChanged
get-alternate-contact-api-call.json                    -
move-account-api-call.json                             AccountMoved
move-account-failed-api-call.json                      -
put-alternate-contact-api-call.json                    ContactChanged
put-alternate-contact-by-the-stamper-api-call.json     -
put-alternate-contact-failed-api-call.json             -
put-alternate-contact-standalone-api-call.json         ContactChanged
put-contact-information-api-call.json                  ContactChanged
region-opt-in-status-change.json                       -
tag-resource-api-call.json                             AccountTagged
tag-resource-of-a-unit-api-call.json                   AccountTagged
untag-resource-api-call.json                           AccountTagged
update-managed-account.json                            AccountEnrolledAgain
";

/// What the stamper reads from what it is passed of each event: the account, and who changed a contact.
const NOTICES: &str = "\
account-joined-organization-api-call.json              444455556666
account-joined-organization.json                       444455556666
create-managed-account.json                            444455556666
delete-alternate-contact-by-a-user-api-call.json       444455556666 DeleteAlternateContact of BILLING by -
move-account-api-call.json                             444455556666
put-alternate-contact-api-call.json                    444455556666 PutAlternateContact of BILLING by arn:aws:iam::111122223333:role/my-admin-role
put-alternate-contact-standalone-api-call.json         111122223333 PutAlternateContact of BILLING by arn:aws:iam::111122223333:role/my-admin-role
put-contact-information-api-call.json                  444455556666 PutContactInformation of PRIMARY by arn:aws:iam::111122223333:role/my-admin-role
tag-resource-api-call.json                             444455556666
tag-resource-of-a-unit-api-call.json                   -
untag-resource-api-call.json                           444455556666
update-managed-account.json                            444455556666
";

/// Members of the samples whose values are about people.
const PERSONAL: [&str; 12] = [
    "accountName",
    "addressLine1",
    "arn",
    "emailAddress",
    "fullName",
    "name",
    "organizationalUnitName",
    "phoneNumber",
    "principalId",
    "title",
    "userName",
    "value",
];

#[test]
fn rules_match_these_events_and_no_others() {
    let local = Local::start("rules", false).unwrap();
    local.deploy().unwrap();
    let rules = rules(&local);

    let (mut table, mut notices) = (String::new(), String::new());
    for file in events("events").chain(events("tests/it/events")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let event = fs::read_to_string(&file)
            .unwrap()
            .replace("CONTACT_STAMPER_ROLE", &rules.stamper_role);
        let matching: Vec<_> = rules
            .patterns
            .iter()
            .filter(|(_, (_, pattern))| matches(&local, pattern, &event))
            .collect();
        let names: Vec<_> = matching.iter().map(|(name, _)| name.as_str()).collect();
        table += &line(name, &names.join(" "));
        for (_, (rule, _)) in matching {
            for transformer in transformers(&local, rule) {
                notices += &line(name, &passed_on(&transformer, &event));
            }
        }
    }

    assert_eq!(table, EXPECTED, "\n{table}");
    assert_eq!(notices, NOTICES, "\n{notices}");
}

/// What the stamper understands of an event; what it is passed holds nothing about people.
fn passed_on(transformer: &Value, event: &str) -> String {
    let event: Value = serde_json::from_str(event).unwrap();
    let body = transformed(transformer, &event).unwrap();
    let Notice {
        account,
        actor,
        contact,
        at,
        ..
    } = Notice::read(&body).unwrap();
    let role = actor.as_ref().and_then(|actor| actor.role_arn.as_deref());
    let rest = body.replace(role.unwrap_or_default(), "");
    for value in personal(&event["detail"]) {
        assert!(!rest.contains(&value), "{value} in {body}");
    }
    let account = account.map_or_else(|| "-".to_owned(), |account| account.to_string());
    let Some(actor) = &actor else {
        return account;
    };
    assert_eq!(event["detail"]["eventID"], actor.event_id.as_str());
    let time = event["detail"]["eventTime"].as_str().unwrap();
    assert_eq!(at, Some(time.parse().unwrap()));
    let (contact, role) = (contact.as_deref().unwrap_or("-"), role.unwrap_or("-"));
    format!("{account} {} of {contact} by {role}", actor.event_name)
}

fn personal(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let own = members
                .iter()
                .filter(|(name, _)| PERSONAL.contains(&name.as_str()))
                .filter_map(|(_, value)| value.as_str().map(str::to_owned));
            own.chain(members.values().flat_map(personal)).collect()
        }
        Value::Array(items) => items.iter().flat_map(personal).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

struct Rules {
    /// The deployed rules' names and patterns by logical id.
    patterns: BTreeMap<String, (String, String)>,
    /// The name of the stamper's role, which the deployment chooses.
    stamper_role: String,
}

fn rules(local: &Local) -> Rules {
    let resources = local
        .aws
        .call(
            "cloudformation",
            "list_stack_resources",
            json!({"StackName": "account-lifecycle"}),
        )
        .unwrap();
    let resources = resources["StackResourceSummaries"].as_array().unwrap();
    let text = |resource: &Value, member: &str| resource[member].as_str().unwrap().to_owned();
    let rules = resources
        .iter()
        .filter(|resource| resource["ResourceType"] == "AWS::Events::Rule");
    let role = resources
        .iter()
        .find(|resource| resource["LogicalResourceId"] == "ContactStamperRole")
        .unwrap();
    Rules {
        patterns: rules
            .map(|rule| {
                let id = text(rule, "PhysicalResourceId");
                let name = id.rsplit(['/', '|']).next().unwrap().to_owned();
                let pattern = pattern(local, &name);
                (text(rule, "LogicalResourceId"), (name, pattern))
            })
            .collect(),
        stamper_role: text(role, "PhysicalResourceId"),
    }
}

fn pattern(local: &Local, name: &str) -> String {
    let rule = local
        .aws
        .call("events", "describe_rule", json!({"Name": name}))
        .unwrap();
    rule["EventPattern"].as_str().unwrap().to_owned()
}

fn transformers(local: &Local, rule: &str) -> Vec<Value> {
    let targets = local.targets(rule).unwrap().into_iter();
    targets
        .filter_map(|target| target.get("InputTransformer").cloned())
        .collect()
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
        file.extension().is_some()
            && fs::read_to_string(file)
                .unwrap()
                .contains("\"detail-type\"")
    });
    on_bus.collect::<BTreeSet<_>>().into_iter()
}

fn line(head: &str, cell: &str) -> String {
    let cell = if cell.is_empty() { "-" } else { cell };
    format!("{head:<55}{cell}\n")
}
