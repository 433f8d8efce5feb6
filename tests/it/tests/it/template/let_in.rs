//! Whom the template lets in: who may take a role, who may send to a queue, a topic or a bus, and over what.

use std::collections::BTreeMap;
use std::process::Command;

use it::local::root;
use serde_json::{Value, json};

use super::{TEMPLATES, arn, list, read_template, set, sub, template, topic};

/// A service that acts for this account.
fn this_account() -> Value {
    json!({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}})
}

fn only_from(source: &Value) -> Value {
    json!({"ArnEquals": {"aws:SourceArn": source}})
}

/// Or another account's schedule, rule or state machine would act with it. Lambda tells no source.
#[test]
fn roles_are_taken_by_services_that_act_for_this_account() {
    let machines = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:*";
    let mut machine = this_account();
    machine["ArnLike"] = json!({"aws:SourceArn": sub(machines)});
    let expected = [
        ("ContactStamperRole", "lambda", Value::Null),
        ("CreationPollerRole", "lambda", Value::Null),
        ("DoctorRole", "lambda", Value::Null),
        ("ForwarderRole", "events", this_account()),
        ("GovCloudAuditorRole", "lambda", Value::Null),
        ("OrganizationSweepMachineRole", "states", machine),
        ("OrganizationSweepRole", "lambda", Value::Null),
        ("SweepScheduleRole", "scheduler", this_account()),
        ("TickRole", "scheduler", this_account()),
    ];
    let expected: BTreeMap<_, _> = expected
        .map(|(role, service, condition)| {
            let service = json!({"Service": format!("{service}.amazonaws.com")});
            (role.to_owned(), (service, condition))
        })
        .into();
    let mut taken = BTreeMap::new();
    for file in TEMPLATES {
        for (name, role) in of_types(&read_template(file), &["AWS::IAM::Role"]) {
            let trusted = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"];
            let [statement] = &list(trusted)[..] else {
                panic!("{name}: {trusted}")
            };
            assert_eq!(statement["Effect"], "Allow", "{name}");
            assert_eq!(statement["Action"], "sts:AssumeRole", "{name}");
            let by = statement["Principal"].clone();
            taken.insert(name, (by, statement["Condition"].clone()));
        }
    }
    assert_eq!(taken, expected);
}

/// SAM makes roles and permissions where the template names none.
#[test]
fn sam_adds_nothing_that_may_do_something_but_the_permission_of_the_rule() {
    let (own, whole) = (template(), translated());
    let added = whole["Resources"].as_object().unwrap().iter();
    let added = added.filter(|(name, _)| own["Resources"].get(name).is_none());
    let may = |kind: &str| kind.starts_with("AWS::IAM::") || kind == "AWS::Lambda::Permission";
    let added = added.filter(|(_, it)| may(it["Type"].as_str().unwrap()));
    let added: BTreeMap<_, _> = added.map(|(name, it)| (name.as_str(), it)).collect();
    let permission = "CreationPollerCreateAccountResultPermission";
    assert_eq!(added.keys().collect::<Vec<_>>(), [&permission]);
    let expected = json!({
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "CreationPoller"},
        "Principal": "events.amazonaws.com",
        "SourceArn": arn("CreationPollerCreateAccountResult"),
    });
    assert_eq!(added[permission]["Properties"], expected);
}

/// Each statement that lets somebody in: whom, to do what, on what, and where from.
#[test]
fn queues_topics_and_buckets_let_in_their_own_sources_only() {
    let rules = [
        "AccountJoined",
        "AccountMoved",
        "AccountTagged",
        "AccountEnrolled",
        "AccountEnrolledAgain",
        "ContactChanged",
    ];
    let mut alarms = this_account();
    let alarm = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*";
    alarms["ArnLike"] = json!({"aws:SourceArn": sub(alarm)});
    let send = |sid: &str, service: &str, queue: &str, source: &Value| {
        let it = json!([service, "sqs:SendMessage", arn(queue), only_from(source)]);
        (format!("{queue}Policy {sid}"), it)
    };
    let expected = [
        send("FromTheRules", "events", "Contacts", &json!(rules.map(arn))),
        send("FromTheTopic", "sns", "Contacts", &topic()),
        send(
            "FromTheRules",
            "events",
            "ContactsDeadLetters",
            &arn("AccountJoined"),
        ),
        send("FromTheTopic", "sns", "ContactsDeadLetters", &topic()),
        send(
            "FromTheRule",
            "events",
            "DeadLetters",
            &arn("CreationPollerCreateAccountResult"),
        ),
        (
            "AlarmsPolicy FromTheAlarms".to_owned(),
            json!(["cloudwatch", "sns:Publish", {"Ref": "Alarms"}, alarms]),
        ),
    ];
    let mut let_in = BTreeMap::new();
    for (name, policy) in of_types(&template(), &POLICIES.map(|(_, policy, _, _)| policy)) {
        for it in list(&policy["Properties"]["PolicyDocument"]["Statement"]) {
            if it["Effect"] != "Deny" {
                assert_eq!(it["Effect"], "Allow", "{name}");
                let sid = format!("{name} {}", it["Sid"].as_str().unwrap());
                let service = it["Principal"]["Service"].as_str().unwrap();
                let service = service.strip_suffix(".amazonaws.com").unwrap();
                let what = json!([service, it["Action"], it["Resource"], it["Condition"]]);
                let_in.insert(sid, what);
            }
        }
    }
    assert_eq!(let_in, expected.into());
}

