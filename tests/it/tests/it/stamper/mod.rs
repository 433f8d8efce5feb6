//! The contact stamper in a world of its own: real handler, real clients, virtual time.

mod batch;
mod copies;
mod crash;
mod delegated;
mod lag;
mod policy;
mod primary;
mod stamping;
mod trouble;

use std::time::Duration;

use it::world::{Delivery, Message, World};
use serde_json::{Value, json};
use simulator::{ContactType, Options, Start};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: enforce, name: Canary Billing, title: Team, emailAddress: billing@canary.example.com, phoneNumber: "+1 202 555 0100"}
    SECURITY: {mode: enforce, name: Canary Security, title: Team, emailAddress: " security@canary.example.com ", phoneNumber: "+1 202 555 0101"}
"#;

fn world() -> World {
    world_with(Options::default(), POLICY)
}

fn world_with(options: Options, policy: &str) -> World {
    let world = World::new(options);
    world.parameters.put("policy", policy);
    world
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// A new account, just made by somebody.
async fn new_account(world: &World) -> String {
    let request = world.simulator.start(Start {
        duration: Some(Duration::from_secs(3)),
        ..Start::default()
    });
    let before: Vec<_> = world.simulator.accounts().into_keys().collect();
    pass(4).await;
    let _ = request;
    let mut after = world.simulator.accounts().into_keys();
    after.find(|account| !before.contains(account)).unwrap()
}

fn delivery(id: &str, body: &Value) -> Delivery {
    Delivery {
        id: id.to_owned(),
        body: body.to_string(),
        receives: 1,
    }
}

/// What the poller's announcement of a new account looks like in the queue.
fn created(account: &str) -> Value {
    json!({"summary": "…", "id": "…", "type": "AccountCreationSucceeded", "version": 1, "detail": {"accountId": account}})
}

/// A contact call of somebody's, as the stack's rule passes it on.
fn contact_call(account: &str, event: &str) -> Value {
    json!({
        "eventName": "PutAlternateContact",
        "accountId": account,
        "account": "111122223333",
        "eventId": event,
        "contact": "SECURITY",
        "roleArn": "arn:aws:iam::111122223333:role/somebody",
    })
}

/// A stored alternate contact.
fn stored(world: &World, account: &str, kind: &str) -> Value {
    world.simulator.contacts(account).unwrap()["alternate"][kind].clone()
}

/// Somebody else's contact.
fn others(name: &str) -> Value {
    json!({"Name": name, "Title": "T", "EmailAddress": "other@example.com", "PhoneNumber": "1"})
}

fn set_security(world: &World, account: &str, name: &str) {
    world
        .simulator
        .set_alternate_contact(account, ContactType::Security, others(name))
        .unwrap();
}

/// Calls that change contacts.
fn writes(world: &World) -> usize {
    let is_write =
        |operation: &str| operation.starts_with("Put") || operation.starts_with("Delete");
    world
        .calls()
        .iter()
        .filter(|call| call.service == "account" && is_write(&call.operation))
        .count()
}

fn messages(world: &World, kind: &str) -> Vec<Message> {
    world
        .messages()
        .into_iter()
        .filter(|message| message.text("/type") == kind)
        .collect()
}

/// What was found and done about a contact, by the answer to `{"accounts": [account]}`.
async fn run(world: &World, shell: &contact_stamper::Shell, account: &str) -> Value {
    let answer = world
        .stamp(shell, json!({"accounts": [account]}))
        .await
        .unwrap()
        .unwrap();
    answer[0].clone()
}

fn outcome(report: &Value, contact: &str) -> String {
    let line = &report["contacts"][contact];
    format!(
        "{} {}",
        line["found"].as_str().unwrap_or("-"),
        line["done"].as_str().unwrap_or("-")
    )
}
