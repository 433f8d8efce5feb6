//! The template against the code: MiniStack enforces no policy for Organizations and Account Management, so this is the
//! proof for them.

mod kept;
mod let_in;
mod parameters;

use std::collections::BTreeSet;
use std::process::Command;

use it::local::root;
use serde_json::{Value, json};

/// What Lambda itself does with the roles: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>.
const FOR_LOGS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];
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
/// What is deployed: the stack's own, and those beside it.
const TEMPLATES: [&str; 3] = ["template.yaml", "forward-events.yaml", "key.yaml"];

#[test]
fn the_functions_may_do_what_they_do_and_nothing_else() {
    let poller = creation_poller::ACTIONS.into_iter().chain(FOR_LOGS);
    assert_eq!(actions("CreationPollerRole", &[]), set(poller));

    let stamper = contact_stamper::ACTIONS.into_iter().chain(FOR_STAMPER);
    assert_eq!(actions("ContactStamperRole", &SWITCHES), set(stamper));

    let sweep = organization_sweep::ACTIONS.into_iter().chain(FOR_LOGS);
    assert_eq!(actions("OrganizationSweepRole", &[]), set(sweep));

    let auditor = govcloud_auditor::ACTIONS.into_iter().chain(FOR_LOGS);
    assert_eq!(actions("GovCloudAuditorRole", &[]), set(auditor));

    let doctor = doctor::ACTIONS.into_iter().chain(FOR_LOGS);
    let doctor = doctor.chain(["kms:Decrypt"]);
    let on = ["HasPolicy", "HasPolicyKey", "HasGovCloud"];
    assert_eq!(actions("DoctorRole", &on), set(doctor));
}

#[test]
fn the_doctor_reads_and_no_more_than_the_stack_has() {
    let changes = |action: &String| {
        let (_, operation) = action.split_once(':').unwrap();
        let reads = ["Describe", "Get", "List", "Decrypt"];
        !reads.iter().any(|read| operation.starts_with(read))
    };
    let on = ["HasPolicy", "HasPolicyKey", "HasGovCloud"];
    let changing = actions("DoctorRole", &on).into_iter().filter(changes);
    // The last two are Lambda's own.
    assert_eq!(changing.collect::<BTreeSet<_>>(), set(FOR_LOGS));
    let lacks = actions("DoctorRole", &[]);
    assert!(
        !lacks.iter().any(|action| action.starts_with("account:")),
        "{lacks:?}"
    );

    let (contact, logs) = (accounts()[1].clone(), arn("DoctorLogs"));
    let (parameter, object) = policy();
    let trails = json!([
        sub("arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*"),
        sub("arn:${AWS::Partition}:cloudtrail:*:${ManagementAccountId}:trail/*"),
    ]);
    let both =
        json!({"Fn::If": ["HasPolicy", arn("ContactsDeadLetters"), {"Ref": "AWS::NoValue"}]});
    let expected = [
        // Organizations and CloudTrail know no resource for these.
        ("organizations:DescribeOrganization", json!("*")),
        ("organizations:ListAccounts", json!("*")),
        (
            "organizations:ListAWSServiceAccessForOrganization",
            json!("*"),
        ),
        ("organizations:ListCreateAccountStatus", json!("*")),
        ("organizations:ListDelegatedAdministrators", json!("*")),
        ("cloudtrail:DescribeTrails", json!("*")),
        ("cloudtrail:GetEventSelectors", trails.clone()),
        ("cloudtrail:GetTrailStatus", trails),
        (
            "sns:GetTopicAttributes",
            json!([topic(), {"Ref": "Alarms"}]),
        ),
        ("sqs:GetQueueAttributes", json!([arn("DeadLetters"), both])),
        ("dynamodb:GetItem", arn("Ledger")),
        ("s3:GetObject", sub("${Store.Arn}/policy/accepted")),
        ("s3:ListBucket", arn("Store")),
        (
            "account:GetAlternateContact",
            given(&contact, &types(&["SECURITY"])),
        ),
        ("account:GetGovCloudAccountInformation", contact),
        ("s3:GetObject", object),
        ("ssm:GetParameter", parameter),
        ("kms:Decrypt", json!({"Ref": "PolicyKeyArn"})),
        ("logs:CreateLogStream", logs.clone()),
        ("logs:PutLogEvents", logs),
    ];
    hold("DoctorRole", &on, expected);
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
        ("sns:Publish", topic()),
        ("logs:CreateLogStream", logs.clone()),
        ("logs:PutLogEvents", logs),
    ];
    hold("CreationPollerRole", &[], expected);
}

