//! The GovCloud audit.

use std::collections::BTreeSet;
use std::time::Duration;

use it::world::{Ended, Refusal, Sweeping, World};
use serde_json::{Value, json};
use simulator::{AccountState, Calls, Fault, FaultKind, Options, Start};

use super::{
    breaks_off, count, done, govcloud_audit, members, messages, outcome, rows, world, world_with,
};

const GOVCLOUD: &str = "999988887777";

async fn audit(world: &World, name: &str) {
    assert_eq!(
        outcome(world, &govcloud_audit(name)).await,
        "complete",
        "{name}"
    );
    tokio::time::sleep(Duration::from_secs(3_600)).await;
}

fn findings(row: &Value) -> Vec<&str> {
    let findings = row["govCloud"]["findings"].as_array();
    let findings = findings.into_iter().flatten();
    findings.map(|finding| finding.as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_link_that_goes_through_three_states_is_announced_twice() {
    let world = world(12);
    let account = &members(&world)[0];
    for (sweep, state) in ["PENDING_ACTIVATION", "ACTIVE", "CLOSED"]
        .into_iter()
        .enumerate()
    {
        world.simulator.set_link(account, GOVCLOUD, state).unwrap();
        audit(&world, &format!("audit-{sweep}")).await;
    }
    let told: Vec<_> = messages(&world, "GovCloudLinkChanged")
        .iter()
        .map(|message| {
            let detail = &message.body["detail"];
            format!("{} -> {}", detail["from"]["state"], detail["to"]["state"])
        })
        .collect();
    assert_eq!(
        told,
        [
            r#""PENDING_ACTIVATION" -> "ACTIVE""#,
            r#""ACTIVE" -> "CLOSED""#
        ]
    );
    audit(&world, "again").await;
    assert_eq!(messages(&world, "GovCloudLinkChanged").len(), 2);
    assert_eq!(count(&world, "again", "linked"), 1);
    assert_eq!(count(&world, "again", "notLinked"), 11);
}

/// An alarm looks at errors.
#[tokio::test(start_paused = true)]
async fn an_audit_that_sees_nothing_is_logged_as_an_error() {
    let log = crate::log::start();
    // Ids of its own: all tests write into one log.
    let world = world_with(Options {
        seed: 77_101,
        accounts: 3,
        ..Options::default()
    });
    let [closed, active] = &members(&world)[..] else {
        panic!("three accounts, one of which is the management account")
    };
    let suspended = AccountState::Suspended;
    world.simulator.set_state(closed, suspended).unwrap();
    let levels = |account: &str, kind: &str| {
        let text = log.text();
        let lines = text
            .lines()
            .filter(|it| it.contains(account) && it.contains(kind));
        let level = |line: &str| {
            if line.contains("ERROR") {
                "ERROR"
            } else {
                "WARN"
            }
        };
        lines.map(level).collect::<BTreeSet<_>>()
    };
    let read = "GetGovCloudAccountInformation";
    let fault = Fault::on(read, Calls::Every, FaultKind::Denied);
    world.simulator.set_faults(vec![fault]);
    audit(&world, "denied").await;
    assert_eq!(levels(closed, "Denied"), ["WARN"].into());
    assert_eq!(levels(active, "Denied"), ["ERROR"].into());
    world.simulator.set_faults(Vec::new());
    world.simulator.set_trusted_access(false);
    audit(&world, "off").await;
    assert_eq!(levels(active, "TrustedAccessOff"), ["ERROR"].into());
}

/// AWS is not done with it when the audit lists it.
#[tokio::test(start_paused = true)]
async fn a_young_account_that_is_denied_is_asked_about_in_another_round() {
    let log = crate::log::start();
    let world = world_with(Options {
        seed: 77_102,
        accounts: 3,
        young_denied: Duration::from_secs(200),
        ..Options::default()
    });
    let before = members(&world);
    let _ = world.simulator.start(Start::default());
    tokio::time::sleep(Duration::from_secs(120)).await;
    let mut after = members(&world).into_iter();
    let young = after.find(|it| !before.contains(it)).unwrap();
    audit(&world, "first").await;
    assert_eq!(count(&world, "first", "notLinked"), 4);
    assert_eq!(count(&world, "first", "unfinished"), 0);
    let text = log.text();
    let mut denied = text
        .lines()
        .filter(|it| it.contains(&young) && it.contains("Denied"));
    assert!(denied.clone().count() > 0, "it was never denied");
    assert!(denied.all(|line| !line.contains("ERROR")), "{text}");
}

#[tokio::test(start_paused = true)]
async fn findings_are_announced_when_they_appear_and_when_they_clear() {
    // AWS answers for accounts that are out of use, too; whether it does is not documented.
    let world = super::world_with(simulator::Options {
        accounts: 12,
        inactive_denied: false,
        ..simulator::Options::default()
    });
    let accounts = members(&world);
    let link = |index: usize, govcloud: &str, state: &str| {
        world
            .simulator
            .set_link(&accounts[index], govcloud, state)
            .unwrap();
    };
    link(0, GOVCLOUD, "ACTIVE");
    link(1, GOVCLOUD, "ACTIVE");
    link(2, "999988887776", "SUSPENDED");
    link(3, "999988887775", "ACTIVE");
    world
        .simulator
        .set_state(&accounts[3], AccountState::Suspended)
        .unwrap();
    audit(&world, "first").await;
    let table = rows(&world, "first");
    assert_eq!(findings(&table[&accounts[0]]), ["shared"]);
    assert_eq!(findings(&table[&accounts[1]]), ["shared"]);
    assert_eq!(findings(&table[&accounts[2]]), ["endedBeforeStandard"]);
    assert_eq!(findings(&table[&accounts[3]]), ["outlivesStandard"]);
    // The first audit is silent about links, and tells its findings in one message.
    assert!(messages(&world, "GovCloudLinkChanged").is_empty());
    let told = messages(&world, "GovCloudFindings");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].body["detail"]["counts"]["appeared"], 4);

    audit(&world, "second").await;
    assert_eq!(
        messages(&world, "GovCloudFindings").len(),
        1,
        "not every day"
    );

    link(2, "999988887776", "ACTIVE");
    world.simulator.clear_link(&accounts[0]).unwrap();
    audit(&world, "third").await;
    let told = messages(&world, "GovCloudFindings");
    assert_eq!(told.len(), 2);
    let counts = &told[1].body["detail"]["counts"];
    assert_eq!(counts, &json!({"appeared": 1, "cleared": 3, "standing": 1}));
    assert_eq!(findings(&rows(&world, "third")[&accounts[0]]), ["vanished"]);
}

