//! The gate, and what a person approves.

use std::time::Duration;

use it::world::{Ended, Kill, Refusal, Sweeping, World};
use serde_json::{Value, json};
use simulator::{ContactType, Options};

use super::{
    POLICY, breaks_off, contact_sweep, count, done, has_passed, members, messages, name, outcome,
    rows, set, world, world_with, writes,
};

const HOUR: Duration = Duration::from_secs(3_600);

/// An organization on standard, and then a policy edit that would replace two thirds of its contacts.
async fn edited() -> World {
    edited_with(Duration::ZERO).await
}

/// The same where reads lag.
async fn edited_with(lag: Duration) -> World {
    let world = world_with(Options {
        accounts: 40,
        lag,
        ..Options::default()
    });
    outcome(&world, &contact_sweep("before")).await;
    tokio::time::sleep(HOUR).await;
    world.parameters.put("policy", &edit("Edited"));
    world
}

fn edit(name: &str) -> String {
    let security = format!("name: {name} Security");
    POLICY
        .replace("name: Security", &security)
        .replace("name: Billing", &format!("name: {name} Billing"))
}

fn approve(plan: &str) -> Sweeping<'static> {
    Sweeping::new("approved", json!({"apply_plan": plan}))
}

#[tokio::test(start_paused = true)]
async fn the_gate_stops_an_edit_that_replaces_most_contacts_and_a_person_lets_it_through() {
    let world = edited().await;
    let before = writes(&world);
    assert_eq!(outcome(&world, &contact_sweep("edit")).await, "gateClosed");
    assert_eq!(writes(&world), before, "nothing is written");
    assert_eq!(count(&world, "edit", "planned"), 80);
    let told = &messages(&world, "SweepFinished")[1];
    assert_eq!(told.text("/detail/sweepId"), "edit");
    let reasons = &told.body["detail"]["reasons"];
    assert_eq!(
        reasons[0],
        "80 of 120 contacts would be replaced or removed, more than 10 %"
    );

    assert_eq!(outcome(&world, &approve("edit")).await, "complete");
    assert_eq!(writes(&world), before + 80);
    assert_eq!(count(&world, "approved", "written"), 80);
    assert_eq!(count(&world, "approved", "accounts"), 40);
    for account in members(&world) {
        assert_eq!(name(&world, &account, "SECURITY"), "Edited Security");
    }
    // The policy has passed: from now on events may replace by it.
    tokio::time::sleep(HOUR).await;
    let account = &members(&world)[0];
    set(&world, account, ContactType::Security, "Somebody");
    let payload = json!({"accounts": [account]});
    let stamper = world.cold_stamper(&[]);
    world.stamp(&stamper, payload).await.unwrap().unwrap();
    assert_eq!(name(&world, account, "SECURITY"), "Edited Security");
}

#[tokio::test(start_paused = true)]
async fn events_replace_nothing_under_a_policy_that_no_gate_has_passed() {
    let world = edited().await;
    outcome(&world, &contact_sweep("edit")).await;
    let account = &members(&world)[0];
    let stamper = world.cold_stamper(&[]);
    let payload = json!({"accounts": [account]});
    world.stamp(&stamper, payload).await.unwrap().unwrap();
    assert_eq!(name(&world, account, "SECURITY"), "Security");
}