#[test]
fn the_stamper_may_do_it_to_its_own_things_only() {
    let (ledger, queue) = (arn("Ledger"), arn("Contacts"));
    let logs = arn("ContactStamperLogs");
    let files = json!([sub("${Store.Arn}/policy/*"), sub("${Store.Arn}/sweeps/*")]);
    let (contacts, account) = (accounts(), member());
    let alternate = given(&contacts, &types(&["BILLING", "OPERATIONS", "SECURITY"]));
    let (parameter, object) = policy();
    let expected = [
        ("account:GetAlternateContact", alternate.clone()),
        ("account:PutAlternateContact", alternate.clone()),
        ("account:DeleteAlternateContact", alternate),
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
        ("sns:Publish", topic()),
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
        ("sns:Publish", topic()),
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
        ("sns:Publish", topic()),
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
        (
            "states:RedriveExecution",
            sub(&format!("{here}:execution:{name}/Batches:*")),
        ),
        // X-Ray knows no resource for these.
        ("xray:GetSamplingRules", json!("*")),
        ("xray:GetSamplingTargets", json!("*")),
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
    let expected = [
        ("lambda:InvokeFunction", arn("CreationPoller")),
        ("sqs:SendMessage", arn("DeadLetters")),
    ];
    hold("TickRole", &[], expected);
}

/// The rule takes it, wherever the forwarder is deployed: in members, too.
#[test]
fn the_forwarder_may_put_events_on_its_bus_only() {
    let forwarder = read_template("forward-events.yaml");
    let expected = [("events:PutEvents", json!({"Ref": "BusArn"}))];
    hold_in(&forwarder, "ForwarderRole", &[], expected);
}

/// What all roles may do alike: use the customer key, in the names of the services that keep something, and send traces.
#[test]
fn roles_share_the_use_of_the_key_and_the_sending_of_traces_and_nothing_else() {
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let of_type = |kind: &'static str| {
        let resources = resources.iter();
        resources.filter(move |(_, resource)| resource["Type"] == kind)
    };
    let optional = ["HasPolicy", "HasGovCloud"];
    let mut shared = BTreeSet::new();
    for (name, policy) in of_type("AWS::IAM::ManagedPolicy") {
        let roles = list(&policy["Properties"]["Roles"]).into_iter();
        let roles = roles.map(|role| chosen(role, &optional)["Ref"].as_str().unwrap().to_owned());
        let roles: BTreeSet<_> = roles.collect();
        let statement = &policy["Properties"]["PolicyDocument"]["Statement"];
        assert_eq!(statement.as_array().unwrap().len(), 1, "{name}");
        let (on, condition) = (&statement[0]["Resource"], &policy["Condition"]);
        for action in list(&statement[0]["Action"]) {
            shared.insert(format!("{} {on} {condition}", action.as_str().unwrap()));
        }
        let all = of_type("AWS::IAM::Role").map(|(role, _)| role.clone());
        // Scheduler traces nothing.
        let schedules = ["SweepScheduleRole", "TickRole"];
        let all = all.filter(|role| name != "Trace" || !schedules.contains(&role.as_str()));
        assert_eq!(roles, all.collect(), "{name}");
    }
    let key = |action| format!(r#"{action} {{"Ref":"KeyArn"}} "HasKey""#);
    let trace = |action| format!(r#"{action} "*" null"#);
    let expected = [
        key("kms:Decrypt"),
        key("kms:GenerateDataKey"),
        trace("xray:PutTelemetryRecords"),
        trace("xray:PutTraceSegments"),
    ];
    assert_eq!(shared, expected.into());
    let services = ["dynamodb", "s3", "sns", "sqs", "lambda"];
    let services = services.map(|it| sub(&format!("{it}.${{AWS::Region}}.${{AWS::URLSuffix}}")));
    let condition = |policy: &str| {
        &resources[policy]["Properties"]["PolicyDocument"]["Statement"][0]["Condition"]
    };
    let via = json!({"StringEquals": {"kms:ViaService": services}});
    assert_eq!(
        (condition("UseKey"), condition("Trace")),
        (&via, &Value::Null)
    );
}

#[test]
fn every_role_is_bounded_where_there_is_a_boundary() {
    let bounded = json!({"Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]});
    let is_there = json!({"Fn::Not": [{"Fn::Equals": [{"Ref": "PermissionsBoundaryArn"}, ""]}]});
    let mut roles = 0;
    for file in TEMPLATES {
        let template = read_template(file);
        for (name, resource) in template["Resources"].as_object().unwrap() {
            if resource["Type"] == "AWS::IAM::Role" {
                let boundary = &resource["Properties"]["PermissionsBoundary"];
                assert_eq!(*boundary, bounded, "{name}");
                assert_eq!(template["Conditions"]["HasBoundary"], is_there, "{file}");
                roles += 1;
            }
        }
    }
    assert_eq!(roles, 9);
}

/// With a key, nothing is left to keys of AWS's own.
#[test]
fn everything_that_keeps_something_is_encrypted_with_the_key() {
    let template = template();
    let uses_key = |value: &Value| {
        value["Fn::If"][0] == "HasKey" && value["Fn::If"][1] == json!({"Ref": "KeyArn"})
    };
    let mut kept = 0;
    for (name, resource) in template["Resources"].as_object().unwrap() {
        let properties = &resource["Properties"];
        let key = match resource["Type"].as_str().unwrap() {
            "AWS::DynamoDB::Table" => &properties["SSESpecification"]["KMSMasterKeyId"],
            "AWS::Logs::LogGroup" => &properties["KmsKeyId"],
            "AWS::S3::Bucket" => {
                &properties["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"]
                    ["KMSMasterKeyID"]
            }
            "AWS::SNS::Topic" | "AWS::SQS::Queue" => &properties["KmsMasterKeyId"],
            _ => continue,
        };
        assert!(uses_key(key), "{name}: {key}");
        kept += 1;
    }
    assert!(10 <= kept, "{kept}");
    assert!(uses_key(&template["Globals"]["Function"]["KmsKeyArn"]));
}

/// Who sends to an encrypted queue or topic in its own name, or writes to an encrypted log, must be let in by the key itself.
/// Scheduler does not: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html>.
#[test]
fn the_key_lets_in_the_services_that_carry_messages() {
    let template = read_template("key.yaml");
    let statements = &template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"];
    let services = list(&statements[1]["Principal"]["Service"]);
    let expected = ["cloudwatch", "events", "sns"];
    assert_eq!(
        services,
        expected.map(|it| json!(format!("{it}.amazonaws.com")))
    );
    assert_eq!(
        statements[2]["Principal"]["Service"],
        sub("logs.${AWS::Region}.${AWS::URLSuffix}")
    );
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
        (
            "Doctor",
            read(&|vars| drop(doctor::Config::from_vars(&vars).unwrap())),
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
        "TOPIC_ARN" | "ALARMS_TOPIC_ARN" => "arn:aws:sns:us-east-1:111122223333:announcements",
        _ if name.starts_with("HAS_") || name.contains("DRY_RUN") => "true",
        "EVENT_REPLACE" | "ALLOW_ABSENT" | "USE_PRIMARY" => "true",
        _ => "10",
    }
}

#[test]
fn without_a_policy_and_an_audit_there_are_the_poller_the_doctor_and_the_sweeps_steps() {
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let always = resources
        .iter()
        .filter(|(_, resource)| resource.get("Condition").is_none())
        // What only looks on.
        .filter(|(_, resource)| {
            let kind = resource["Type"].as_str().unwrap();
            !kind.starts_with("AWS::CloudWatch") && kind != "AWS::Logs::MetricFilter"
        })
        .map(|(name, _)| name.as_str());
    let expected = [
        "Alarms",
        "AlarmsPolicy",
        "CreationPoller",
        "CreationPollerLogs",
        "CreationPollerRole",
        "DeadLetters",
        "DeadLettersPolicy",
        "Doctor",
        "DoctorLogs",
        "DoctorRole",
        "Ledger",
        "OrganizationSweep",
        "OrganizationSweepLogs",
        "OrganizationSweepMachine",
        "OrganizationSweepMachineRole",
        "OrganizationSweepRole",
        "Store",
        "StorePolicy",
        "SweepScheduleRole",
        "TickRole",
        "Trace",
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

/// Whoever listens elsewhere hears what the stack's own rules hear.
#[test]
fn everything_that_the_rules_listen_to_is_forwarded() {
    let mut heard = BTreeSet::new();
    let stack = template();
    let events = &stack["Resources"]["CreationPoller"]["Properties"]["Events"];
    let own = events["CreateAccountResult"]["Properties"]["Pattern"].clone();
    let rules = stack["Resources"].as_object().unwrap().values();
    let rules = rules.filter(|it| it["Type"] == "AWS::Events::Rule");
    let patterns = rules.map(|rule| rule["Properties"]["EventPattern"].clone());
    for pattern in patterns.chain([own]) {
        heard.extend(names(&pattern));
    }
    let forwarder = read_template("forward-events.yaml");
    let pattern = &forwarder["Resources"]["Forwarder"]["Properties"]["EventPattern"];
    let forwarded: BTreeSet<_> = list(&pattern["$or"]).iter().flat_map(names).collect();
    assert_eq!(forwarded, heard);
}

/// The sources and the names of the events that a pattern matches.
fn names(pattern: &Value) -> Vec<String> {
    let source = pattern["source"][0].as_str().unwrap().to_owned();
    let names = list(&pattern["detail"]["eventName"]).into_iter();
    names
        .map(|name| format!("{source} {}", name.as_str().unwrap()))
        .collect()
}

/// The account that the stack is in, and the members of the organization, to Account Management.
fn accounts() -> Value {
    json!([
        sub("arn:${AWS::Partition}:account::${AWS::AccountId}:account"),
        sub("arn:${AWS::Partition}:account::${ManagementAccountId}:account/${OrganizationId}/*"),
    ])
}

/// The policy at `PolicySource`, be it a parameter or an object.
fn policy() -> (Value, Value) {
    let part = |kind: &str| {
        let source = sub(&format!("${{PolicySource}}{kind}-"));
        json!({"Fn::Select": [1, {"Fn::Split": [kind, source]}]})
    };
    let parameter = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Name}";
    let object = "arn:${AWS::Partition}:s3:::${Object}";
    (
        json!({"Fn::Sub": [parameter, {"Name": part("ssm:")}]}),
        json!({"Fn::Sub": [object, {"Object": part("s3://")}]}),
    )
}

/// The stack's own topic, or the one that was there.
fn topic() -> Value {
    json!({"Fn::If": ["HasOwnTopic", {"Ref": "Announcements"}, {"Ref": "AnnouncementTopicArn"}]})
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

/// Of a resource, that it is granted under a condition only.
fn given(resource: &Value, condition: &Value) -> Value {
    json!([resource, "given", condition])
}

/// That contacts of these types are meant, and no others: a call always names one
/// (<https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html>).
fn types(contacts: &[&str]) -> Value {
    json!({
        "ForAllValues:StringEquals": {"account:AlternateContactTypes": contacts},
        "Null": {"account:AlternateContactTypes": "false"},
    })
}

/// Holds what a role grants to the resources, and the conditions, it may be granted on.
fn hold<const N: usize>(role: &str, on: &[&str], expected: [(&str, Value); N]) {
    hold_in(&template(), role, on, expected);
}

/// The same of a role of another template.
fn hold_in<const N: usize>(
    template: &Value,
    role: &str,
    on: &[&str],
    expected: [(&str, Value); N],
) {
    let expected = expected.map(|(action, resource)| (action.to_owned(), resource.to_string()));
    assert_eq!(grants(template, role, on), BTreeSet::from(expected));
}

fn actions(role: &str, on: &[&str]) -> BTreeSet<String> {
    grants(&template(), role, on)
        .into_iter()
        .map(|(action, _)| action)
        .collect()
}

/// Actions and the resources they are granted on, where these conditions of the template hold and no others. All policies
/// of the role are inline, none is managed.
fn grants(template: &Value, role: &str, on: &[&str]) -> BTreeSet<(String, String)> {
    let role = &template["Resources"][role]["Properties"];
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
        let resource = match statement.get("Condition") {
            Some(condition) => given(&statement["Resource"], condition),
            None => statement["Resource"].clone(),
        };
        for action in list(&statement["Action"]) {
            let action = action.as_str().unwrap().to_owned();
            assert!(
                grants.insert((action.clone(), resource.to_string())),
                "{action} is granted twice"
            );
        }
    }
    grants
}

/// Which partitions have no GovCloud links, and in which the system's certificate authorities are trusted.
#[test]
fn what_hangs_on_the_partition() {
    let conditions = &template()["Conditions"];
    let is = |partition: &str| json!({"Fn::Equals": [{"Ref": "AWS::Partition"}, partition]});
    let not = |partition| json!({"Fn::Not": [is(partition)]});
    let wanted = json!({"Fn::Equals": [{"Ref": "AuditGovCloud"}, "true"]});
    let elsewhere = ["aws-us-gov", "aws-cn", "aws-eusc"].map(not);
    let all: Vec<_> = [wanted].into_iter().chain(elsewhere).collect();
    assert_eq!(conditions["HasGovCloud"], json!({"Fn::And": all}));
    let system = ["aws-cn", "aws-eusc"].map(is);
    assert_eq!(conditions["TrustsSystem"], json!({"Fn::Or": system}));
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

pub(crate) fn template() -> Value {
    read_template("template.yaml")
}

/// Read by the SAM CLI's own reader, which knows `!Ref` and its like.
pub(crate) fn read_template(file: &str) -> Value {
    let script = "import json, sys, samcli.yamlhelper as y; print(json.dumps(y.yaml_parse(open(sys.argv[1]).read())))";
    let python = root().join(".venvs/sam/bin/python");
    let output = Command::new(python)
        .args(["-c", script, file])
        .current_dir(root())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}
