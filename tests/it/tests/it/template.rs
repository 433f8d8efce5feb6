//! The template against the code: MiniStack enforces no policy for Organizations and Account Management, so this is the
//! proof for them.

use std::collections::BTreeSet;
use std::process::Command;

use it::local::root;
use serde_json::{Value, json};

/// What Lambda itself does with the poller's role: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>.
const FOR_POLLER: [&str; 3] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
];
/// And with the stamper's; two more of the queue are among its own.
const FOR_STAMPER: [&str; 4] = [
    // SSM and S3 decrypt the policy with it.
    "kms:Decrypt",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:GetQueueAttributes",
];
/// The conditions that grant the stamper more.
const SWITCHES: [&str; 3] = ["HasPolicyKey", "MayRemove", "MayUsePrimary"];

#[test]
fn the_functions_may_do_what_they_do_and_nothing_else() {
    let poller = creation_poller::ACTIONS.into_iter().chain(FOR_POLLER);
    assert_eq!(actions("CreationPollerRole", &[]), set(poller));

    let stamper = contact_stamper::ACTIONS.into_iter().chain(FOR_STAMPER);
    assert_eq!(actions("ContactStamperRole", &SWITCHES), set(stamper));
}

#[test]
fn the_stamper_may_do_no_more_than_its_parameters_allow() {
    let primary = [
        "account:GetContactInformation",
        "account:PutContactInformation",
    ];
    let all = actions("ContactStamperRole", &SWITCHES);
    let lacks = |on: &[&str]| -> BTreeSet<String> {
        let granted = actions("ContactStamperRole", on);
        all.difference(&granted).cloned().collect()
    };

    assert_eq!(
        lacks(&["HasPolicyKey", "MayUsePrimary"]),
        set(["account:DeleteAlternateContact"])
    );
    assert_eq!(lacks(&["HasPolicyKey", "MayRemove"]), set(primary));
    assert_eq!(lacks(&["MayRemove", "MayUsePrimary"]), set(["kms:Decrypt"]));
}

#[test]
fn the_poller_may_do_it_to_its_own_things_only() {
    let (ledger, logs) = (arn("Ledger"), arn("CreationPollerLogs"));
    let expected = [
        // Organizations knows no resource for these two.
        ("organizations:DescribeCreateAccountStatus", json!("*")),
        ("organizations:ListCreateAccountStatus", json!("*")),
        ("dynamodb:BatchGetItem", ledger.clone()),
        ("dynamodb:DeleteItem", ledger.clone()),
        ("dynamodb:GetItem", ledger.clone()),
        ("dynamodb:PutItem", ledger.clone()),
        ("dynamodb:UpdateItem", ledger),
        ("dynamodb:Query", sub("${Ledger.Arn}/index/pending")),
        ("sns:Publish", json!({"Ref": "Announcements"})),
        ("logs:CreateLogStream", logs.clone()),
        ("logs:PutLogEvents", logs),
        ("sqs:SendMessage", arn("DeadLetters")),
    ];
    hold("CreationPollerRole", &[], expected);
}

#[test]
fn the_stamper_may_do_it_to_its_own_things_only() {
    let (ledger, queue) = (arn("Ledger"), arn("Contacts"));
    let logs = arn("ContactStamperLogs");
    let contacts = json!([
        sub("arn:${AWS::Partition}:account::${ManagementAccountId}:account"),
        sub("arn:${AWS::Partition}:account::${ManagementAccountId}:account/${OrganizationId}/*"),
    ]);
    let account = sub(
        "arn:${AWS::Partition}:organizations::${ManagementAccountId}:account/${OrganizationId}/*",
    );
    let part = |kind: &str| {
        let source = sub(&format!("${{PolicySource}}{kind}-"));
        json!({"Fn::Select": [1, {"Fn::Split": [kind, source]}]})
    };
    let object =
        json!({"Fn::Sub": ["arn:${AWS::Partition}:s3:::${Object}", {"Object": part("s3://")}]});
    let parameter = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Name}";
    let parameter = json!({"Fn::Sub": [parameter, {"Name": part("ssm:")}]});
    let expected = [
        ("account:GetAlternateContact", contacts.clone()),
        ("account:PutAlternateContact", contacts.clone()),
        ("account:DeleteAlternateContact", contacts.clone()),
        ("account:GetContactInformation", contacts.clone()),
        ("account:PutContactInformation", contacts),
        ("organizations:DescribeAccount", account.clone()),
        ("organizations:ListTagsForResource", account),
        ("kms:Decrypt", json!({"Ref": "PolicyKeyArn"})),
        ("s3:GetObject", object),
        ("s3:GetObject", sub("${Store.Arn}/policy/*")),
        ("s3:PutObject", sub("${Store.Arn}/policy/*")),
        ("ssm:GetParameter", parameter),
        ("dynamodb:GetItem", ledger.clone()),
        ("dynamodb:PutItem", ledger.clone()),
        ("dynamodb:UpdateItem", ledger),
        ("sns:Publish", json!({"Ref": "Announcements"})),
        ("logs:CreateLogStream", logs.clone()),
        ("logs:PutLogEvents", logs),
        ("sqs:ChangeMessageVisibility", queue.clone()),
        ("sqs:DeleteMessage", queue.clone()),
        ("sqs:GetQueueAttributes", queue.clone()),
        ("sqs:ReceiveMessage", queue),
    ];
    hold("ContactStamperRole", &SWITCHES, expected);
}

