//! What is announced of contacts, held to its schema, and what the documentation says of it.

use std::collections::BTreeSet;
use std::fs;

use it::local::root;
use it::world::{Delivery, World};
use jsonschema::Validator;
use serde_json::{Value, json};
use simulator::{ContactType, MANAGEMENT_ACCOUNT_ID, Options};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: absent}
    OPERATIONS: {mode: enforce, name: Ops, title: Team, emailAddress: ops@example.com, phoneNumber: "+1 202 555 0101"}
    SECURITY: {mode: enforce, name: Security, title: Team, emailAddress: security@example.com, phoneNumber: "+1 202 555 0102"}
  primary: {mode: enforce, fields: {companyName: Example, city: Else}}
"#;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn schema() -> Validator {
    let schema = serde_json::from_str(&read("schemas/contacts.schema.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Everything that the stamper announces of an account whose contacts were all somebody else's but one.
async fn announcements() -> Vec<Value> {
    let world = World::new(Options::default());
    world.parameters.put("policy", POLICY);
    let mut accounts = world.simulator.accounts().into_keys();
    let account = accounts.find(|id| id != MANAGEMENT_ACCOUNT_ID).unwrap();
    let contact = json!({"Name": "N", "Title": "T", "EmailAddress": "a@b.c", "PhoneNumber": "1"});
    for kind in [ContactType::Billing, ContactType::Security] {
        world
            .simulator
            .set_alternate_contact(&account, kind, contact.clone())
            .unwrap();
    }
    let event = |event_id: &str, role: &str| {
        Delivery {
        id: event_id.to_owned(),
        body: json!({"eventName": "PutAlternateContact", "eventId": event_id, "accountId": account, "roleArn": role})
            .to_string(),
        receives: 1,
    }
    };
    let role = "arn:aws:sts::111122223333:assumed-role/somebody/somebody@example.com";
    let events = [
        event("1", role),
        event("2", "arn:aws:iam::111122223333:role/somebody"),
    ];
    // Boxed: futures this deep overflow the compiler's limit.
    Box::pin(world.deliver(&world.cold_stamper(&[]), &events)).await;
    let stamper = world.cold_stamper(&[("EVENT_REPLACE", "true")]);
    let payload = json!({"accounts": [account]});
    Box::pin(world.stamp(&stamper, payload))
        .await
        .unwrap()
        .unwrap();
    let messages = world.messages().into_iter();
    messages.map(|message| message.body).collect()
}

fn texts<'a>(announcements: &'a [Value], list: &str, member: &str) -> BTreeSet<&'a str> {
    let items = announcements
        .iter()
        .filter_map(|it| it["detail"][list].as_array());
    items
        .flatten()
        .filter_map(|item| item[member].as_str())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_announced_fits_the_schema() {
    let announcements = announcements().await;
    let schema = schema();
    for announcement in &announcements {
        let errors: Vec<_> = schema.iter_errors(announcement).collect();
        assert!(errors.is_empty(), "{announcement}: {errors:?}");
    }
    // All there is to be told was told.
    let everything = ["BILLING", "OPERATIONS", "PRIMARY", "SECURITY"].into();
    assert_eq!(texts(&announcements, "changes", "contact"), everything);
    assert_eq!(texts(&announcements, "contacts", "contact"), everything);
    assert_eq!(
        texts(&announcements, "changes", "change"),
        ["added", "removed", "replaced"].into()
    );
    let actors = announcements.iter().map(|it| &it["detail"]["actor"]);
    let roles: BTreeSet<_> = actors
        .filter_map(|actor| actor["roleArn"].as_str())
        .collect();
    assert_eq!(roles, ["arn:aws:iam::111122223333:role/somebody"].into());
}

#[tokio::test(start_paused = true)]
async fn the_schema_refuses_anything_else() {
    let schema = schema();
    for announcement in announcements().await {
        for pointer in [
            "",
            "/detail",
            "/detail/changes/0",
            "/detail/contacts/0",
            "/detail/actor",
        ] {
            let Some(members) = announcement.pointer(pointer) else {
                continue;
            };
            let mut more = announcement.clone();
            more.pointer_mut(pointer).unwrap()["canary"] = json!("a@b.c");
            assert!(!schema.is_valid(&more), "{more}");
            for name in members
                .as_object()
                .unwrap()
                .keys()
                .filter(|name| *name != "roleArn")
            {
                let mut less = announcement.clone();
                let members = less.pointer_mut(pointer).unwrap();
                members.as_object_mut().unwrap().remove(name);
                assert!(!schema.is_valid(&less), "{less}");
            }
        }
    }
}

#[test]
fn the_example_announcements_fit_the_schema() {
    let text = read("docs/policy.md");
    let blocks = text.split("```json\n").skip(1);
    let examples: Vec<Value> = blocks
        .map(|rest| serde_json::from_str(rest.split_once("```").unwrap().0).unwrap())
        .filter(|example: &Value| example.get("summary").is_some())
        .collect();
    let types: BTreeSet<_> = examples
        .iter()
        .filter_map(|it| it["type"].as_str())
        .collect();
    assert_eq!(types, ["ContactDriftFound", "ContactsStamped"].into());
    for example in examples {
        schema().validate(&example).unwrap();
    }
}
