//! A GovCloud audit of links that changed and of findings that appeared and cleared, and one after it that finds no news.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{MANAGEMENT_ACCOUNT_ID, Options};

use crate::world::{Ended, Refusal, Sweeping, World};

use super::super::trouble::STORM;
use super::{End, Trouble, end, refused, sweeps};

const ACCOUNTS: usize = 6;

pub(in crate::proof) async fn story(trouble: Trouble) -> End {
    tell(trouble, async |_, _| ()).await
}

/// The topic refuses for a while: the poller says what the audit had to say.
pub(in crate::proof) async fn unheard(trouble: Trouble) -> End {
    tell(trouble, async |world, _| {
        world.refuse("Publish", Refusal::Denied);
        tokio::time::sleep(STORM).await;
        if matches!(trouble, Trouble::Peace) {
            refused(world, "Publish");
        }
        world.allow("Publish");
    })
    .await
}

/// The story, with something done beside the audit that finds links changed; it gets an account whose link is one of them.
pub(in crate::proof) async fn tell(
    trouble: Trouble,
    beside: impl AsyncFnOnce(&World, &str),
) -> End {
    let world = trouble.world(Options {
        accounts: trouble.accounts(ACCOUNTS),
        ..Options::default()
    });
    let accounts: Vec<_> = world.simulator.accounts().into_keys().collect();
    let accounts: Vec<_> = accounts
        .iter()
        .filter(|it| *it != MANAGEMENT_ACCOUNT_ID)
        .collect();
    let link = |index: usize, state: &str| {
        world
            .simulator
            .set_link(accounts[index], &govcloud(index), state)
            .unwrap();
    };
    link(0, "PENDING_ACTIVATION");
    link(1, "ACTIVE");
    link(2, "SUSPENDED");
    world.arrange(trouble);
    world.begin(trouble);
    // What is there can be read by now.
    tokio::time::sleep(Duration::from_secs(600)).await;
    audit(&world, trouble, "first").await;
    // Two links change, one vanishes, one fits again.
    link(0, "ACTIVE");
    world.simulator.clear_link(accounts[1]).unwrap();
    link(2, "ACTIVE");
    link(3, "SUSPENDED");
    // Where reads lag, only the third one sees it.
    tokio::join!(
        audit(&world, trouble, "second"),
        beside(&world, accounts[0].as_str())
    );
    audit(&world, trouble, "third").await;
    world.calm();
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;

    let changed = details(&world, "GovCloudLinkChanged", "/detail");
    let none = || json!({"link": "notLinked"});
    let linked = |index: usize, state: &str| json!({"link": "linked", "govCloudAccountId": govcloud(index), "state": state});
    let change = |index: usize, change: &str, from: Value, to: Value| {
        json!({"accountId": accounts[index], "change": change, "from": from, "to": to}).to_string()
    };
    let expected = [
        change(
            0,
            "state",
            linked(0, "PENDING_ACTIVATION"),
            linked(0, "ACTIVE"),
        ),
        change(1, "vanished", linked(1, "ACTIVE"), none()),
        change(2, "state", linked(2, "SUSPENDED"), linked(2, "ACTIVE")),
        change(3, "appeared", none(), linked(3, "SUSPENDED")),
    ];
    assert_eq!(changed, expected.into());
    let counts = details(&world, "GovCloudFindings", "/detail/counts");
    let counted = |appeared, cleared, standing| {
        json!({"appeared": appeared, "cleared": cleared, "standing": standing}).to_string()
    };
    assert_eq!(counts, [counted(1, 0, 0), counted(2, 1, 0)].into());
    let finished = details(&world, "SweepFinished", "/detail/sweepId");
    assert_eq!(
        finished,
        ["first", "second", "third"].map(str::to_owned).into()
    );
    check_reports(&world, &accounts);
    end(&world)
}

/// Changes links that an earlier audit saw, one in so many accounts, so that the next one has something to remember and to
/// announce. Gives their number.
pub(in crate::proof) async fn change_links(world: &World, one_in: usize) -> usize {
    let accounts = world.simulator.accounts().into_keys();
    let members = accounts.filter(|it| it != MANAGEMENT_ACCOUNT_ID);
    let linked: Vec<_> = members.step_by(one_in).collect();
    let link = |state: &str| {
        for (index, account) in linked.iter().enumerate() {
            let govcloud = (999_988_887_000 + index).to_string();
            let link = world.simulator.set_link(account, &govcloud, state);
            link.unwrap();
        }
    };
    link("PENDING_ACTIVATION");
    sweeps::sweep(
        world,
        "before",
        json!({"kind": "govcloud"}),
        &[],
        "complete",
    )
    .await;
    link("ACTIVE");
    linked.len()
}

/// Links whose change was announced in the end: what an audit left unannounced is announced by the poller.
pub(in crate::proof) async fn links_told(world: &World) -> usize {
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    details(world, "GovCloudLinkChanged", "/detail/accountId").len()
}

fn govcloud(index: usize) -> String {
    format!("99998888777{index}")
}

async fn audit(world: &World, trouble: Trouble, name: &str) {
    let sweeping = Sweeping::new(name, json!({"kind": "govcloud"}));
    let clock = world.disturb_clock(trouble, name.len());
    let (ended, ()) = tokio::join!(world.sweep(&sweeping), clock);
    match ended {
        Ended::Done(state) => assert_eq!(state["outcome"], "complete", "{name}"),
        Ended::Failed(error) => panic!("{name} failed: {error}"),
    }
    tokio::time::sleep(Duration::from_secs(3_600)).await;
}

/// A value of each announcement of a type; two announcements with the same break the story.
fn details(world: &World, kind: &str, pointer: &str) -> BTreeSet<String> {
    let messages = world.messages();
    let told: BTreeSet<_> = messages
        .iter()
        .filter(|message| message.text("/type") == kind)
        .map(|message| {
            let value = message.body.pointer(pointer).unwrap_or(&Value::Null);
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (message.id(), text)
        })
        .collect();
    let texts: BTreeSet<_> = told.iter().map(|(_, text)| text.clone()).collect();
    assert_eq!(texts.len(), told.len(), "{kind}: {told:?}");
    texts
}

/// The last report says of each account what its link is, and what does not fit.
fn check_reports(world: &World, accounts: &[&String]) {
    let text = world.objects.get("own/sweeps/third/report.json").unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.len(), world.simulator.accounts().len());
    let of = |account: &str| {
        let row = rows.iter().find(|row| row["accountId"] == account);
        row.unwrap()["govCloud"].clone()
    };
    let found = |index: usize| {
        let row = of(accounts[index]);
        let findings = row["findings"].as_array().cloned().unwrap_or_default();
        (row["link"].clone(), findings)
    };
    assert_eq!(found(0), (json!("linked"), vec![]));
    assert_eq!(found(1), (json!("notLinked"), vec![json!("vanished")]));
    assert_eq!(found(2), (json!("linked"), vec![]));
    assert_eq!(
        found(3),
        (json!("linked"), vec![json!("endedBeforeStandard")])
    );
    assert_eq!(found(4), (json!("notLinked"), vec![]));
}
