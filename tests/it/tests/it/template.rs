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
/// The same with the roles of the others.
const FOR_LOGS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];
/// The conditions that grant the stamper more.
const SWITCHES: [&str; 3] = ["HasPolicyKey", "MayRemove", "MayUsePrimary"];

#[test]
fn the_functions_may_do_what_they_do_and_nothing_else() {
    let poller = creation_poller::ACTIONS.into_iter().chain(FOR_POLLER);
    assert_eq!(actions("CreationPollerRole", &[]), set(poller));

    let stamper = contact_stamper::ACTIONS.into_iter().chain(FOR_STAMPER);
    assert_eq!(actions("ContactStamperRole", &SWITCHES), set(stamper));

    let sweep = organization_sweep::ACTIONS.into_iter().chain(FOR_LOGS);
    assert_eq!(actions("OrganizationSweepRole", &[]), set(sweep));

    let auditor = govcloud_auditor::ACTIONS.into_iter().chain(FOR_LOGS);
    assert_eq!(actions("GovCloudAuditorRole", &[]), set(auditor));
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
    let files = json!([sub("${Store.Arn}/policy/*"), sub("${Store.Arn}/sweeps/*")]);
    let (contacts, account) = (accounts(), member());
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
        ("organizations:ListParents", accounts_and_units()),
        ("kms:Decrypt", json!({"Ref": "PolicyKeyArn"})),
        ("s3:GetObject", object),
        ("s3:GetObject", files.clone()),
        ("s3:PutObject", files),
        ("ssm:GetParameter", parameter),
        ("dynamodb:BatchGetItem", ledger.clone()),
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
fn the_sweep_and_the_auditor_may_do_it_to_their_own_things_only() {
    let (ledger, logs) = (arn("Ledger"), arn("OrganizationSweepLogs"));
    let files = json!([sub("${Store.Arn}/findings/*"), sub("${Store.Arn}/sweeps/*")]);
    let execution = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${AWS::StackName}-organization-sweep:*";
    let expected = [
        // Organizations knows no resource for it.
        ("organizations:ListAccounts", json!("*")),
        ("s3:GetObject", files.clone()),
        ("s3:PutObject", files),
        ("s3:ListBucket", arn("Store")),
        ("states:DescribeExecution", sub(execution)),
        ("dynamodb:DeleteItem", ledger.clone()),
        ("dynamodb:GetItem", ledger.clone()),
        ("dynamodb:PutItem", ledger.clone()),
        ("dynamodb:UpdateItem", ledger.clone()),
        ("sns:Publish", json!({"Ref": "Announcements"})),
        ("logs:CreateLogStream", logs.clone()),
        ("logs:PutLogEvents", logs),
    ];
    hold("OrganizationSweepRole", &[], expected);

    let logs = arn("GovCloudAuditorLogs");
    let expected = [
        ("account:GetGovCloudAccountInformation", accounts()),
        ("organizations:DescribeAccount", member()),
        ("s3:GetObject", sub("${Store.Arn}/sweeps/*")),
        ("s3:PutObject", sub("${Store.Arn}/sweeps/*")),
        ("dynamodb:BatchGetItem", ledger.clone()),
        ("dynamodb:PutItem", ledger.clone()),
        ("dynamodb:UpdateItem", ledger),
        ("sns:Publish", json!({"Ref": "Announcements"})),
        ("logs:CreateLogStream", logs.clone()),
        ("logs:PutLogEvents", logs),
    ];
    hold("GovCloudAuditorRole", &[], expected);
}

/// The emulator enforces neither: <https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html>.
#[test]
fn the_state_machine_and_the_schedules_may_do_it_to_their_own_things_only() {
    let here = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}";
    let name = "${AWS::StackName}-organization-sweep";
    let function = |name: &str| {
        sub(&format!(
            "arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:${{AWS::StackName}}-{name}"
        ))
    };
    let functions = json!([
        arn("OrganizationSweep"),
        function("contact-stamper"),
        function("govcloud-auditor")
    ]);
    let batches = json!([
        sub(&format!("{here}:execution:{name}:*")),
        sub(&format!("{here}:execution:{name}/Batches:*"))
    ]);
    let expected = [
        ("lambda:InvokeFunction", functions),
        ("s3:GetObject", sub("${Store.Arn}/sweeps/*")),
        (
            "states:StartExecution",
            sub(&format!("{here}:stateMachine:{name}")),
        ),
        ("states:DescribeExecution", batches.clone()),
        ("states:StopExecution", batches),
    ];
    hold("OrganizationSweepMachineRole", &[], expected);
    let expected = [
        (
            "states:StartExecution",
            json!({"Ref": "OrganizationSweepMachine"}),
        ),
        ("sqs:SendMessage", arn("DeadLetters")),
    ];
    hold("SweepScheduleRole", &[], expected);
}