#[tokio::test(start_paused = true)]
async fn a_plan_whose_policy_was_edited_since_is_superseded() {
    let world = edited().await;
    outcome(&world, &contact_sweep("edit")).await;
    let before = writes(&world);
    world.parameters.put("policy", &edit("Again"));
    assert_eq!(outcome(&world, &approve("edit")).await, "superseded");
    assert_eq!(writes(&world), before);
    assert_eq!(count(&world, "approved", "superseded"), 80);
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_is_edited_between_plan_and_apply_stops_the_sweep() {
    let world = edited().await;
    let before = writes(&world);
    let mut sweep = contact_sweep("edit");
    sweep.vars = &[("MAX_CHANGE_PERCENT", "100")];
    let ended = world
        .sweep_with(&sweep, &mut |world, step, state| {
            if step == "batches" && state["phase"] == "apply" {
                world.parameters.put("policy", &edit("Again"));
            }
        })
        .await;
    assert_eq!(done(ended), "superseded");
    assert_eq!(writes(&world), before);
}

#[tokio::test(start_paused = true)]
async fn what_a_newer_policy_no_longer_asks_for_is_superseded_too() {
    let world = edited().await;
    let before = writes(&world);
    let is_asked = |line: &&str| !line.contains("BILLING") && !line.contains("SECURITY");
    let newer: Vec<_> = POLICY.lines().filter(is_asked).collect();
    let mut sweep = contact_sweep("edit");
    sweep.vars = &[("MAX_CHANGE_PERCENT", "100")];
    let ended = world
        .sweep_with(&sweep, &mut |world, step, state| {
            if step == "batches" && state["phase"] == "apply" {
                world.parameters.put("policy", &newer.join("\n"));
            }
        })
        .await;
    assert_eq!(done(ended), "superseded");
    assert_eq!(writes(&world), before);
}

/// The contacts that a batch wrote before it died are told, although the policy does not name them any more when the next round
/// comes to them.
#[tokio::test(start_paused = true)]
async fn what_a_batch_that_died_wrote_is_told_as_written_under_whatever_policy() {
    let unnamed = "version: 1\n".to_owned();
    let mut excluded = edit("Edited") + "exclude: {accounts: [";
    excluded.extend(members(&world(40)).iter().map(|it| format!("\"{it}\", ")));
    excluded += "]}\n";
    let policies = [unnamed, excluded, edit("Newer")];
    let lags = [0, 120].map(Duration::from_secs);
    for (newer, lag) in policies.iter().flat_map(|it| lags.map(|lag| (it, lag))) {
        let world = edited_with(lag).await;
        outcome(&world, &contact_sweep("edit")).await;
        let before = writes(&world);
        let mut rounds = 0;
        let ended = world
            .sweep_with(&approve("edit"), &mut |world, step, state| {
                if step == "batches" && state["phase"] == "apply" {
                    rounds += 1;
                    if rounds == 2 {
                        world.spare();
                        world.parameters.put("policy", newer);
                    }
                } else if step == "batch" && rounds == 1 {
                    world.kill(150, Kill::After);
                }
            })
            .await;
        assert_eq!(done(ended), "superseded");
        let made = writes(&world) - before;
        assert!((1..80).contains(&made), "{made}");
        assert_eq!(count(&world, "approved", "written"), made as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_found_under_another_policy_does_not_count_when_a_sweep_is_resumed() {
    for is_known in [true, false] {
        let world = world(104);
        outcome(&world, &contact_sweep("before")).await;
        tokio::time::sleep(HOUR).await;
        breaks_off(&world, &contact_sweep("old")).await;
        let before = writes(&world);
        world.parameters.put("policy", &edit("Edited"));
        if is_known {
            let payload = json!({"accounts": [members(&world)[0]]});
            let stamper = world.cold_stamper(&[]);
            world.stamp(&stamper, payload).await.unwrap().unwrap();
        }
        let resume = Sweeping::new("new", json!({"kind": "contacts", "resume": "old"}));
        let ended = outcome(&world, &resume).await;
        if is_known {
            assert_eq!(ended, "gateClosed");
            assert_eq!(count(&world, "new", "planned"), 208);
        } else {
            // Four accounts were found under it, and a hundred under the other.
            assert_eq!(ended, "superseded");
        }
        assert_eq!(writes(&world), before);
        assert!(!has_passed(&world));
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_changed_since_the_plan_is_left_alone() {
    let world = edited().await;
    outcome(&world, &contact_sweep("edit")).await;
    let accounts = members(&world);
    set(&world, &accounts[0], ContactType::Security, "Surprise");
    assert_eq!(outcome(&world, &approve("edit")).await, "complete");
    assert_eq!(name(&world, &accounts[0], "SECURITY"), "Surprise");
    let lines = &rows(&world, "approved")[&accounts[0]]["contacts"];
    assert_eq!(lines[2]["done"], "surprised");
    assert_eq!(lines[0]["done"], "written");
    assert_eq!(count(&world, "approved", "surprised"), 1);
    assert_eq!(count(&world, "approved", "written"), 79);
}

#[tokio::test(start_paused = true)]
async fn a_planned_change_whose_write_is_in_doubt_is_made_in_a_later_round() {
    let world = edited().await;
    outcome(&world, &contact_sweep("edit")).await;
    let mut rounds = 0;
    let ended = world
        .sweep_with(&approve("edit"), &mut |world, step, state| {
            if step == "batches" && state["phase"] == "apply" {
                rounds += 1;
                if rounds == 1 {
                    world.refuse("PutAlternateContact", Refusal::Internal);
                } else {
                    world.allow("PutAlternateContact");
                }
            }
        })
        .await;
    assert_eq!(done(ended), "complete");
    assert_eq!(count(&world, "approved", "written"), 80);
    for account in members(&world) {
        assert_eq!(name(&world, &account, "SECURITY"), "Edited Security");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_when_a_plan_is_applied_is_unknown_and_no_surprise() {
    let world = edited().await;
    outcome(&world, &contact_sweep("edit")).await;
    let victim = members(&world)[4].clone();
    let kind = simulator::FaultKind::BareError;
    world.simulator.set_faults(vec![simulator::Fault {
        account: Some(victim.clone()),
        ..simulator::Fault::on("GetAlternateContact", simulator::Calls::Every, kind)
    }]);
    assert_eq!(outcome(&world, &approve("edit")).await, "complete");
    assert_eq!(count(&world, "approved", "written"), 78);
    assert_eq!(count(&world, "approved", "unknown"), 2);
    let lines = &rows(&world, "approved")[&victim]["contacts"];
    assert_eq!(lines[2]["found"], "unknown");
    assert_eq!(lines[2]["done"], "nothing");
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_closes_the_gate_too() {
    let world = world(20);
    let fault = simulator::Fault::on(
        "GetAlternateContact",
        simulator::Calls::Range {
            from: 1,
            to: Some(12),
        },
        simulator::FaultKind::BareError,
    );
    world.simulator.set_faults(vec![fault]);
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "gateClosed");
    assert_eq!((count(&world, "s", "unknown"), writes(&world)), (12, 0));
}

#[tokio::test(start_paused = true)]
async fn accounts_that_nobody_could_look_at_close_the_gate() {
    let world = world(20);
    let policy = POLICY.replace("name: Security", "name: \"{tag:team}\"");
    world.parameters.put("policy", &policy);
    let fault = simulator::Fault::on(
        "ListTagsForResource",
        simulator::Calls::Every,
        simulator::FaultKind::Denied,
    );
    world.simulator.set_faults(vec![fault]);
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "gateClosed");
    let told = &messages(&world, "SweepFinished")[0];
    let reasons = &told.body["detail"]["reasons"];
    assert_eq!(
        reasons[0],
        "20 of 20 contacts are not known, more than 10 %"
    );
    assert_eq!(count(&world, "s", "uncovered"), 20);
    assert!(!has_passed(&world));
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_not_there_is_refused_by_name() {
    let world = world(3);
    assert_eq!(
        world.sweep(&approve("nowhere")).await,
        Ended::Failed("NoSuchSweep".to_owned())
    );
    let told = &messages(&world, "SweepFailed")[0];
    assert_eq!(told.text("/detail/step"), "begin");
    assert_eq!(told.text("/detail/error"), "NoSuchSweep");
    // The lock was given back.
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "complete");
}

/// How many accounts the parts hold of what an earlier sweep found.
fn parts(world: &World, sweep: &str) -> Vec<usize> {
    let read = |key: &str| -> Value {
        let text = world.objects.get(&format!("own/{key}")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let items = read(&format!("sweeps/{sweep}/plan-0/items.json"));
    let items = items.as_array().unwrap().iter();
    let parts = items.map(|item| read(item["result"].as_str().unwrap()));
    let parts = parts.map(|part| part["accounts"].as_array().unwrap().len());
    parts.collect()
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_sweep_found_is_kept_in_parts_that_can_be_read_again() {
    let world = world(250);
    let mut dry = contact_sweep("dry");
    dry.vars = &[("SWEEP_DRY_RUN", "true")];
    assert_eq!(outcome(&world, &dry).await, "dryRun");
    assert_eq!(outcome(&world, &approve("dry")).await, "complete");
    assert_eq!(parts(&world, "approved"), [100, 100, 50]);
    assert_eq!(count(&world, "approved", "accounts"), 250);
    assert_eq!(count(&world, "approved", "written"), 750);

    tokio::time::sleep(HOUR).await;
    breaks_off(&world, &contact_sweep("old")).await;
    let resume = Sweeping::new("new", json!({"kind": "contacts", "resume": "old"}));
    assert_eq!(outcome(&world, &resume).await, "complete");
    assert_eq!(parts(&world, "new"), [100, 50]);
    assert_eq!(count(&world, "new", "covered"), 250);
    assert_eq!(count(&world, "new", "match"), 750);
}