#[tokio::test(start_paused = true)]
async fn an_inventory_that_lacks_accounts_clears_no_finding() {
    for refusal in [
        Refusal::Hollow,
        Refusal::NoAccounts,
        Refusal::AccountWithoutId,
    ] {
        let world = world(12);
        for account in &members(&world)[..2] {
            world
                .simulator
                .set_link(account, GOVCLOUD, "ACTIVE")
                .unwrap();
        }
        audit(&world, "before").await;
        world.refuse("ListAccounts", refusal);
        let ended = world.sweep(&govcloud_audit("none")).await;
        assert_eq!(
            ended,
            Ended::Failed("Unavailable".to_owned()),
            "{refusal:?}"
        );
        world.allow("ListAccounts");
        audit(&world, "after").await;
        let told = messages(&world, "GovCloudFindings");
        assert_eq!(told.len(), 1, "{refusal:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn resuming_an_audit_tells_nothing_that_a_later_one_knows_better() {
    // What the later audit finds is news, or it is not.
    for is_news in [true, false] {
        let world = world(120);
        let account = &members(&world)[0];
        let link = || {
            world
                .simulator
                .set_link(account, GOVCLOUD, "ACTIVE")
                .unwrap();
        };
        link();
        audit(&world, "before").await;
        if is_news {
            breaks_off(&world, &govcloud_audit("monday")).await;
            world.simulator.clear_link(account).unwrap();
        } else {
            world.simulator.clear_link(account).unwrap();
            breaks_off(&world, &govcloud_audit("monday")).await;
            link();
        }
        audit(&world, "tuesday").await;
        let told = messages(&world, "GovCloudFindings").len();
        assert_eq!(told, usize::from(is_news));
        let resume = json!({"kind": "govcloud", "resume": "monday"});
        let resume = Sweeping::new("wednesday", resume);
        assert_eq!(outcome(&world, &resume).await, "complete");
        assert_eq!(messages(&world, "GovCloudFindings").len(), told);
        let expected: &[&str] = if is_news { &["vanished"] } else { &[] };
        assert_eq!(findings(&rows(&world, "wednesday")[account]), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn an_audit_is_resumed_where_no_later_one_has_told() {
    let world = world(120);
    breaks_off(&world, &govcloud_audit("first")).await;
    world.simulator.reset_calls();
    let resume = json!({"kind": "govcloud", "resume": "first"});
    let resume = Sweeping::new("second", resume);
    assert_eq!(outcome(&world, &resume).await, "complete");
    let calls = world.simulator.calls();
    assert_eq!(calls["GetGovCloudAccountInformation"].calls, 20);
    assert_eq!(count(&world, "second", "notLinked"), 120);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_not_available_is_asked_for_again_and_never_taken_for_none() {
    let world = world(12);
    let accounts = members(&world);
    for account in &accounts[..2] {
        world
            .simulator
            .set_link(account, GOVCLOUD, "ACTIVE")
            .unwrap();
    }
    audit(&world, "before").await;
    world
        .simulator
        .set_link_unavailable(&accounts[0], Some(1))
        .unwrap();
    world
        .simulator
        .set_link_unavailable(&accounts[1], None)
        .unwrap();
    audit(&world, "s").await;
    let table = rows(&world, "s");
    assert_eq!(table[&accounts[0]]["govCloud"]["link"], "linked");
    assert_eq!(table[&accounts[1]]["govCloud"]["link"], "unknown");
    assert_eq!(
        table[&accounts[1]]["govCloud"]["reason"],
        "the link is not available now"
    );
    // What was found of it before stands.
    assert_eq!(messages(&world, "GovCloudFindings").len(), 1);
    assert!(messages(&world, "GovCloudLinkChanged").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_aws_refuses_or_garbles_is_unknown() {
    let world = world(12);
    let accounts = members(&world);
    world
        .simulator
        .set_link(&accounts[0], "", "ACTIVE")
        .unwrap();
    world
        .simulator
        .set_link(&accounts[1], GOVCLOUD, "A_STATE_OF_TOMORROW")
        .unwrap();
    world.simulator.set_faults(vec![simulator::Fault {
        account: Some(accounts[2].clone()),
        ..simulator::Fault::on(
            "GetGovCloudAccountInformation",
            simulator::Calls::Every,
            simulator::FaultKind::Denied,
        )
    }]);
    assert_eq!(outcome(&world, &govcloud_audit("s")).await, "incomplete");
    assert_eq!(count(&world, "s", "unfinished"), 1);
    let table = rows(&world, "s");
    let link = |index: usize| &table[&accounts[index]]["govCloud"];
    assert_eq!(link(0)["link"], "unknown");
    assert_eq!(
        link(0)["reason"],
        "the answer has no valid GovCloud account id"
    );
    assert_eq!(link(1)["govCloudState"], "A_STATE_OF_TOMORROW");
    assert_eq!(link(2)["reason"], "Denied");
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_link_is_asked_for_again() {
    const READ: &str = "GetGovCloudAccountInformation";
    for refusal in [Refusal::Hollow, Refusal::Garbled] {
        let world = world(12);
        world.refuse(READ, refusal);
        let ended = world
            .sweep_with(&govcloud_audit("s"), &mut |world, step, _| {
                if step == "collect" {
                    world.allow(READ);
                }
            })
            .await;
        assert_eq!(done(ended), "complete", "{refusal:?}");
        assert_eq!(count(&world, "s", "notLinked"), 12, "{refusal:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_creation_request_reported_is_held_against_the_link() {
    let world = world(5);
    let poller = world.cold_poller(&[]);
    world.run(&poller, json!({"job": "tick"})).await;
    let before = world.simulator.accounts();
    let request = world.simulator.start(simulator::Start {
        govcloud: true,
        duration: Some(Duration::from_secs(3)),
        ..simulator::Start::default()
    });
    tokio::time::sleep(Duration::from_secs(60)).await;
    world.run(&poller, json!({"job": "tick"})).await;
    let accounts = world.simulator.accounts().into_keys();
    let account = accounts
        .into_iter()
        .find(|id| !before.contains_key(id))
        .unwrap();
    let _ = request;
    world.simulator.clear_link(&account).unwrap();
    audit(&world, "first").await;
    assert_eq!(
        findings(&rows(&world, "first")[&account]),
        ["pairNotLinked"]
    );
    world
        .simulator
        .set_link(&account, GOVCLOUD, "ACTIVE")
        .unwrap();
    audit(&world, "second").await;
    assert_eq!(
        findings(&rows(&world, "second")[&account]),
        ["otherThanReported"]
    );
}

#[tokio::test(start_paused = true)]
async fn pending_for_too_long_is_a_finding() {
    let world = world(5);
    let account = &members(&world)[0];
    world
        .simulator
        .set_link(account, GOVCLOUD, "PENDING_ACTIVATION")
        .unwrap();
    audit(&world, "first").await;
    assert!(findings(&rows(&world, "first")[account]).is_empty());
    tokio::time::sleep(Duration::from_secs(8 * 24 * 3_600)).await;
    audit(&world, "second").await;
    assert_eq!(
        findings(&rows(&world, "second")[account]),
        ["pendingTooLong"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_person_asks_about_single_accounts() {
    let world = world(5);
    let account = &members(&world)[0];
    world
        .simulator
        .set_link(account, GOVCLOUD, "ACTIVE")
        .unwrap();
    // One of them twice.
    let management = simulator::MANAGEMENT_ACCOUNT_ID;
    let payload = json!({"accounts": [account, account, management, "123456789012"]});
    let auditor = world.cold_auditor(&[]);
    let answer = world
        .audit(&auditor, payload, Duration::from_secs(180))
        .await
        .unwrap()
        .unwrap();
    let found = |id: &str| {
        let answers = answer.as_array().unwrap().iter();
        let mut answers = answers.filter(|it| it["id"] == id);
        answers.next().unwrap()["found"].clone()
    };
    let link = &found(account)["link"]["observation"]["link"];
    assert_eq!(link["govCloudAccountId"], GOVCLOUD);
    let own = &found(simulator::MANAGEMENT_ACCOUNT_ID)["link"]["observation"];
    assert_eq!(own["link"]["link"], "notLinked");
    assert_eq!(
        found("123456789012")["later"],
        "not an account of this organization"
    );
    // The management account is asked about without its id.
    let calls = world.calls();
    let asked = calls
        .iter()
        .filter(|call| call.operation == "GetGovCloudAccountInformation");
    for call in asked {
        assert!(
            !call.body.contains(simulator::MANAGEMENT_ACCOUNT_ID),
            "{call:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn of_many_accounts_a_person_hears_which_were_not_reached() {
    let world = world(100);
    let accounts = members(&world);
    let auditor = world.cold_auditor(&[]);
    let payload = json!({"accounts": accounts});
    let answer = world
        .audit(&auditor, payload, Duration::from_secs(30))
        .await
        .unwrap()
        .unwrap();
    let answers = answer.as_array().unwrap();
    let told: BTreeSet<_> = answers
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(answers.len(), accounts.len(), "each once");
    assert_eq!(told, accounts.iter().map(String::as_str).collect());
    let is_late = |it: &&Value| it["found"] == json!({"later": "OutOfTime"});
    let late = answers.iter().filter(is_late).count();
    assert!(0 < late && late < accounts.len(), "{late} late");
}
