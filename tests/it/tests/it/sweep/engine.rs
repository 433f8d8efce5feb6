//! Rounds, the lock, resuming.

use std::time::Duration;

use it::world::{Ended, Fate, Kill, Refusal, Sweeping, Weather};
use serde_json::{Value, json};
use simulator::{AccountState, Calls, Fault, FaultKind, Options};

use super::{
    breaks_off, contact_sweep, count, has_passed, members, messages, outcome, report, rows, world,
    world_with, writes,
};

const FIRST: &str =
    "arn:aws:states:us-east-1:111122223333:execution:account-lifecycle-organization-sweep:first";

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_killed_is_done_in_another_round() {
    for kill in [Kill::Before, Kill::After] {
        for at in [1, 7, 60, 150, 299] {
            let world = world(120);
            let mut batches = 0;
            let ended = world
                .sweep_with(&contact_sweep("s"), &mut |world, step, _| {
                    batches += usize::from(step == "batch");
                    if step == "batch" && batches == 1 {
                        world.kill(at, kill);
                    }
                })
                .await;
            assert_eq!(super::done(ended), "complete", "{kill:?} {at}");
            assert_eq!(count(&world, "s", "written"), 360, "{kill:?} {at}");
            assert_eq!(writes(&world), 360, "{kill:?} {at}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_killed_while_it_applies_writes_nothing_twice() {
    for at in [3, 40, 200, 350] {
        let world = world(120);
        let mut applies = 0;
        let ended = world
            .sweep_with(&contact_sweep("s"), &mut |world, step, state| {
                let is_apply = state["batch"]
                    .as_str()
                    .is_some_and(|key| key.contains("/apply-"));
                applies += usize::from(step == "batch" && is_apply);
                if step == "batch" && is_apply && applies == 1 {
                    world.kill(at, Kill::After);
                }
            })
            .await;
        assert_eq!(super::done(ended), "complete", "{at}");
        assert_eq!(
            (writes(&world), count(&world, "s", "written")),
            (360, 360),
            "{at}"
        );
    }
}

/// Its results cannot be kept for a minute, and nothing of them is there: the state machine has the same batch made again,
/// seconds after it wrote.
#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_after_its_writes_is_made_again_and_writes_nothing_twice() {
    let world = world(10);
    let ended = world
        .sweep_with(&contact_sweep("s"), &mut |world, step, item| {
            let is_apply = item["batch"]
                .as_str()
                .is_some_and(|key| key.contains("/apply-"));
            if step == "batch" && is_apply {
                let (now, minute) = (Duration::ZERO, Duration::from_secs(60));
                let storm = Weather::storm(Refusal::Throttled, &["PutObject"], now, minute);
                world.set_weather(Some(storm));
            }
        })
        .await;
    assert_eq!(super::done(ended), "complete");
    let calls = world.calls().into_iter();
    let struck = calls.filter(|it| it.fate != Fate::Answered).count();
    assert!(4 < struck, "{struck} attempts, and one run makes four");
    let results = world.objects.get("own/sweeps/s/apply-1/result-1.json");
    assert!(results.is_some(), "in the first round");
    assert_eq!((writes(&world), count(&world, "s", "written")), (30, 30));
}

/// The state machine makes a batch again whose answer it did not get, and the first run may still be at work: the one that
/// ends last leaves the results.
#[tokio::test(start_paused = true)]
async fn a_batch_that_is_at_work_twice_leaves_no_write_out_of_its_results() {
    for offset in [0, 1, 5, 10, 20, 40] {
        let world = world(30);
        let refused = Fault::on("PutAlternateContact", Calls::Every, FaultKind::Denied);
        world.simulator.set_faults(vec![refused]);
        assert_eq!(outcome(&world, &contact_sweep("s")).await, "complete");
        world.simulator.set_faults(Vec::new());
        world.simulator.reset_calls();
        let item = json!({
            "batch": "sweeps/s/apply-1/batch-1.json",
            "result": "sweeps/s/apply-2/result-1.json",
        });
        let payload = json!({
            "step": "batch", "sweep": "s", "kind": "contacts", "phase": "apply", "round": 2, "item": item,
        });
        let work = async |offset| {
            tokio::time::sleep(Duration::from_secs(offset)).await;
            let stamper = world.cold_stamper(&[]);
            world
                .stamp(&stamper, payload.clone())
                .await
                .unwrap()
                .unwrap();
        };
        tokio::join!(work(0), work(offset));
        let results = world.objects.get("own/sweeps/s/apply-2/result-1.json");
        let results: Value = serde_json::from_str(&results.unwrap()).unwrap();
        let mut lines = 0;
        for account in results["accounts"].as_array().unwrap() {
            for line in account["found"]["contacts"]["lines"].as_array().unwrap() {
                let is_told = line["done"] == "written" || account["again"] == true;
                assert!(is_told, "{offset}: {account}");
                lines += 1;
            }
        }
        assert_eq!((lines, writes(&world)), (90, 90), "{offset}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_hands_back_what_it_does_not_reach_in_time() {
    let world = world_with(Options {
        accounts: 150,
        latency: Duration::from_secs(1),
        ..Options::default()
    });
    let mut sweep = contact_sweep("s");
    sweep.timeout = Duration::from_secs(30);
    let mut rounds = 0;
    let ended = world
        .sweep_with(&sweep, &mut |_, step, _| {
            rounds += usize::from(step == "batches");
        })
        .await;
    assert_eq!(super::done(ended), "complete");
    assert!(rounds > 4, "{rounds} rounds");
    assert_eq!(count(&world, "s", "written"), 450);
    assert_eq!(writes(&world), 450);
}

#[tokio::test(start_paused = true)]
async fn accounts_that_stay_out_of_reach_are_left_uncovered_and_a_resumed_sweep_takes_them_up() {
    let world = world(30);
    let victim = members(&world)[4].clone();
    world.simulator.set_faults(vec![Fault {
        account: Some(victim.clone()),
        ..Fault::on("ListTagsForResource", Calls::Every, FaultKind::Internal)
    }]);
    world.parameters.put(
        "policy",
        &super::POLICY.replace("name: Security", "name: \"{tag:Name}\""),
    );
    for account in members(&world) {
        let tags = [("Name".to_owned(), "Red".to_owned())];
        world.simulator.set_tags(&account, tags.into()).unwrap();
    }
    let tags = [("Name".to_owned(), "Red".to_owned())];
    world
        .simulator
        .set_tags(simulator::MANAGEMENT_ACCOUNT_ID, tags.into())
        .unwrap();
    assert_eq!(outcome(&world, &contact_sweep("first")).await, "incomplete");
    assert_eq!(rows(&world, "first")[&victim]["uncovered"], "Unavailable");
    assert_eq!(count(&world, "first", "uncovered"), 1);
    assert_eq!(count(&world, "first", "accounts"), 30);
    assert_eq!(writes(&world), 87);
    assert!(!has_passed(&world), "nobody knows of one account");

    world.simulator.set_faults(Vec::new());
    world.simulator.reset_calls();
    let resume = Sweeping::new("second", json!({"kind": "contacts", "resume": "first"}));
    assert_eq!(outcome(&world, &resume).await, "complete");
    assert_eq!(writes(&world), 3, "only what was left");
    assert_eq!(count(&world, "second", "accounts"), 30);
    assert_eq!(count(&world, "second", "uncovered"), 0);
    let calls = world.simulator.calls();
    assert!(has_passed(&world));
    // Planned and applied; nobody else is looked at again.
    assert_eq!(calls["GetAlternateContact"].calls, 2 * 3);
}

#[tokio::test(start_paused = true)]
async fn a_resumed_sweep_makes_the_changes_that_were_only_planned() {
    let world = world(20);
    let mut dry = contact_sweep("dry");
    dry.vars = &[("SWEEP_DRY_RUN", "true")];
    assert_eq!(outcome(&world, &dry).await, "dryRun");
    let resume = Sweeping::new("second", json!({"kind": "contacts", "resume": "dry"}));
    assert_eq!(outcome(&world, &resume).await, "complete");
    assert_eq!(
        (writes(&world), count(&world, "second", "written")),
        (60, 60)
    );
}

#[tokio::test(start_paused = true)]
async fn a_resumed_sweep_lists_the_accounts_anew() {
    let world = world(120);
    outcome(&world, &contact_sweep("before")).await;
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    breaks_off(&world, &contact_sweep("first")).await;
    let accounts = members(&world);
    let (moved, closed, gone) = (&accounts[0], &accounts[1], &accounts[2]);
    // As if it had been elsewhere when the first one listed it.
    let place = "own/sweeps/first/inventory.json";
    let mut inventory: Vec<serde_json::Value> =
        serde_json::from_str(&world.objects.get(place).unwrap()).unwrap();
    let mut lines = inventory.iter_mut();
    let line = lines.find(|line| line["id"] == moved.as_str()).unwrap();
    line["units"] = json!(["ou-exam-elsewhere"]);
    let inventory = serde_json::to_string(&inventory).unwrap();
    world.objects.put(place, &inventory);
    let suspended = AccountState::Suspended;
    world.simulator.set_state(closed, suspended).unwrap();
    world.simulator.remove_account(gone).unwrap();
    let joined = world.simulator.add_accounts(1).remove(0);

    world.simulator.reset_calls();
    let resume = Sweeping::new("second", json!({"kind": "contacts", "resume": "first"}));
    assert_eq!(outcome(&world, &resume).await, "complete");
    let table = rows(&world, "second");
    assert_eq!(table.len(), 120);
    assert!(!table.contains_key(gone));
    assert_eq!(table[closed]["skipped"], "the account is suspended");
    assert_eq!(super::name(&world, &joined, "SECURITY"), "Security");
    // 20 were left, one has moved, one is new and is changed.
    let calls = world.simulator.calls();
    assert_eq!(calls["GetAlternateContact"].calls, (20 + 1 + 2) * 3);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_left_there_are_no_batches() {
    let world = world(20);
    assert_eq!(outcome(&world, &contact_sweep("first")).await, "complete");
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    let mut dry = contact_sweep("dry");
    dry.vars = &[("SWEEP_DRY_RUN", "true")];
    assert_eq!(outcome(&world, &dry).await, "dryRun");
    for (name, input) in [
        ("approved", json!({"apply_plan": "dry"})),
        ("resumed", json!({"kind": "contacts", "resume": "dry"})),
    ] {
        let mut steps = Vec::new();
        let ended = world
            .sweep_with(&Sweeping::new(name, input), &mut |_, step, _| {
                steps.push(step.to_owned());
            })
            .await;
        assert_eq!(super::done(ended), "complete", "{name}");
        assert!(!steps.contains(&"batches".to_owned()), "{name}: {steps:?}");
        assert_eq!(count(&world, name, "match"), 60, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_sweep_of_a_kind_is_refused_while_the_first_runs() {
    let world = world(3);
    let arn = "arn:aws:states:us-east-1:111122223333:execution:account-lifecycle-organization-sweep:other";
    // The first one holds the lock and is killed in its inventory; Step Functions says that it still runs.
    let ended = world
        .sweep_with(&contact_sweep("other"), &mut |world, step, _| {
            if step == "inventory" {
                world.refuse("ListAccounts", Refusal::Denied);
                world.refuse("DeleteItem", Refusal::Denied);
            }
        })
        .await;
    assert_eq!(ended, Ended::Failed("Denied".to_owned()));
    world.allow("ListAccounts");
    world.allow("DeleteItem");
    world.executions.begin(arn);
    let ended = world.sweep(&contact_sweep("second")).await;
    assert_eq!(ended, Ended::Failed("SweepRunning".to_owned()));
    // The other kind is free.
    let audit = Sweeping::new("audit", json!({"kind": "govcloud"}));
    assert_eq!(outcome(&world, &audit).await, "complete");
    // A holder that no longer runs is replaced.
    world.executions.end(arn);
    assert_eq!(outcome(&world, &contact_sweep("third")).await, "complete");
    // One that came to its end has given the lock back.
    assert_eq!(
        world.ledger_text("lock#contacts", "holder"),
        serde_json::Value::Null
    );
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_was_stopped_does_not_go_on_beside_another() {
    let world = world(250);
    let first = async {
        let sweep = contact_sweep("first");
        let mut meddle = |world: &it::world::World, step: &str, _: &serde_json::Value| {
            if step == "batches" {
                world.executions.end(FIRST);
            }
        };
        world.sweep_with(&sweep, &mut meddle).await
    };
    // By then it reads, and is redriven when the other one sweeps.
    let second = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        world.sweep(&contact_sweep("second")).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first, Ended::Failed("SweepRunning".to_owned()));
    assert_eq!(super::done(second), "complete");
    assert_eq!(count(&world, "second", "written"), 750);
    assert_eq!(messages(&world, "SweepFinished").len(), 1);
    let told = &messages(&world, "SweepFailed")[0];
    assert_eq!(told.text("/detail/step"), "collect");
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_cannot_be_read_is_not_taken_for_nobodys() {
    let world = world(5);
    let ended = world
        .sweep_with(&contact_sweep("first"), &mut |world, step, _| {
            if step == "collect" {
                world.refuse("GetItem", Refusal::Denied);
            }
        })
        .await;
    assert_eq!(ended, Ended::Failed("Denied".to_owned()));
    assert_eq!(writes(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_a_sweep_has_had_is_refused() {
    let world = world(5);
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "complete");
    let before = world.objects.get("own/sweeps/s/state.json");
    tokio::time::sleep(Duration::from_secs(90 * 24 * 3_600)).await;
    let ended = world.sweep(&contact_sweep("s")).await;
    assert_eq!(ended, Ended::Failed("ForeignEvent".to_owned()));
    assert_eq!(world.objects.get("own/sweeps/s/state.json"), before);
    assert_eq!(messages(&world, "SweepFailed").len(), 1);
    // The lock is free.
    assert_eq!(outcome(&world, &contact_sweep("t")).await, "complete");
}

#[tokio::test(start_paused = true)]
async fn steps_that_are_killed_are_made_again() {
    for step in ["begin", "inventory", "collect", "gate", "report"] {
        // To the report's last call, which gives the lock back.
        for at in 0..if step == "report" { 24 } else { 6 } {
            let world = world(5);
            let mut met = false;
            let ended = world
                .sweep_with(&contact_sweep("s"), &mut |world, now, _| {
                    if now == step && !met {
                        met = true;
                        world.kill(at, Kill::After);
                    }
                })
                .await;
            world.spare();
            assert_eq!(super::done(ended), "complete", "{step} {at}");
            assert_eq!(writes(&world), 15, "{step} {at}");
            assert_eq!(report(&world, "s")["counts"]["written"], 15, "{step} {at}");
            let ids: std::collections::BTreeSet<_> = messages(&world, "SweepFinished")
                .iter()
                .map(|message| message.id().to_owned())
                .collect();
            // An intent whose publisher died is taken up by the poller.
            assert!(ids.len() <= 1, "{step} {at}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_event_left_unannounced_is_announced_before_a_sweep_writes_over_it() {
    let world = world(3);
    let account = &members(&world)[0];
    let payload = json!({"accounts": [account]});
    world.refuse("TransactWriteItems", Refusal::Internal);
    let stamper = world.cold_stamper(&[]);
    world.stamp(&stamper, payload).await.unwrap().unwrap();
    world.allow("TransactWriteItems");
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    let newer = super::POLICY.replace("name: Security", "name: Newer");
    world.parameters.put("policy", &newer);
    let mut sweep = contact_sweep("s");
    sweep.vars = &[("MAX_CHANGE_PERCENT", "100")];
    assert_eq!(outcome(&world, &sweep).await, "complete");
    let told = &messages(&world, "ContactsStamped");
    assert_eq!(told.len(), 1);
    let summary = told[0].text("/summary");
    assert!(
        summary.ends_with("BILLING added, OPERATIONS added, SECURITY added."),
        "{summary}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_listed_or_kept_fails_the_sweep_and_is_announced() {
    for (operation, step, error) in [
        ("ListAccounts", "inventory", "Denied"),
        ("PutObject", "begin", "Denied"),
    ] {
        let world = world(5);
        world.refuse(operation, Refusal::Denied);
        let ended = world.sweep(&contact_sweep("s")).await;
        assert_eq!(ended, Ended::Failed(error.to_owned()));
        let told = &messages(&world, "SweepFailed")[0];
        assert_eq!(told.text("/detail/step"), step);
        assert_eq!(told.text("/detail/error"), error);
        assert_eq!(writes(&world), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_start_a_sweep_is_refused() {
    for input in [
        json!({}),
        json!({"kind": "everything"}),
        json!({"kind": "govcloud", "apply_plan": "x"}),
        json!({"kind": "contacts", "resume": "../x"}),
        json!({"resume": "x"}),
        json!({"kind": "contacts", "dry_run": true}),
        json!("contacts"),
    ] {
        let world = world(3);
        let ended = world.sweep(&Sweeping::new("s", input.clone())).await;
        assert_eq!(ended, Ended::Failed("ForeignEvent".to_owned()), "{input}");
    }
}
