//! What the stack keeps: how it is encrypted, how long it stays, and that it stays when the stack goes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{read_template, template};

fn with_key(then: &Value, otherwise: &Value) -> Value {
    json!({"Fn::If": ["HasKey", then, otherwise]})
}

/// The customer key, or else.
fn key_or(otherwise: &Value) -> Value {
    with_key(&json!({"Ref": "KeyArn"}), otherwise)
}

fn nothing() -> Value {
    json!({"Ref": "AWS::NoValue"})
}

/// With a key of AWS's own, or with the customer's.
#[test]
fn every_queue_is_encrypted_and_keeps_its_messages_for_long_enough() {
    let mut days = BTreeMap::new();
    for (name, it) in all("AWS::SQS::Queue") {
        let properties = &it["Properties"];
        let own = with_key(&nothing(), &json!(true));
        assert_eq!(properties["SqsManagedSseEnabled"], own, "{name}");
        assert_eq!(properties["KmsMasterKeyId"], key_or(&nothing()), "{name}");
        let seconds = properties["MessageRetentionPeriod"].as_u64().unwrap();
        days.insert(name, seconds / 86_400);
    }
    let expected = [
        ("Contacts", 4),
        ("ContactsDeadLetters", 14),
        ("DeadLetters", 14),
    ];
    let expected = expected.map(|(name, days)| (name.to_owned(), days));
    assert_eq!(days, expected.into());
}

/// A key of AWS's own for SNS lets no alarm in.
#[test]
fn every_topic_is_encrypted_where_its_senders_can_use_a_key() {
    let keys = all("AWS::SNS::Topic");
    let keys: BTreeMap<_, _> = keys
        .into_iter()
        .map(|(name, it)| (name, it["Properties"]["KmsMasterKeyId"].clone()))
        .collect();
    let expected = [
        ("Alarms", key_or(&nothing())),
        ("Announcements", key_or(&json!("alias/aws/sns"))),
    ];
    let expected = expected.map(|(name, key)| (name.to_owned(), key));
    assert_eq!(keys, expected.into());
}

#[test]
fn every_function_has_a_log_of_its_own_that_expires() {
    let logs = all("AWS::Logs::LogGroup");
    for (name, it) in &logs {
        let properties = &it["Properties"];
        let days = json!({"Ref": "LogRetentionDays"});
        assert_eq!(properties["RetentionInDays"], days, "{name}");
        assert_eq!(properties["KmsKeyId"], key_or(&nothing()), "{name}");
    }
    let functions = all("AWS::Serverless::Function");
    for (name, function) in &functions {
        let own = json!({"Ref": format!("{name}Logs")});
        let logging = &function["Properties"]["LoggingConfig"];
        assert_eq!(logging["LogGroup"], own, "{name}");
        // In another format the filters of the alarms find nothing.
        assert_eq!(logging["LogFormat"], "JSON", "{name}");
        let group = &logs[&format!("{name}Logs")];
        assert_eq!(group["Condition"], function["Condition"], "{name}");
    }
    assert_eq!((functions.len(), logs.len()), (5, 5));
}

#[test]
fn the_ledger_is_encrypted_and_protected_and_stays() {
    let tables = all("AWS::DynamoDB::Table");
    assert_eq!(tables.keys().collect::<Vec<_>>(), ["Ledger"]);
    let table = &tables["Ledger"];
    stays(table);
    let properties = &table["Properties"];
    assert_eq!(properties["DeletionProtectionEnabled"], true);
    let recovery = json!({"PointInTimeRecoveryEnabled": true});
    assert_eq!(properties["PointInTimeRecoverySpecification"], recovery);
    let encryption =
        json!({"SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": key_or(&nothing())});
    assert_eq!(properties["SSESpecification"], encryption);
}

#[test]
fn the_bucket_is_encrypted_and_private_and_stays_while_sweeps_expire() {
    let buckets = all("AWS::S3::Bucket");
    assert_eq!(buckets.keys().collect::<Vec<_>>(), ["Store"]);
    let bucket = &buckets["Store"];
    stays(bucket);
    let properties = &bucket["Properties"];
    let by_default = json!({
        "SSEAlgorithm": with_key(&json!("aws:kms"), &json!("AES256")),
        "KMSMasterKeyID": key_or(&nothing()),
    });
    let encryption =
        json!([{"ServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": true}]);
    assert_eq!(
        properties["BucketEncryption"]["ServerSideEncryptionConfiguration"],
        encryption
    );
    let private = json!({
        "BlockPublicAcls": true,
        "BlockPublicPolicy": true,
        "IgnorePublicAcls": true,
        "RestrictPublicBuckets": true,
    });
    assert_eq!(properties["PublicAccessBlockConfiguration"], private);
    let owner = json!([{"ObjectOwnership": "BucketOwnerEnforced"}]);
    assert_eq!(properties["OwnershipControls"]["Rules"], owner);
    assert_eq!(
        properties["VersioningConfiguration"],
        json!({"Status": "Enabled"})
    );
    let lifecycle = json!([
        {
            "Id": "sweeps",
            "Status": "Enabled",
            "Prefix": "sweeps/",
            "ExpirationInDays": {"Ref": "SweepRetentionDays"},
        },
        {
            "Id": "older-versions",
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ]);
    assert_eq!(properties["LifecycleConfiguration"]["Rules"], lifecycle);
}

/// What it encrypts stays when its stack goes.
#[test]
fn the_key_is_rotated_and_stays() {
    let key = read_template("key.yaml")["Resources"]["Key"].take();
    stays(&key);
    assert_eq!(key["Properties"]["EnableKeyRotation"], true);
}

fn stays(resource: &Value) {
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        assert_eq!(resource[policy], "Retain");
    }
}

fn all(kind: &str) -> BTreeMap<String, Value> {
    let resources = template()["Resources"].take();
    let resources = resources.as_object().unwrap().clone();
    let all = resources.into_iter().filter(|(_, it)| it["Type"] == kind);
    all.collect()
}
