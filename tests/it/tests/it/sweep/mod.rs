//! Sweeps in a world of their own: real handlers, real clients, virtual time.

mod approval;
mod contacts;
mod documents;
mod engine;
mod govcloud;
mod hostile;
mod ledger;
mod meanwhile;
mod pace;
mod size;

use std::collections::BTreeMap;

use it::world::{Ended, Message, Refusal, Sweeping, World};
use serde_json::{Value, json};
use simulator::{ContactType, MANAGEMENT_ACCOUNT_ID, Options};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: enforce, name: Billing, title: Team, emailAddress: billing@canary.example.com, phoneNumber: "+1 202 555 0100"}
    OPERATIONS: {mode: enforce, name: Operations, title: Team, emailAddress: operations@canary.example.com, phoneNumber: "+1 202 555 0101"}
    SECURITY: {mode: enforce, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0102"}
"#;

/// An organization of so many accounts, with a policy.
fn world(accounts: usize) -> World {
    world_with(Options {
        accounts,
        ..Options::default()
    })
}

fn world_with(options: Options) -> World {
    let world = World::new(options);
    world.parameters.put("policy", POLICY);
    world
}

fn contact_sweep(name: &str) -> Sweeping<'_> {
    Sweeping::new(name, json!({"kind": "contacts"}))
}

fn govcloud_audit(name: &str) -> Sweeping<'_> {
    Sweeping::new(name, json!({"kind": "govcloud"}))
}

/// A sweep that must come to its end; how it ended.
async fn outcome(world: &World, sweeping: &Sweeping<'_>) -> String {
    done(world.sweep(sweeping).await)
}

fn done(ended: Ended) -> String {
    match ended {
        Ended::Done(state) => state["outcome"].as_str().unwrap().to_owned(),
        Ended::Failed(error) => panic!("the sweep failed: {error}"),
    }
}

/// A sweep that breaks off after a round in which each batch but the first got lost.
async fn breaks_off(world: &World, sweeping: &Sweeping<'_>) {
    let ended = world
        .sweep_with(sweeping, &mut |world, step, state| {
            if step == "collect" {
                let items = state["items"]["key"].as_str().unwrap();
                let folder = items.trim_end_matches("items.json");
                world.objects.remove(&format!("own/{folder}result-2.json"));
                world.refuse("PutObject", Refusal::Denied);
            }
        })
        .await;
    assert_eq!(ended, Ended::Failed("Denied".to_owned()));
    world.allow("PutObject");
    tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
}

/// Whether events may replace and remove by the policy in use.
fn has_passed(world: &World) -> bool {
    let rows = world.ledger().into_iter();
    let mut rows = rows.filter(|row| row["id"]["S"] == "policy");
    rows.any(|row| row["passed"]["BOOL"] == true)
}

fn report(world: &World, sweep: &str) -> Value {
    let text = world
        .objects
        .get(&format!("own/sweeps/{sweep}/report.json"))
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A count of the report; 0 where it says nothing.
fn count(world: &World, sweep: &str, word: &str) -> u64 {
    report(world, sweep)["counts"][word].as_u64().unwrap_or(0)
}

/// The rows of the report by account; each is there once.
fn rows(world: &World, sweep: &str) -> BTreeMap<String, Value> {
    let report = report(world, sweep);
    let rows = report["rows"].as_array().unwrap();
    let by_account: BTreeMap<_, _> = rows
        .iter()
        .map(|row| (row["accountId"].as_str().unwrap().to_owned(), row.clone()))
        .collect();
    assert_eq!(by_account.len(), rows.len(), "an account twice");
    by_account
}

/// The accounts of the organization but the management account.
fn members(world: &World) -> Vec<String> {
    let accounts = world.simulator.accounts().into_keys();
    accounts
        .filter(|account| account != MANAGEMENT_ACCOUNT_ID)
        .collect()
}

fn messages(world: &World, kind: &str) -> Vec<Message> {
    let messages = world.messages().into_iter();
    messages
        .filter(|message| message.text("/type") == kind)
        .collect()
}

/// Gives an account somebody else's contact.
fn set(world: &World, account: &str, kind: ContactType, name: &str) {
    let contact = json!({"Name": name, "Title": "T", "EmailAddress": "other@canary.example.com", "PhoneNumber": "1"});
    world
        .simulator
        .set_alternate_contact(account, kind, contact)
        .unwrap();
}

/// The name in a stored alternate contact.
fn name(world: &World, account: &str, kind: &str) -> String {
    let stored = world.simulator.contacts(account).unwrap();
    let name = stored["alternate"][kind]["Name"].as_str();
    name.unwrap_or("-").to_owned()
}

/// Calls that changed contacts.
fn writes(world: &World) -> u64 {
    let calls = world.simulator.calls();
    let operations = [
        "PutAlternateContact",
        "DeleteAlternateContact",
        "PutContactInformation",
    ];
    let counts = operations.map(|operation| calls.get(operation).map_or(0, |count| count.calls));
    counts.iter().sum()
}