#[test]
fn without_a_policy_there_is_only_the_poller() {
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let always = resources
        .iter()
        .filter(|(_, resource)| resource["Condition"] != "HasPolicy")
        .map(|(name, _)| name.as_str());
    let expected = [
        "Announcements",
        "AnnouncementsPolicy",
        "CreationPoller",
        "CreationPollerLogs",
        "CreationPollerRole",
        "DeadLetters",
        "DeadLettersPolicy",
        "Ledger",
        "Store",
        "StorePolicy",
    ];
    assert_eq!(set(always), set(expected));
}

/// Their events carry names, addresses or tag values in clear, and a dead letter may hold the event as it came.
const WITHOUT_DEAD_LETTERS: [&str; 4] = [
    "AccountEnrolled",
    "AccountEnrolledAgain",
    "AccountTagged",
    "ContactChanged",
];

#[test]
fn every_rule_may_reach_its_queue_and_its_dead_letters() {
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let (mut rules, mut with_dead_letters) = (BTreeSet::new(), BTreeSet::new());
    for (name, rule) in resources {
        if rule["Type"] != "AWS::Events::Rule" {
            continue;
        }
        let target = &rule["Properties"]["Targets"][0];
        assert_eq!(target["Arn"], arn("Contacts"), "{name}");
        assert!(target["RetryPolicy"].is_object(), "{name}");
        rules.insert(arn(name).to_string());
        if WITHOUT_DEAD_LETTERS.contains(&name.as_str()) {
            assert_eq!(target.get("DeadLetterConfig"), None, "{name}");
        } else {
            let dead_letters = &target["DeadLetterConfig"]["Arn"];
            assert_eq!(*dead_letters, arn("ContactsDeadLetters"), "{name}");
            with_dead_letters.insert(arn(name).to_string());
        }
    }
    assert_eq!(rules.len(), 6);
    for (policy, expected) in [
        ("ContactsPolicy", rules),
        ("ContactsDeadLettersPolicy", with_dead_letters),
    ] {
        let statements = &resources[policy]["Properties"]["PolicyDocument"]["Statement"];
        let admitted = list(&statements[0]["Condition"]["ArnEquals"]["aws:SourceArn"]);
        let admitted: BTreeSet<_> = admitted.iter().map(Value::to_string).collect();
        assert_eq!(admitted, expected, "{policy}");
    }
}

fn arn(resource: &str) -> Value {
    json!({"Fn::GetAtt": [resource, "Arn"]})
}

fn sub(text: &str) -> Value {
    json!({"Fn::Sub": text})
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// Holds what a role grants to the resources it may be granted on.
fn hold<const N: usize>(role: &str, on: &[&str], expected: [(&str, Value); N]) {
    let expected = expected.map(|(action, resource)| (action.to_owned(), resource.to_string()));
    assert_eq!(grants(role, on), BTreeSet::from(expected));
}

fn actions(role: &str, on: &[&str]) -> BTreeSet<String> {
    grants(role, on)
        .into_iter()
        .map(|(action, _)| action)
        .collect()
}

/// Actions and the resources they are granted on, where these conditions hold and no others. All policies of the role are
/// inline, none is managed.
fn grants(role: &str, on: &[&str]) -> BTreeSet<(String, String)> {
    let role = template()["Resources"][role]["Properties"].take();
    assert_eq!(role["ManagedPolicyArns"], Value::Null);
    let policies = list(&role["Policies"]).into_iter();
    let statements = policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
    let mut grants = BTreeSet::new();
    for statement in statements {
        let statement = chosen(statement, on);
        if statement == json!({"Ref": "AWS::NoValue"}) {
            continue;
        }
        assert_eq!(statement["Effect"], "Allow");
        for action in list(&statement["Action"]) {
            let action = action.as_str().unwrap().to_owned();
            assert!(
                grants.insert((action.clone(), statement["Resource"].to_string())),
                "{action} is granted twice"
            );
        }
    }
    grants
}

/// The branch of an `Fn::If`.
fn chosen(mut value: Value, on: &[&str]) -> Value {
    match value.get_mut("Fn::If") {
        Some(branches) => {
            let holds = on.contains(&branches[0].as_str().unwrap());
            branches[if holds { 1 } else { 2 }].take()
        }
        None => value,
    }
}

/// A policy may leave the brackets of a list of one out.
fn list(value: &Value) -> Vec<Value> {
    value
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![value.clone()])
}

/// Read by the SAM CLI's own reader, which knows `!Ref` and its like.
pub(crate) fn template() -> Value {
    let script = "import json, samcli.yamlhelper as y; print(json.dumps(y.yaml_parse(open('template.yaml').read())))";
    let python = root().join(".venvs/sam/bin/python");
    let output = Command::new(python)
        .args(["-c", script])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
