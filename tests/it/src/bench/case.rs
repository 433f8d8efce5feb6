//! What each function is measured with: a small organization, and an event that makes it do what it is there for.

use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use simulator::{History, MANAGEMENT_ACCOUNT_ID, Options};

use crate::local::root;
use crate::world::{Delivery, USUAL, World};

use super::Error;
use super::endpoint::Endpoint;

/// The functions of the stack.
pub const FUNCTIONS: [&str; 4] = [
    "creation-poller",
    "contact-stamper",
    "govcloud-auditor",
    "organization-sweep",
];

/// Accounts of the organization: each cold start of the stamper finds another one without contacts.
const ACCOUNTS: usize = 120;
/// Accounts of the auditor's batch.
const BATCH: usize = 5;

/// In JSON, which Python reads without another library.
pub(super) const POLICY: &str = r#"{"version": 1, "organization": {"contacts": {
    "BILLING": {"mode": "enforce", "name": "Billing", "title": "Team", "emailAddress": "billing@example.com", "phoneNumber": "+1 202 555 0100"},
    "OPERATIONS": {"mode": "enforce", "name": "Operations", "title": "Team", "emailAddress": "operations@example.com", "phoneNumber": "+1 202 555 0101"},
    "SECURITY": {"mode": "enforce", "name": "Security", "title": "Team", "emailAddress": "security@example.com", "phoneNumber": "+1 202 555 0102"}
}}}"#;

/// A function before its services.
#[derive(Debug)]
pub struct Case {
    /// The function.
    pub function: &'static str,
    pub(super) folder: PathBuf,
    pub(super) endpoint: Endpoint,
    accounts: Vec<String>,
    next: usize,
}

impl Case {
    /// A function, whose files are in `target/bench/<name>`.
    ///
    /// # Errors
    /// Its services cannot be started.
    pub fn new(function: &'static str, name: &str) -> Result<Self, Error> {
        let options = Options {
            accounts: ACCOUNTS,
            ..Options::default()
        };
        let world = World::at(Utc::now(), options);
        world.parameters.put("policy", POLICY);
        let mut accounts: Vec<_> = world.simulator.accounts().into_keys().collect();
        accounts.retain(|account| account != MANAGEMENT_ACCOUNT_ID);
        put_batch(&world, &accounts[..BATCH], 0);
        if function == "creation-poller" {
            first_scan(&world)?;
        }
        let folder = folder(name)?;
        Ok(Self {
            function,
            endpoint: Endpoint::start(&world, &folder)?,
            folder,
            accounts,
            next: 0,
        })
    }

    /// An event of which a thousand can be dealt with in a row: one that the pace of the quotas does not hold back, where
    /// the function has one.
    pub(super) fn warm_event(&self) -> String {
        match self.function {
            "creation-poller" => json!({"job": "tick"}),
            "contact-stamper" => batch("contacts", "plan", 0),
            "govcloud-auditor" => batch("govcloud", "audit", 0),
            _ => inventory(),
        }
        .to_string()
    }

    /// The event of one more cold start.
    pub(super) fn event(&mut self) -> String {
        self.next += 1;
        match self.function {
            "creation-poller" => json!({"job": "tick"}),
            "contact-stamper" => record(&self.accounts[self.next % self.accounts.len()]),
            "govcloud-auditor" => batch("govcloud", "audit", 0),
            _ => inventory(),
        }
        .to_string()
    }
}

/// A new folder below `target/bench`.
pub(super) fn folder(name: &str) -> Result<PathBuf, Error> {
    let folder = root().join("target/bench").join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The variables of a function, which trusts the roots in a file.
pub(super) fn vars(endpoint: &Endpoint, roots: &Path) -> Vec<(String, String)> {
    let roots = roots.display().to_string();
    let files = [("SSL_CERT_FILE", roots.as_str()), ("AWS_CA_BUNDLE", &roots)];
    let usual = USUAL.iter().copied().chain(files);
    let usual = usual.map(|(name, value)| (name.to_owned(), value.to_owned()));
    usual.chain(endpoint.vars()).collect()
}

/// Three requests are history, and the poller knows them: what it finds in each of the next minutes.
fn first_scan(world: &World) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        history(world, 3);
        world
            .run(&world.cold_poller(&[]), json!({"job": "tick"}))
            .await;
    });
    Ok(())
}

/// So many requests ended long ago.
pub(super) fn history(world: &World, count: usize) {
    let now = world.clock.now();
    world.simulator.add_history(&History {
        count,
        failed: 0.2,
        govcloud: 0.1,
        from: (now - TimeDelta::days(30)).into(),
        to: (now - TimeDelta::days(1)).into(),
    });
}

/// A record of the queue: an account was created.
fn record(account: &str) -> Value {
    let body =
        json!({"type": "AccountCreationSucceeded", "version": 1, "detail": {"accountId": account}});
    let delivery = Delivery {
        id: account.to_owned(),
        body: body.to_string(),
        receives: 1,
    };
    json!({"Records": [delivery.record()]})
}

/// Writes a batch of a sweep.
pub(super) fn put_batch(world: &World, accounts: &[String], number: usize) {
    let accounts: Vec<_> = accounts
        .iter()
        .map(|id| json!({"id": id, "state": "ACTIVE", "units": [], "joined": "2020-01-01T00:00:00Z", "name": "Account"}))
        .collect();
    let key = format!("own/sweeps/bench/batch-{number}.json");
    world
        .objects
        .put(&key, &json!({"accounts": accounts}).to_string());
}

/// The order to deal with a batch.
pub(super) fn batch(kind: &str, phase: &str, number: usize) -> Value {
    json!({
        "step": "batch",
        "sweep": "bench",
        "kind": kind,
        "phase": phase,
        "round": 1,
        "item": {
            "batch": format!("sweeps/bench/batch-{number}.json"),
            "result": format!("sweeps/bench/result-{number}.json"),
        },
    })
}

/// The step that lists the accounts.
fn inventory() -> Value {
    let started = "2026-11-23T10:00:00Z";
    json!({
        "step": "inventory",
        "execution": "arn:aws:states:us-east-1:111122223333:execution:organization-sweep:bench",
        "started": started,
        "sweep": {
            "id": "bench",
            "kind": "contacts",
            "phase": "plan",
            "round": 1,
            "fruitless": 0,
            "next": "inventory",
            "wait": 0,
            "items": {"bucket": "", "key": ""},
            "started": started,
        },
    })
}
