//! AWS saying no is never read as "absent".

use it::world::{Refusal, World};
use serde_json::json;
use simulator::{AccountState, Calls, Fault, FaultKind, Options};

use super::{
    POLICY, created, delivery, new_account, outcome, pass, run, stored, world, world_with, writes,
};

#[tokio::test(start_paused = true)]
async fn a_contact_that_cannot_be_read_is_unknown_and_not_written() {
    for (kind, reason) in [
        (FaultKind::Denied, "Denied"),
        (FaultKind::Throttle, "Throttled"),
        (FaultKind::Internal, "Unavailable"),
        (FaultKind::Timeout, "Unavailable"),
        // Some refusals come without a code.
        (FaultKind::BareError, "Refused"),
    ] {
        let world = world();
        let account = new_account(&world).await;
        pass(3_600).await;
        world
            .simulator
            .set_faults(vec![Fault::on("GetAlternateContact", Calls::Every, kind)]);
        let report = run(&world, &world.cold_stamper(&[]), &account).await;
        assert_eq!(outcome(&report, "SECURITY"), "unknown nothing", "{kind:?}");
        assert_eq!(report["contacts"]["SECURITY"]["reason"], reason, "{kind:?}");
        assert_eq!(writes(&world), 0, "{kind:?}");
        // Only what may pass comes again: an old account that is denied stays denied.
        let again = world
            .deliver(
                &world.cold_stamper(&[]),
                &[delivery("1", &created(&account))],
            )
            .await;
        assert_eq!(
            again.is_empty(),
            ["Denied", "Refused"].contains(&reason),
            "{kind:?}"
        );
        world.simulator.set_faults(Vec::new());
        run(&world, &world.cold_stamper(&[]), &account).await;
        assert_eq!(
            stored(&world, &account, "SECURITY")["Name"],
            "Canary Security"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_young_account_that_is_denied_waits_in_the_queue() {
    let options = Options {
        young_denied: std::time::Duration::from_secs(200),
        ..Options::default()
    };
    let world = world_with(options, POLICY);
    let account = new_account(&world).await;
    deliver(&world, &account).await;
    let waits: Vec<_> = world
        .queue
        .held_back()
        .into_iter()
        .map(|(_, seconds)| seconds)
        .collect();
    assert_eq!(waits, [30, 60, 120]);
    assert_eq!(
        stored(&world, &account, "SECURITY")["Name"],
        "Canary Security"
    );
}

/// Tells of a new account until it is stamped, or the record would be a dead letter: `maxReceiveCount` in the template.
async fn deliver(world: &World, account: &str) {
    let stamper = world.cold_stamper(&[]);
    for receives in 1..=12 {
        let mut record = delivery("1", &created(account));
        record.receives = receives;
        if world.deliver(&stamper, &[record]).await.is_empty() {
            return;
        }
        let (_, seconds) = *world.queue.held_back().last().unwrap();
        pass(seconds).await;
    }
}

/// AWS may deny for half an hour.
#[tokio::test(start_paused = true)]
async fn a_young_account_that_is_denied_for_long_is_no_dead_letter() {
    let options = Options {
        young_denied: std::time::Duration::from_secs(30 * 60),
        ..Options::default()
    };
    let world = world_with(options, POLICY);
    let account = new_account(&world).await;
    deliver(&world, &account).await;
    assert_eq!(
        stored(&world, &account, "SECURITY")["Name"],
        "Canary Security"
    );
}

#[tokio::test(start_paused = true)]
async fn accounts_out_of_use_or_out_of_the_organization_are_skipped() {
    let world = world();
    let account = new_account(&world).await;
    world
        .simulator
        .set_state(&account, AccountState::Suspended)
        .unwrap();
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(report["skipped"], "the account is SUSPENDED");
    let report = run(&world, &world.cold_stamper(&[]), "123456789012").await;
    assert_eq!(report["skipped"], "not an account of this organization");
    assert_eq!(writes(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_refused_write_does_not_keep_the_others_back_and_is_not_announced() {
    let world = world();
    let account = new_account(&world).await;
    world.simulator.set_faults(vec![Fault::on(
        "PutAlternateContact",
        Calls::List(vec![1]),
        FaultKind::Denied,
    )]);
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "BILLING"), "missing planned");
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
    let changes = |index: usize| world.messages()[index].body["detail"]["changes"].clone();
    assert_eq!(
        changes(0),
        json!([{"contact": "SECURITY", "change": "added"}])
    );
    // It is not taken for a write that cannot be read yet.
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "BILLING"), "missing written");
    assert_eq!(
        changes(1),
        json!([{"contact": "BILLING", "change": "added"}])
    );
}

#[tokio::test(start_paused = true)]
async fn trusted_access_that_is_off_is_named() {
    let world = world();
    let account = new_account(&world).await;
    world.simulator.set_trusted_access(false);
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(report["contacts"]["SECURITY"]["reason"], "TrustedAccessOff");
}

#[tokio::test(start_paused = true)]
async fn two_copies_at_once_stay_within_the_quotas() {
    let options = Options {
        quotas: true,
        accounts: 60,
        ..Options::default()
    };
    let world = world_with(options, POLICY);
    let accounts: Vec<_> = world.simulator.accounts().into_keys().collect();
    let (one, two) = accounts.split_at(30);
    let payload = |accounts: &[String]| json!({"accounts": accounts});
    let (left, right) = (world.cold_stamper(&[]), world.cold_stamper(&[]));
    let ends = tokio::join!(
        world.stamp(&left, payload(one)),
        world.stamp(&right, payload(two))
    );
    assert!(ends.0.unwrap().is_ok() && ends.1.unwrap().is_ok());
    assert_eq!(writes(&world), 120);
    let throttled: Vec<_> = world
        .simulator
        .calls()
        .into_iter()
        .filter(|(_, count)| count.throttled > 0)
        .collect();
    assert!(throttled.is_empty(), "{throttled:?}");
}

#[tokio::test(start_paused = true)]
async fn only_what_may_not_pass_is_logged_as_an_error() {
    let log = crate::log::start();
    // Ids of its own: all tests write into one log.
    for (seed, young, level) in [(77_001, true, "WARN"), (77_002, false, "ERROR")] {
        let options = Options {
            seed,
            ..Options::default()
        };
        let world = world_with(options, POLICY);
        let account = new_account(&world).await;
        if !young {
            pass(30 * 86_400).await;
        }
        for operation in ["GetAlternateContact", "PutAlternateContact"] {
            let fault = Fault::on(operation, Calls::Every, FaultKind::Denied);
            world.simulator.set_faults(vec![fault]);
            let record = [delivery(operation, &created(&account))];
            world.deliver(&world.cold_stamper(&[]), &record).await;
            let text = log.text();
            let lines = text.lines().filter(|line| line.contains(&account));
            let mut denied =
                lines.filter(|line| line.contains("Denied") && line.contains(operation));
            let line = denied.next().unwrap();
            assert!(line.contains(level), "{line}");
            assert!(line.contains("contact=\""), "{line}");
            assert!(denied.all(|line| line.contains(level)), "{text}");
        }
    }
}

/// What the last attempt is told does not take back what the first one did.
#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_was_lost_is_announced_although_its_next_attempts_were_refused() {
    for breaks_off in [false, true] {
        let world = world();
        let account = new_account(&world).await;
        let put = |calls, kind| Fault::on("PutAlternateContact", Calls::List(calls), kind);
        let mut faults = vec![put(vec![2, 3, 4], FaultKind::Throttle)];
        if breaks_off {
            world.break_off("PutAlternateContact");
        } else {
            faults.push(put(vec![1], FaultKind::Lost));
        }
        world.simulator.set_faults(faults);
        let record = [delivery("1", &created(&account))];
        let stamper = world.cold_stamper(&[]);
        assert_eq!(world.deliver(&stamper, &record).await, ["1"]);
        pass(600).await;
        assert!(world.deliver(&stamper, &record).await.is_empty());
        let changes = |kind: &str| {
            let messages = world.messages().into_iter();
            let changes =
                messages.flat_map(|it| it.body["detail"]["changes"].as_array().cloned().unwrap());
            changes.filter(|change| change["contact"] == kind).count()
        };
        for kind in ["BILLING", "SECURITY"] {
            assert_eq!(changes(kind), 1, "{kind} {breaks_off}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_denies_a_young_account_its_record_comes_again() {
    for operation in [
        "DescribeAccount",
        "GetAlternateContact",
        "PutAlternateContact",
    ] {
        let world = world();
        let account = new_account(&world).await;
        let fault = Fault::on(operation, Calls::Every, FaultKind::Denied);
        world.simulator.set_faults(vec![fault]);
        let record = [delivery("1", &created(&account))];
        let stamper = world.cold_stamper(&[]);
        assert_eq!(world.deliver(&stamper, &record).await, ["1"], "{operation}");
        assert!(world.messages().is_empty(), "{operation}");
        world.simulator.set_faults(Vec::new());
        assert!(
            world.deliver(&stamper, &record).await.is_empty(),
            "{operation}"
        );
        assert_eq!(
            stored(&world, &account, "SECURITY")["Name"],
            "Canary Security"
        );
        assert_eq!(world.messages().len(), 1, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_comes_again_soon_whatever_failed() {
    for (operation, refusal) in [
        ("Publish", Refusal::Denied),
        ("GetItem", Refusal::Denied),
        ("TransactWriteItems", Refusal::Internal),
    ] {
        let world = world();
        let account = new_account(&world).await;
        let stamper = world.cold_stamper(&[]);
        world.refuse(operation, refusal);
        let record = [delivery("1", &created(&account))];
        assert_eq!(world.deliver(&stamper, &record).await, ["1"], "{operation}");
        assert_eq!(
            world.queue.held_back(),
            [("1".to_owned(), 30)],
            "{operation}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn one_account_that_fails_does_not_keep_a_persons_others_back() {
    let world = world();
    let accounts = [new_account(&world).await, new_account(&world).await];
    let stamper = world.cold_stamper(&[]);
    // Reads the policy and the key.
    run(&world, &stamper, &accounts[1]).await;
    world.refuse("PutItem", Refusal::Denied);
    let answer = world.stamp(&stamper, json!({"accounts": accounts})).await;
    let reports = answer.unwrap().unwrap();
    assert_eq!(outcome(&reports[0], "SECURITY"), "missing planned");
    assert_eq!(reports[0]["contacts"]["SECURITY"]["reason"], "Denied");
    assert_eq!(outcome(&reports[1], "SECURITY"), "match nothing");
}

#[tokio::test(start_paused = true)]
async fn a_person_is_told_which_accounts_the_time_was_too_short_for() {
    let options = Options {
        accounts: 900,
        quotas: true,
        ..Options::default()
    };
    let world = world_with(options, POLICY);
    let accounts: Vec<_> = world.simulator.accounts().into_keys().collect();
    let answer = world
        .stamp(&world.cold_stamper(&[]), json!({"accounts": accounts}))
        .await;
    let reports = answer.unwrap().unwrap();
    let reports = reports.as_array().unwrap();
    assert_eq!(reports.len(), accounts.len());
    let (done, late): (Vec<_>, Vec<_>) = reports
        .iter()
        .partition(|report| report.get("skipped").is_none());
    assert!(!done.is_empty());
    assert!(!late.is_empty());
    for report in late {
        assert_eq!(report["skipped"], "OutOfTime");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_holds_no_contact_does_not_say_that_there_is_none() {
    for refusal in [Refusal::Hollow, Refusal::Garbled] {
        says_nothing_of_the_contact(refusal).await;
    }
}

async fn says_nothing_of_the_contact(refusal: Refusal) {
    let policies = [
        POLICY.to_owned() + "  primary: {mode: enforce, fields: {city: Canary City}}\n",
        POLICY.replace("mode: enforce", "mode: absent"),
    ];
    for (policy, operation, contact) in [
        (&policies[0], "GetAlternateContact", "SECURITY"),
        (&policies[0], "GetContactInformation", "PRIMARY"),
        (&policies[1], "GetAlternateContact", "SECURITY"),
    ] {
        let world = world_with(Options::default(), policy);
        let account = new_account(&world).await;
        world.refuse(operation, refusal);
        let stamper = world.cold_stamper(&[]);
        let answer = world.stamp(&stamper, json!({"accounts": [account], "dry_run": true}));
        let report = answer.await.unwrap().unwrap()[0].clone();
        assert_eq!(outcome(&report, contact), "unknown nothing", "{refusal:?}");
        let reason = &report["contacts"][contact]["reason"];
        assert_eq!(reason, "Unavailable", "{refusal:?}");
        let record = [delivery("1", &created(&account))];
        assert_eq!(world.deliver(&stamper, &record).await, ["1"]);
        let calls = world.simulator.calls();
        let put = ["PutContactInformation", "PutAlternateContact"];
        assert!(!calls.contains_key(put[usize::from(contact != "PRIMARY")]));
        world.allow(operation);
        assert!(world.deliver(&stamper, &record).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_tags_does_not_say_that_the_account_has_none() {
    let layer = "tags:\n  - {key: stage, value: sandbox, contacts: {SECURITY: {name: Sandbox}}}\n";
    let world = world_with(Options::default(), &format!("{POLICY}{layer}"));
    let account = new_account(&world).await;
    let tags = [("stage".to_owned(), "sandbox".to_owned())];
    world.simulator.set_tags(&account, tags.into()).unwrap();
    world.refuse("ListTagsForResource", Refusal::Hollow);
    let record = [delivery("1", &created(&account))];
    let stamper = world.cold_stamper(&[]);
    assert_eq!(world.deliver(&stamper, &record).await, ["1"]);
    assert_eq!(writes(&world), 0);
    world.allow("ListTagsForResource");
    assert!(world.deliver(&stamper, &record).await.is_empty());
    assert_eq!(stored(&world, &account, "SECURITY")["Name"], "Sandbox");
}

#[tokio::test(start_paused = true)]
async fn a_broken_row_of_the_ledger_makes_only_its_own_account_wait() {
    let world = world();
    let accounts = [new_account(&world).await, new_account(&world).await];
    world.break_row(&format!("write#{}#SECURITY", accounts[0]));
    let stamper = world.cold_stamper(&[]);
    let records = [
        delivery("1", &created(&accounts[0])),
        delivery("2", &created(&accounts[1])),
    ];
    assert_eq!(world.deliver(&stamper, &records).await, ["1"]);
    let report = run(&world, &stamper, &accounts[0]).await;
    assert_eq!(report["skipped"], "LedgerRow");
    assert_eq!(writes(&world), 2);
    assert_eq!(
        stored(&world, &accounts[1], "SECURITY")["Name"],
        "Canary Security"
    );
}
