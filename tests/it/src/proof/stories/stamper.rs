//! Records of the queue: an account to be given contacts, one with a contact to be replaced, one with one to be removed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Calls, ContactType, Fault, FaultKind, MANAGEMENT_ACCOUNT_ID, Options};

use crate::world::{Delivery, Refusal, World};

use super::{End, Trouble, end, refused};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: enforce, name: Billing, title: Team, emailAddress: billing@canary.example.com, phoneNumber: "+1 202 555 0100"}
    OPERATIONS: {mode: absent}
    SECURITY: {mode: enforce, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0101"}
  primary: {mode: enforce, fields: {companyName: Canary Corp}}
"#;

const KINDS: [(&str, ContactType); 3] = [
    ("BILLING", ContactType::Billing),
    ("OPERATIONS", ContactType::Operations),
    ("SECURITY", ContactType::Security),
];

/// So often the queue gives a record, then it is a dead letter: `maxReceiveCount` in the template.
const RECEIVES: usize = 12;

/// What nobody held back comes again after so many seconds: `VisibilityTimeout` in the template.
const VISIBILITY: u64 = 18 * 60;

/// A primary contact was added or replaced.
const CHANGED: &str = "changed";

/// Events may replace and remove.
pub(in crate::proof) const VARS: [(&str, &str); 1] = [("EVENT_REPLACE", "true")];

pub(in crate::proof) async fn story(trouble: Trouble) -> End {
    tell(trouble, async |world, accounts| {
        let records = || accounts.iter().map(|account| record(account, 0)).collect();
        deliver_until_done(world, records(), trouble).await;
        if trouble.is_compared() {
            // No read shows yet what was written.
            deliver_until_done(world, records(), trouble).await;
        }
    })
    .await
}

/// Somebody replaced a contact, and the first write to its account is refused.
pub(in crate::proof) async fn drifted(trouble: Trouble) -> End {
    tell(trouble, async |world, accounts| {
        let busy = Fault {
            account: Some(accounts[1].clone()),
            // So often the client tries.
            ..Fault::on(
                "PutAlternateContact",
                Calls::List((1..=4).collect()),
                FaultKind::Throttle,
            )
        };
        world.simulator.set_faults(vec![busy]);
        let mut records: Vec<_> = accounts.iter().map(|account| record(account, 0)).collect();
        records[1].body = json!({
            "eventName": "PutAlternateContact",
            "accountId": accounts[1],
            "account": MANAGEMENT_ACCOUNT_ID,
            "eventId": "e5e20ada-7d1c-434d-bac2-000000000001",
            "contact": "SECURITY",
            "roleArn": "arn:aws:iam::111122223333:role/somebody",
        })
        .to_string();
        deliver_until_done(world, records.clone(), trouble).await;
        if trouble.is_compared() {
            // No read shows yet what was written last.
            deliver_until_done(world, records, trouble).await;
        }
        let refused = world.simulator.calls()["PutAlternateContact"].throttled;
        assert!(0 < refused, "no write was refused");
        publish_what_is_left(world).await;
        let drift = world.messages().into_iter();
        let drift = drift.filter(|message| message.text("/type") == "ContactDriftFound");
        let ids: BTreeSet<_> = drift.map(|message| message.id().to_owned()).collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
    })
    .await
}

/// The topic refuses what the stamper has to say: the poller says it.
pub(in crate::proof) async fn unheard(trouble: Trouble) -> End {
    tell(trouble, async |world, accounts| {
        let records = accounts.iter().map(|account| record(account, 0));
        world.refuse("Publish", Refusal::Denied);
        deliver_until_done(world, records.collect(), trouble).await;
        refused(world, "Publish");
        world.allow("Publish");
    })
    .await
}

/// The story with its deliveries made in this way.
pub(in crate::proof) async fn tell(
    trouble: Trouble,
    deliver: impl AsyncFnOnce(&World, &[&String]),
) -> End {
    let world = trouble.world(Options {
        accounts: 4,
        ..Options::default()
    });
    world.parameters.put("policy", POLICY);
    let accounts: Vec<_> = world.simulator.accounts().into_keys().collect();
    let accounts: Vec<_> = accounts
        .iter()
        .filter(|it| *it != MANAGEMENT_ACCOUNT_ID)
        .collect();
    for (index, kind) in [(1, ContactType::Security), (2, ContactType::Operations)] {
        world
            .simulator
            .set_alternate_contact(accounts[index], kind, others())
            .unwrap();
    }
    let before: Vec<_> = accounts
        .iter()
        .map(|account| contacts(&world, account))
        .collect();
    // Others' contacts can be read by now.
    tokio::time::sleep(Duration::from_secs(600)).await;
    world.arrange(trouble);
    world.begin(trouble);
    deliver(&world, &accounts).await;
    publish_what_is_left(&world).await;

    let mut changes = BTreeSet::new();
    for (account, before) in accounts.iter().zip(before) {
        let after = contacts(&world, account);
        assert_eq!(after, standard(), "{account}");
        for (kind, value) in &after {
            let change = match (&before[kind], value) {
                (before, after) if before == after => continue,
                // AWS's untouched copy on a new account counts as none: the word is either.
                _ if *kind == "PRIMARY" => CHANGED,
                (Value::Null, _) => "added",
                (_, Value::Null) => "removed",
                _ => "replaced",
            };
            changes.insert(format!("{account} {kind} {change}"));
        }
    }
    assert_eq!(announced(&world), changes);
    end(&world)
}

/// What a dead copy did not announce, the poller does, once the dead copy's claim has ended.
pub(in crate::proof) async fn publish_what_is_left(world: &World) {
    world.calm();
    tokio::time::sleep(Duration::from_secs(20 * 60)).await;
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
}

pub(in crate::proof) async fn deliver_until_done(
    world: &World,
    mut records: Vec<Delivery>,
    trouble: Trouble,
) {
    let mut shell = world.cold_stamper(&VARS);
    for round in 0..RECEIVES {
        for record in &mut records {
            record.receives += 1;
        }
        let meddling = world.meddle_with_clock(trouble, round);
        let before = world.queue.held_back().len();
        let (delivered, ()) = tokio::join!(world.try_deliver(&shell, &records), meddling);
        match delivered {
            Some(again) => records.retain(|record| again.contains(&record.id)),
            None => shell = world.cold_stamper(&VARS),
        }
        if records.is_empty() {
            return;
        }
        let held_back = world.queue.held_back();
        let of = |record: &Delivery| {
            let mut held_back = held_back[before..].iter().rev();
            held_back.find(|(receipt, _)| *receipt == record.id)
        };
        // The longest wait is that of all: they go on meeting each other in one batch.
        let waits = records
            .iter()
            .map(|it| of(it).map_or(VISIBILITY, |it| it.1));
        tokio::time::sleep(Duration::from_secs(waits.max().unwrap_or_default())).await;
    }
    panic!("{} records come again and again", records.len());
}

/// A record about an account, for the so manyth time.
pub(in crate::proof) fn record(account: &str, time: usize) -> Delivery {
    let body = json!({"summary": "…", "id": "…", "type": "AccountCreationSucceeded", "version": 1,
        "detail": {"accountId": account}});
    Delivery {
        id: format!("{account}-{time}"),
        body: body.to_string(),
        receives: 0,
    }
}

fn others() -> Value {
    json!({"Name": "Other", "Title": "T", "EmailAddress": "other@canary.example.com", "PhoneNumber": "1"})
}

/// The alternate contacts, and the company of the primary one.
fn contacts(world: &World, account: &str) -> BTreeMap<&'static str, Value> {
    let stored = world.simulator.contacts(account).unwrap();
    let mut contacts: BTreeMap<_, _> = KINDS
        .into_iter()
        .map(|(kind, _)| (kind, stored["alternate"][kind].clone()))
        .collect();
    // Some accounts have no primary contact at all, others one without a company.
    let primary = &stored["primary"];
    let company = primary["CompanyName"].as_str().unwrap_or_default();
    let company = if primary.is_null() {
        Value::Null
    } else {
        json!(company)
    };
    contacts.insert("PRIMARY", company);
    contacts
}

