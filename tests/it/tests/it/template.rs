//! The template against the code: MiniStack enforces no policy for Organizations, so this is the proof for it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use it::local::root;
use serde_json::{Value, json};

/// What Lambda itself does with the function's role: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>.
const FOR_LAMBDA: [&str; 3] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
];

#[test]
fn the_poller_may_do_what_it_does_and_nothing_else() {
    let granted: BTreeSet<String> = grants("CreationPollerRole").into_keys().collect();

    let called = creation_poller::ACTIONS
        .into_iter()
        .chain(FOR_LAMBDA)
        .map(str::to_owned);
    assert_eq!(granted, called.collect());
}

#[test]
fn the_poller_may_do_it_to_its_own_things_only() {
    let ledger = json!({"Fn::GetAtt": ["Ledger", "Arn"]});
    let expected: BTreeMap<&str, Value> = [
        // Organizations knows no resource for these two.
        ("organizations:DescribeCreateAccountStatus", json!("*")),
        ("organizations:ListCreateAccountStatus", json!("*")),
        ("dynamodb:BatchGetItem", ledger.clone()),
        ("dynamodb:DeleteItem", ledger.clone()),
        ("dynamodb:GetItem", ledger.clone()),
        ("dynamodb:PutItem", ledger.clone()),
        ("dynamodb:UpdateItem", ledger),
        (
            "dynamodb:Query",
            json!({"Fn::Sub": "${Ledger.Arn}/index/pending"}),
        ),
        ("sns:Publish", json!({"Ref": "Announcements"})),
        (
            "logs:CreateLogStream",
            json!({"Fn::GetAtt": ["CreationPollerLogs", "Arn"]}),
        ),
        (
            "logs:PutLogEvents",
            json!({"Fn::GetAtt": ["CreationPollerLogs", "Arn"]}),
        ),
        (
            "sqs:SendMessage",
            json!({"Fn::GetAtt": ["DeadLetters", "Arn"]}),
        ),
    ]
    .into();

    for (action, resource) in grants("CreationPollerRole") {
        assert_eq!(Some(&resource), expected.get(action.as_str()), "{action}");
    }
}

/// Actions and the resource they are granted on. All policies of the role are inline, none is managed.
fn grants(role: &str) -> BTreeMap<String, Value> {
    let role = template()["Resources"][role]["Properties"].take();
    assert_eq!(role["ManagedPolicyArns"], Value::Null);
    let policies = list(&role["Policies"]).into_iter();
    let statements = policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
    let mut grants = BTreeMap::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        for action in list(&statement["Action"]) {
            let action = action.as_str().unwrap().to_owned();
            assert!(
                grants
                    .insert(action.clone(), statement["Resource"].clone())
                    .is_none(),
                "{action} is granted twice"
            );
        }
    }
    grants
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
