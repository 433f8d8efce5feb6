//! Contact sweeps: from nothing to the standard, over what another left, under a plan that a person approved, and one that
//! removes.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{MANAGEMENT_ACCOUNT_ID, Options};

use crate::world::{Ended, Refusal, Sweeping, World};

use super::{End, Trouble, end};

const ACCOUNTS: usize = 4;
const KINDS: [&str; 3] = ["BILLING", "OPERATIONS", "SECURITY"];
/// So many contacts have to change in a small organization.
pub(in crate::proof) const CHANGES: u64 = changes(ACCOUNTS);

const fn changes(accounts: usize) -> u64 {
    (accounts * KINDS.len()) as u64
}

pub(in crate::proof) async fn plain(trouble: Trouble) -> End {
    let accounts = trouble.accounts(ACCOUNTS);
    let world = organization(accounts, trouble);
    world.arrange(trouble);
    world.begin(trouble);
    let contacts = || json!({"kind": "contacts"});
    let mut sweeps = vec![("s", "complete", changes(accounts))];
    let swept = async {
        sweep(&world, "s", contacts(), &[], "complete").await;
        if trouble.is_compared() {
            // At once, while no read shows what the first one wrote.
            sweep(&world, "again", contacts(), &[], "complete").await;
            sweeps.push(("again", "complete", 0));
        }
    };
    tokio::join!(swept, world.disturb_clock(trouble, 0));
    pass_an_hour().await;
    check(&world, &sweeps).await
}

