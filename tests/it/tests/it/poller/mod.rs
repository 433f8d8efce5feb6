//! The creation poller in a world of its own: real handler, real clients, virtual time.

mod announcing;
mod baseline;
mod cost;
mod crash;
mod events;
mod listing;
mod odd_rows;
mod privacy;
mod refusals;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use it::world::{Message, World};
use serde_json::{Value, json};
use simulator::{History, Options, Outcome, Start};

fn world() -> World {
    World::new(Options::default())
}

fn tick() -> Value {
    json!({"job": "tick"})
}

/// `CreateAccountResult`, as EventBridge delivers it.
fn result_event(request: &str) -> Value {
    let sample = include_str!("../../../../../events/create-account-result-succeeded.json");
    let mut event: Value = serde_json::from_str(sample).unwrap();
    event["detail"]["serviceEventDetails"]["createAccountStatus"]["id"] = json!(request);
    event
}

/// A request that takes `seconds`.
fn start(world: &World, seconds: u64, outcome: Outcome) -> String {
    world.simulator.start(Start {
        duration: Some(Duration::from_secs(seconds)),
        outcome,
        ..Start::default()
    })
}

fn succeed(world: &World, seconds: u64) -> String {
    start(world, seconds, Outcome::Succeed)
}

/// Requests that ended in the month before the world began.
fn add_history(world: &World, count: usize) {
    let (from, to): (DateTime<Utc>, DateTime<Utc>) = (
        "2026-10-23T10:00:00Z".parse().unwrap(),
        "2026-11-23T09:00:00Z".parse().unwrap(),
    );
    world.simulator.add_history(&History {
        count,
        failed: 0.2,
        govcloud: 0.1,
        from: from.into(),
        to: to.into(),
    });
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// How often each request was announced.
fn deliveries(world: &World) -> BTreeMap<String, usize> {
    let mut deliveries = BTreeMap::new();
    for message in world.messages() {
        *deliveries.entry(message.request().to_owned()).or_default() += 1;
    }
    deliveries
}

/// The one message of `request`.
fn message(world: &World, request: &str) -> Message {
    let messages: Vec<_> = world
        .messages()
        .into_iter()
        .filter(|message| message.request() == request)
        .collect();
    let [message] = messages.as_slice() else {
        panic!("{} messages of {request}", messages.len())
    };
    message.clone()
}

fn calls(world: &World, service: &str) -> usize {
    world
        .calls()
        .iter()
        .filter(|call| call.service == service)
        .count()
}