/// What each function reads at its start, the template sets, and nothing else.
#[test]
fn every_function_gets_the_variables_it_reads() {
    use std::cell::RefCell;
    type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;
    let template = template();
    let read = |start: &dyn Fn(Lookup<'_>)| {
        let names = RefCell::new(BTreeSet::new());
        start(&|name| {
            names.borrow_mut().insert(name.to_owned());
            Some(example(name).to_owned())
        });
        names.into_inner()
    };
    let of = [
        (
            "CreationPoller",
            read(&|vars| drop(creation_poller::Config::from_vars(&vars).unwrap())),
        ),
        (
            "ContactStamper",
            read(&|vars| drop(contact_stamper::Config::from_vars(&vars).unwrap())),
        ),
        (
            "GovCloudAuditor",
            read(&|vars| drop(govcloud_auditor::Config::from_vars(&vars).unwrap())),
        ),
        (
            "OrganizationSweep",
            read(&|vars| drop(organization_sweep::Config::from_vars(&vars).unwrap())),
        ),
    ];
    for (function, mut names) in of {
        // Lambda sets it.
        names.remove("AWS_REGION");
        let own = &template["Resources"][function]["Properties"]["Environment"]["Variables"];
        let own: BTreeSet<_> = own.as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, own, "{function}");
    }
    // All of them read it, for the certificate authorities to trust.
    let global = &template["Globals"]["Function"]["Environment"]["Variables"];
    let global: BTreeSet<_> = global.as_object().unwrap().keys().cloned().collect();
    assert_eq!(global, set(["SSL_CERT_FILE"]));
}

/// A value that a variable may have.
fn example(name: &str) -> &'static str {
    match name {
        "ORGANIZATION_ID" => "o-exampleorg1",
        "MANAGEMENT_ACCOUNT_ID" => "111122223333",
        "POLICY_SOURCE" => "ssm:/policy",
        "ANNOUNCE_SINCE" => "2026-11-01T00:00:00Z",
        "AWS_REGION" => "us-east-1",
        "TOPIC_ARN" => "arn:aws:sns:us-east-1:111122223333:announcements",
        _ if name.starts_with("HAS_") || name.contains("DRY_RUN") => "true",
        "EVENT_REPLACE" | "ALLOW_ABSENT" | "USE_PRIMARY" => "true",
        _ => "10",
    }
}

#[test]
fn without_a_policy_and_an_audit_there_are_the_poller_and_the_sweeps_steps() {
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let always = resources
        .iter()
        .filter(|(_, resource)| resource.get("Condition").is_none())
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
        "OrganizationSweep",
        "OrganizationSweepLogs",
        "OrganizationSweepMachine",
        "OrganizationSweepMachineRole",
        "OrganizationSweepRole",
        "Store",
        "StorePolicy",
        "SweepScheduleRole",
    ];
    assert_eq!(set(always), set(expected));
}

/// Their events may carry names, addresses or tag values in clear, and a dead letter may hold the event as it came.
const WITHOUT_DEAD_LETTERS: [&str; 5] = [
    "AccountEnrolled",
    "AccountEnrolledAgain",
    "AccountMoved",
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

/// The account that the stack is in, and the members of the organization, to Account Management.
fn accounts() -> Value {
    json!([
        sub("arn:${AWS::Partition}:account::${AWS::AccountId}:account"),
        sub("arn:${AWS::Partition}:account::${ManagementAccountId}:account/${OrganizationId}/*"),
    ])
}

/// The members of the organization, to Organizations.
fn member() -> Value {
    sub("arn:${AWS::Partition}:organizations::${ManagementAccountId}:account/${OrganizationId}/*")
}

fn accounts_and_units() -> Value {
    json!([
        member(),
        sub("arn:${AWS::Partition}:organizations::${ManagementAccountId}:ou/${OrganizationId}/*"),
    ])
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
