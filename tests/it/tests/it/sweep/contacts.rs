//! The contact sweep: plan, gate, apply, report.

use it::world::{Ended, Refusal, Sweeping};
use serde_json::json;
use simulator::{AccountState, Calls, ContactType, Fault, FaultKind, Options};

use super::{
    contact_sweep, count, members, messages, name, outcome, report, rows, set, world, world_with,
    writes,
};

#[tokio::test(start_paused = true)]
async fn every_account_is_brought_on_standard_and_a_second_sweep_changes_nothing() {
    let world = world(230);
    assert_eq!(outcome(&world, &contact_sweep("first")).await, "complete");
    assert_eq!(writes(&world), 3 * 230);
    for word in ["accounts", "covered"] {
        assert_eq!(count(&world, "first", word), 230, "{word}");
    }
    assert_eq!(count(&world, "first", "written"), 3 * 230);
    for account in members(&world) {
        assert_eq!(name(&world, &account, "SECURITY"), "Security");
    }
    tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
    assert_eq!(outcome(&world, &contact_sweep("second")).await, "complete");
    assert_eq!(writes(&world), 3 * 230);
    assert_eq!(count(&world, "second", "match"), 3 * 230);
    // One message a sweep, and none an account.
    assert_eq!(world.messages().len(), 2);
    let finished = &messages(&world, "SweepFinished")[0];
    assert_eq!(
        finished.text("/detail/report"),
        "s3://own/sweeps/first/report.html"
    );
    assert_eq!(finished.body["detail"]["counts"]["written"], 3 * 230);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_writes_nothing_and_says_what_it_would_do() {
    let world = world(20);
    let mut sweep = contact_sweep("dry");
    sweep.vars = &[("SWEEP_DRY_RUN", "true")];
    assert_eq!(outcome(&world, &sweep).await, "dryRun");
    assert_eq!(writes(&world), 0);
    assert_eq!(count(&world, "dry", "planned"), 60);
}

#[tokio::test(start_paused = true)]
async fn accounts_out_of_use_are_listed_as_skipped() {
    for old_status in [false, true] {
        let world = world(10);
        world.simulator.set_old_status(old_status);
        let accounts = members(&world);
        world
            .simulator
            .set_state(&accounts[0], AccountState::Suspended)
            .unwrap();
        outcome(&world, &contact_sweep("s")).await;
        let row = &rows(&world, "s")[&accounts[0]];
        assert_eq!(row["accountState"], "SUSPENDED");
        assert_eq!(row["skipped"], "the account is suspended");
        assert_eq!(count(&world, "s", "skipped"), 1);
        assert_eq!(count(&world, "s", "accounts"), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_contacts_that_differ_are_written() {
    let world = world(30);
    outcome(&world, &contact_sweep("first")).await;
    tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
    let account = &members(&world)[3];
    set(&world, account, ContactType::Security, "Somebody");
    let before = writes(&world);
    assert_eq!(outcome(&world, &contact_sweep("second")).await, "complete");
    assert_eq!(writes(&world), before + 1);
    assert_eq!(name(&world, account, "SECURITY"), "Security");
    let line = |contact: &str, found: &str, done: &str| json!({"contact": contact, "found": found, "done": done});
    let lines = &rows(&world, "second")[account]["contacts"];
    assert_eq!(lines[0], line("BILLING", "match", "nothing"));
    assert_eq!(lines[2]["found"], "drift");
    assert_eq!(lines[2]["done"], "written");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_stays_throttled_is_not_complete_and_is_planned_anew() {
    for is_stopped in [false, true] {
        let world = world(10);
        let victim = &members(&world)[4];
        let put = Fault::on("PutAlternateContact", Calls::Every, FaultKind::Throttle);
        world.simulator.set_faults(vec![put.about(victim)]);
        let ended = world
            .sweep_with(&contact_sweep("first"), &mut |world, step, state| {
                if is_stopped && step == "collect" && state["phase"] == "apply" {
                    world.refuse("PutObject", Refusal::Denied);
                }
            })
            .await;
        if is_stopped {
            assert_eq!(ended, Ended::Failed("Denied".to_owned()));
            world.allow("PutObject");
        } else {
            assert_eq!(super::done(ended), "incomplete");
            assert_eq!(rows(&world, "first")[victim]["unfinished"], true);
            let words = ["covered", "unfinished", "uncovered", "written"];
            let counts = words.map(|word| count(&world, "first", word));
            assert_eq!(counts, [10, 1, 0, 27]);
            // An alarm looks at it.
            let metrics = world.metrics().into_iter();
            let uncovered = metrics.filter(|line| line["UncoveredAccounts"] == 1);
            assert_eq!(uncovered.count(), 1);
        }
        world.simulator.set_faults(Vec::new());
        let resume = Sweeping::new("second", json!({"kind": "contacts", "resume": "first"}));
        assert_eq!(outcome(&world, &resume).await, "complete");
        assert_eq!(name(&world, victim, "SECURITY"), "Security");
        assert_eq!(count(&world, "second", "written"), 30);
        assert_eq!(count(&world, "second", "unfinished"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn units_are_asked_for_where_aws_gives_no_paths() {
    let world = world(60);
    world.simulator.set_paths(false);
    assert_eq!(outcome(&world, &contact_sweep("plain")).await, "complete");
    let calls = world.simulator.calls();
    assert!(!calls.contains_key("ListParents"), "no layer names a unit");

    let unit = "ou-exam-00000001";
    let policy = format!("{}exclude: {{units: [{unit}]}}\n", super::POLICY);
    world.parameters.put("policy", &policy);
    tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
    assert_eq!(outcome(&world, &contact_sweep("units")).await, "complete");
    // Each account once, and each unit once, however many accounts lie in it.
    let asked = world.simulator.calls()["ListParents"].calls;
    assert!((60..75).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn tags_are_read_in_the_batches_and_only_where_the_policy_uses_them() {
    let tagged = world(5);
    outcome(&tagged, &contact_sweep("s")).await;
    assert!(!tagged.simulator.calls().contains_key("ListTagsForResource"));
    let policy = super::POLICY.replace("name: Security", "name: \"{tag:team}\"");
    tagged.parameters.put("policy", &policy);
    for account in members(&tagged) {
        let tags = [("team".to_owned(), "Red".to_owned())];
        tagged.simulator.set_tags(&account, tags.into()).unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
    let mut sweep = contact_sweep("t");
    sweep.vars = &[("MAX_CHANGE_PERCENT", "100")];
    outcome(&tagged, &sweep).await;
    // The management account has no such tag, and nothing to apply.
    assert_eq!(tagged.simulator.calls()["ListTagsForResource"].calls, 5 + 4);
    assert_eq!(name(&tagged, &members(&tagged)[0], "SECURITY"), "Red");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_lags_causes_no_second_write() {
    let world = world_with(Options {
        accounts: 20,
        lag: std::time::Duration::from_secs(200),
        ..Options::default()
    });
    outcome(&world, &contact_sweep("first")).await;
    // What was just written cannot be read yet: the second sweep waits for it, and writes nothing.
    outcome(&world, &contact_sweep("second")).await;
    assert_eq!(writes(&world), 60);
    assert_eq!(count(&world, "second", "match"), 60);
}

#[tokio::test(start_paused = true)]
async fn the_report_holds_no_contact_and_no_name() {
    let world = world(8);
    let account = &members(&world)[0];
    set(&world, account, ContactType::Security, "Canary");
    let log = crate::log::start();
    outcome(&world, &contact_sweep("s")).await;
    let log = log.text();
    assert!(
        log.contains("organization_sweep"),
        "nothing is logged: {log}"
    );
    assert!(!log.to_lowercase().contains("canary"), "{log}");
    let inventory = world.objects.get("own/sweeps/s/inventory.json").unwrap();
    let inventory: Vec<serde_json::Value> = serde_json::from_str(&inventory).unwrap();
    // The management account's name here is a word of messages.
    for name in inventory.iter().filter_map(|it| it["name"].as_str()) {
        assert!(
            name == "Management" || !log.contains(name),
            "{name} in {log}"
        );
    }
    for file in [
        "report.json",
        "report.csv",
        "report.html",
        "plan.json",
        "state.json",
    ] {
        let text = world.objects.get(&format!("own/sweeps/s/{file}")).unwrap();
        assert!(!text.to_lowercase().contains("canary"), "{file}");
        assert!(!text.contains("Example"), "{file}");
    }
    for message in world.messages() {
        assert!(!message.body.to_string().to_lowercase().contains("canary"));
    }
    assert_eq!(report(&world, "s")["version"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_hangs_until_its_batch_ends_is_no_contest() {
    let world = world(12);
    let hang = Fault::on("PutAlternateContact", Calls::Every, FaultKind::Timeout);
    world.simulator.set_faults(vec![hang]);
    for sweep in ["one", "two", "three", "four"] {
        assert_eq!(outcome(&world, &contact_sweep(sweep)).await, "incomplete");
        tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    }
    world.simulator.set_faults(Vec::new());
    assert_eq!(outcome(&world, &contact_sweep("after")).await, "complete");
    assert_eq!(count(&world, "after", "written"), 3 * 12);
}

#[tokio::test(start_paused = true)]
async fn an_account_of_which_aws_gives_no_state_is_asked_for_again() {
    let world = world(3);
    world.refuse("ListAccounts", Refusal::AccountWithoutState);
    world.refuse("DescribeAccount", Refusal::Hollow);
    // Of all accounts, nothing is known of one.
    assert_eq!(outcome(&world, &contact_sweep("vague")).await, "gateClosed");
    world.allow("DescribeAccount");
    assert_eq!(outcome(&world, &contact_sweep("told")).await, "complete");
    assert_eq!(count(&world, "told", "written"), 3);
}