/// Of each kind that has a policy of its own: the kind, the policy's kind, what it is the policy of, and what it denies.
const POLICIES: [(&str, &str, &str, &str); 3] = [
    (
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "Queues",
        "sqs:*",
    ),
    (
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "Topics",
        "sns:Publish",
    ),
    ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket", "s3:*"),
];

#[test]
fn every_queue_topic_and_bucket_is_reached_over_tls_only() {
    let template = template();
    let mut reached = 0;
    for (kind, policy_kind, of, action) in POLICIES {
        let policies = of_types(&template, &[policy_kind]);
        for (name, resource) in of_types(&template, &[kind]) {
            let own = json!({"Ref": name});
            let (_, policy) = policies
                .iter()
                .find(|(_, it)| list(&it["Properties"][of]) == [own.clone()])
                .unwrap_or_else(|| panic!("{name} has no policy"));
            assert_eq!(policy["Condition"], resource["Condition"], "{name}");
            let everything = match kind {
                "AWS::S3::Bucket" => json!([arn(&name), sub(&format!("${{{name}.Arn}}/*"))]),
                "AWS::SQS::Queue" => arn(&name),
                _ => own,
            };
            let denied = json!({
                "Sid": "OnlyOverTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": action,
                "Resource": everything,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            });
            let statements = list(&policy["Properties"]["PolicyDocument"]["Statement"]);
            assert!(statements.contains(&denied), "{name}: {statements:#?}");
            reached += 1;
        }
    }
    assert_eq!(reached, 6);
}

/// Its own account may do everything with the key, by IAM; services carry messages of this account, and logs of this stack,
/// with what that takes: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html>,
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>.
#[test]
fn the_key_is_used_for_this_account_only() {
    let template = read_template("key.yaml");
    let statements = list(&template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]);
    let carry = json!(["kms:Decrypt", "kms:GenerateDataKey"]);
    let keep = json!([
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ]);
    let logs = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/${StackName}-*";
    let expected = [
        ("ManageByIam", json!("kms:*"), Value::Null),
        ("CarryMessages", carry, this_account()),
        (
            "KeepLogs",
            keep,
            json!({"ArnLike": {"kms:EncryptionContext:aws:logs:arn": sub(logs)}}),
        ),
    ];
    let told: Vec<_> = statements
        .iter()
        .map(|it| {
            let sid = it["Sid"].as_str().unwrap();
            assert_eq!(it["Effect"], "Allow", "{sid}");
            (sid, it["Action"].clone(), it["Condition"].clone())
        })
        .collect();
    assert_eq!(told, expected);
    let own = json!({"AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")});
    assert_eq!(statements[0]["Principal"], own);
}

/// What could not be started is kept where an alarm looks.
#[test]
fn every_schedule_has_a_role_of_the_stack_and_dead_letters() {
    let template = translated();
    let schedules = of_types(&template, &["AWS::Scheduler::Schedule"]);
    let mut roles = BTreeMap::new();
    for (name, schedule) in &schedules {
        let target = &schedule["Properties"]["Target"];
        assert_eq!(
            target["DeadLetterConfig"]["Arn"],
            arn("DeadLetters"),
            "{name}"
        );
        // A letter, which raises an alarm, tells of more than one bad moment.
        assert_eq!(target["RetryPolicy"]["MaximumRetryAttempts"], 185, "{name}");
        let role = target["RoleArn"]["Fn::GetAtt"][0].as_str().unwrap();
        roles.insert(name.as_str(), role);
    }
    let expected = [
        ("CreationPollerTick", "TickRole"),
        ("StartContactSweep", "SweepScheduleRole"),
        ("StartGovCloudAudit", "SweepScheduleRole"),
    ];
    assert_eq!(roles, expected.into());
}

fn of_types(template: &Value, kinds: &[&str]) -> Vec<(String, Value)> {
    let kinds = set(kinds.iter().copied());
    let resources = template["Resources"].as_object().unwrap().iter();
    let resources = resources.filter(|(_, it)| kinds.contains(it["Type"].as_str().unwrap()));
    resources
        .map(|(name, it)| (name.clone(), it.clone()))
        .collect()
}

/// As CloudFormation gets it from SAM.
fn translated() -> Value {
    let output = Command::new(root().join(".venvs/sam/bin/python"))
        .args(["-c", include_str!("translate.py"), "template.yaml"])
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .current_dir(root())
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}");
    serde_json::from_slice(&output.stdout).unwrap()
}