/// One that may not list the accounts and ends in failure, and one that may.
pub(in crate::proof) async fn failing(trouble: Trouble) -> End {
    let world = world(trouble);
    world.arrange(trouble);
    world.begin(trouble);
    world.refuse("ListAccounts", Refusal::Denied);
    let contacts = || json!({"kind": "contacts"});
    let failed = world.sweep(&Sweeping::new("failed", contacts())).await;
    assert_eq!(failed, Ended::Failed("Denied".to_owned()));
    world.allow("ListAccounts");
    pass_an_hour().await;
    sweep(&world, "s", contacts(), &[], "complete").await;
    pass_an_hour().await;
    let end = check(&world, &[("s", "complete", CHANGES)]).await;
    let told = world.messages().into_iter();
    let told = told.filter(|message| message.text("/type") == "SweepFailed");
    let ids: BTreeSet<_> = told.map(|message| message.id().to_owned()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    end
}

/// A dry run, and an hour later one that takes up what it found.
pub(in crate::proof) async fn resumed(trouble: Trouble) -> End {
    let accounts = trouble.accounts(ACCOUNTS);
    let world = organization(accounts, trouble);
    world.arrange(trouble);
    world.begin(trouble);
    let dry = [("SWEEP_DRY_RUN", "true")];
    let swept = sweep(&world, "dry", json!({"kind": "contacts"}), &dry, "dryRun");
    tokio::join!(swept, world.disturb_clock(trouble, 0));
    pass_an_hour().await;
    let resume = json!({"kind": "contacts", "resume": "dry"});
    let swept = sweep(&world, "s", resume, &[], "complete");
    tokio::join!(swept, world.disturb_clock(trouble, 1));
    pass_an_hour().await;
    let sweeps = [("dry", "dryRun", 0), ("s", "complete", changes(accounts))];
    check(&world, &sweeps).await
}

/// One that would replace too much, and an hour later one that makes its plan come true.
pub(in crate::proof) async fn approved(trouble: Trouble) -> End {
    let accounts = trouble.accounts(ACCOUNTS);
    let world = organization(accounts, trouble);
    for account in world.simulator.accounts().into_keys() {
        for kind in [
            simulator::ContactType::Billing,
            simulator::ContactType::Security,
        ] {
            world
                .simulator
                .set_alternate_contact(&account, kind, others())
                .unwrap();
        }
    }
    // What is there can be read by now: else there would be nothing to replace, and no plan to approve.
    tokio::time::sleep(Duration::from_secs(600)).await;
    world.arrange(trouble);
    world.begin(trouble);
    let contacts = json!({"kind": "contacts"});
    let swept = sweep(&world, "closed", contacts, &[], "gateClosed");
    tokio::join!(swept, world.disturb_clock(trouble, 0));
    pass_an_hour().await;
    let approve = || json!({"apply_plan": "closed"});
    let mut sweeps = vec![
        ("closed", "gateClosed", 0),
        ("s", "complete", changes(accounts)),
    ];
    let swept = async {
        sweep(&world, "s", approve(), &[], "complete").await;
        if trouble.is_compared() {
            // The same plan at once, while every contact still reads as it did when the plan was made.
            sweep(&world, "again", approve(), &[], "complete").await;
            sweeps.push(("again", "complete", 0));
        }
    };
    tokio::join!(swept, world.disturb_clock(trouble, 1));
    pass_an_hour().await;
    check(&world, &sweeps).await
}

/// One that removes a contact of each account and changes its primary contact.
pub(in crate::proof) async fn tidying(trouble: Trouble) -> End {
    let world = trouble.world(Options {
        accounts: ACCOUNTS,
        ..Options::default()
    });
    let policy = "version: 1\norganization:\n  contacts:\n    SECURITY: {mode: absent}\n  primary: {mode: enforce, fields: {companyName: Canary Corp}}\n";
    world.parameters.put("policy", policy);
    let accounts: Vec<_> = world.simulator.accounts().into_keys().collect();
    for account in &accounts {
        let security = simulator::ContactType::Security;
        let contacts = &world.simulator;
        let alternate = contacts.set_alternate_contact(account, security, others());
        alternate.unwrap();
        let primary = json!({"FullName": "Other", "AddressLine1": "1 Road", "City": "Town", "PostalCode": "1", "CountryCode": "GB", "PhoneNumber": "+44 1", "CompanyName": "Other Corp"});
        contacts.set_primary_contact(account, primary).unwrap();
    }
    // What is there can be read by now.
    tokio::time::sleep(Duration::from_secs(600)).await;
    world.arrange(trouble);
    world.begin(trouble);
    let open = [("MAX_CHANGE_PERCENT", "100")];
    sweep(&world, "s", json!({"kind": "contacts"}), &open, "complete").await;
    pass_an_hour().await;
    settle(&world).await;
    for account in &accounts {
        let stored = world.simulator.contacts(account).unwrap();
        assert_eq!(stored["alternate"]["SECURITY"], Value::Null, "{account}");
        let company = &stored["primary"]["CompanyName"];
        assert_eq!(company, "Canary Corp", "{account}");
    }
    told(&world, &[("s", "complete", 2 * ACCOUNTS as u64)])
}

fn others() -> Value {
    json!({"Name": "Other", "Title": "T", "EmailAddress": "o@canary.example.com", "PhoneNumber": "1"})
}

/// A small organization, whose contacts are all to be written.
pub(in crate::proof) fn world(trouble: Trouble) -> World {
    organization(ACCOUNTS, trouble)
}

fn organization(accounts: usize, trouble: Trouble) -> World {
    let world = trouble.world(Options {
        accounts,
        ..Options::default()
    });
    let contacts: String = KINDS
        .iter()
        .map(|kind| {
            format!("    {kind}: {{mode: enforce, name: Team {kind}, title: T, emailAddress: t@canary.example.com, phoneNumber: '1'}}\n")
        })
        .collect();
    let policy = format!("version: 1\norganization:\n  contacts:\n{contacts}");
    world.parameters.put("policy", &policy);
    world
}

/// A sweep ends as it would have without the crash.
pub(in crate::proof) async fn sweep(
    world: &World,
    name: &str,
    input: Value,
    vars: &[(&str, &str)],
    outcome: &str,
) {
    let sweeping = Sweeping {
        vars,
        ..Sweeping::new(name, input)
    };
    match world.sweep(&sweeping).await {
        Ended::Done(state) => assert_eq!(state["outcome"], outcome, "{name}"),
        Ended::Failed(error) => panic!("{name} failed: {error}"),
    }
}

pub(in crate::proof) async fn pass_an_hour() {
    tokio::time::sleep(Duration::from_secs(3_600)).await;
}

/// The world calms, and the poller publishes what is left.
pub(in crate::proof) async fn settle(world: &World) {
    world.calm();
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
}

/// All accounts are on standard, and each sweep was reported and announced with what it wrote.
pub(in crate::proof) async fn check(world: &World, sweeps: &[(&str, &str, u64)]) -> End {
    settle(world).await;
    for account in world.simulator.accounts().into_keys() {
        let stored = world.simulator.contacts(&account).unwrap();
        for kind in KINDS {
            let standard = json!({"Name": format!("Team {kind}"), "Title": "T", "EmailAddress": "t@canary.example.com", "PhoneNumber": "1"});
            assert_eq!(stored["alternate"][kind], standard, "{account}");
        }
    }
    told(world, sweeps)
}

/// Each sweep was reported and announced with what it wrote.
fn told(world: &World, sweeps: &[(&str, &str, u64)]) -> End {
    for (name, outcome, written) in sweeps {
        report(world, name, *written);
        announced(world, name, outcome);
    }
    assert_eq!(world.ledger_text("lock#contacts", "holder"), Value::Null);
    end(world)
}

/// Every account has one row, and what was written is counted once.
fn report(world: &World, sweep: &str, written: u64) {
    let text = world
        .objects
        .get(&format!("own/sweeps/{sweep}/report.json"))
        .unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let mut accounts: Vec<_> = rows
        .iter()
        .map(|row| row["accountId"].as_str().unwrap())
        .collect();
    accounts.sort_unstable();
    let all = world.simulator.accounts().into_keys().collect::<Vec<_>>();
    assert_eq!(accounts, all, "{sweep}");
    assert!(all.iter().any(|account| account == MANAGEMENT_ACCOUNT_ID));
    let count = |word: &str| report["counts"][word].as_u64().unwrap_or(0);
    assert_eq!(
        (count("written"), count("uncovered")),
        (written, 0),
        "{sweep}"
    );
}

fn announced(world: &World, sweep: &str, outcome: &str) {
    let messages = world.messages().into_iter();
    let mut told: Vec<_> = messages
        .filter(|message| message.text("/detail/sweepId") == sweep)
        .map(|message| {
            (
                message.id().to_owned(),
                message.text("/detail/outcome").to_owned(),
            )
        })
        .collect();
    told.sort();
    told.dedup();
    let [(_, told)] = told.as_slice() else {
        panic!("{sweep}: {} announcements", told.len())
    };
    assert_eq!(told, outcome, "{sweep}");
}