fn standard() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("BILLING", team("Billing", "0100")),
        ("OPERATIONS", Value::Null),
        ("PRIMARY", json!("Canary Corp")),
        ("SECURITY", team("Security", "0101")),
    ])
}

fn team(name: &str, number: &str) -> Value {
    let email = format!("{}@canary.example.com", name.to_lowercase());
    json!({"Name": name, "Title": "Team", "EmailAddress": email, "PhoneNumber": format!("+1 202 555 {number}")})
}

/// Every change that was announced; announced twice under two ids it breaks the story.
pub(in crate::proof) fn announced(world: &World) -> BTreeSet<String> {
    let messages: BTreeMap<_, _> = world
        .messages()
        .into_iter()
        .filter(|message| message.text("/type") == "ContactsStamped")
        .map(|message| (message.id().to_owned(), message.body))
        .collect();
    let mut changes = BTreeSet::new();
    for body in messages.values() {
        let account = body["detail"]["accountId"].as_str().unwrap();
        for change in body["detail"]["changes"].as_array().unwrap() {
            let word = |member: &str| change[member].as_str().unwrap();
            let change = match word("contact") {
                "PRIMARY" => format!("{account} PRIMARY {CHANGED}"),
                contact => format!("{account} {contact} {}", word("change")),
            };
            assert!(changes.insert(change.clone()), "{change}: announced twice");
        }
    }
    changes
}
