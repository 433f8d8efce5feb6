//! Two copies of the function at the same account.

use std::collections::BTreeSet;

use it::world::Refusal;
use serde_json::Value;
use simulator::{Calls, Fault, FaultKind, Options};

use super::{
    POLICY, created, delivery, messages, new_account, outcome, pass, run, set_security, stored,
    world, world_with,
};

/// Each change that was announced, once for each announcement's id.
fn told(world: &it::world::World) -> Vec<String> {
    let announced: BTreeSet<_> = messages(world, "ContactsStamped")
        .into_iter()
        .map(|message| {
            (
                message.id().to_owned(),
                message.body["detail"]["changes"].to_string(),
            )
        })
        .collect();
    let mut told: Vec<_> = announced
        .iter()
        .flat_map(|(_, changes)| {
            let changes: Vec<Value> = serde_json::from_str(changes).unwrap();
            changes
                .into_iter()
                .map(|change| change["contact"].to_string())
        })
        .collect();
    told.sort();
    told
}

#[tokio::test(start_paused = true)]
async fn two_copies_at_one_account_announce_each_change_once() {
    for offset in 0..40 {
        let world = world();
        let account = new_account(&world).await;
        if offset % 2 == 1 {
            // The first copy hangs at its second write, and the other one sees the first.
            let fault = Fault::on(
                "PutAlternateContact",
                Calls::List(vec![2]),
                FaultKind::Timeout,
            );
            world.simulator.set_faults(vec![fault]);
        }
        let records = [
            [delivery("1", &created(&account))],
            [delivery("2", &created(&account))],
        ];
        let (left, right) = (world.cold_stamper(&[]), world.cold_stamper(&[]));
        let late = async {
            tokio::time::sleep(std::time::Duration::from_millis(offset * 25)).await;
            world.deliver(&right, &records[1]).await
        };
        let (first, second) = tokio::join!(world.deliver(&left, &records[0]), late);
        let mut again = [first, second].concat();
        while !again.is_empty() {
            pass(240).await;
            let records = records.iter().flatten();
            let records: Vec<_> = records
                .filter(|record| again.contains(&record.id))
                .cloned()
                .collect();
            again = world.deliver(&left, &records).await;
        }
        // An intent that a copy left is taken up by the poller.
        pass(20 * 60).await;
        let poller = world.cold_poller(&[]);
        world.run(&poller, serde_json::json!({"job": "tick"})).await;
        assert_eq!(told(&world), ["\"BILLING\"", "\"SECURITY\""], "{offset}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_busy_transaction_loses_no_announcement() {
    let world = world();
    let account = new_account(&world).await;
    let stamper = world.cold_stamper(&[]);
    let record = [delivery("1", &created(&account))];
    world.refuse("TransactWriteItems", Refusal::Conflict);
    assert_eq!(world.deliver(&stamper, &record).await, ["1"]);
    world.allow("TransactWriteItems");
    assert!(world.deliver(&stamper, &record).await.is_empty());
    assert_eq!(told(&world), ["\"BILLING\"", "\"SECURITY\""]);
}

#[tokio::test(start_paused = true)]
async fn what_another_copy_announced_meanwhile_is_not_left_over_again() {
    for offset in (0..20).map(|it| it * 250) {
        let world = world();
        let account = new_account(&world).await;
        let lost = Fault::on("PutAlternateContact", Calls::Every, FaultKind::Lost);
        world.simulator.set_faults(vec![lost]);
        let record = [delivery("1", &created(&account))];
        let (one, other) = (world.cold_stamper(&[]), world.cold_stamper(&[]));
        let late = async {
            tokio::time::sleep(std::time::Duration::from_millis(offset)).await;
            world.deliver(&other, &record).await
        };
        let _ = tokio::join!(world.deliver(&one, &record), late);
        world.simulator.set_faults(Vec::new());
        pass(1_080).await;
        let _ = world.deliver(&one, &record).await;
        pass(1_080).await;
        assert!(world.deliver(&one, &record).await.is_empty(), "{offset}");
        assert_eq!(told(&world), ["\"BILLING\"", "\"SECURITY\""], "{offset}");
    }
}

#[tokio::test(start_paused = true)]
async fn writes_of_which_nobody_knows_are_no_contest() {
    let world = world();
    let account = new_account(&world).await;
    let fault = Fault::on("PutAlternateContact", Calls::Every, FaultKind::Unavailable);
    world.simulator.set_faults(vec![fault]);
    for _ in 0..6 {
        run(&world, &world.cold_stamper(&[]), &account).await;
        pass(600).await;
    }
    world.simulator.set_faults(Vec::new());
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
    assert!(!stored(&world, &account, "BILLING").is_null());
}

#[tokio::test(start_paused = true)]
async fn a_write_that_hangs_until_the_time_is_up_is_no_contest() {
    // The third write is on its way when the time is up.
    let operations = "OPERATIONS: {mode: enforce, name: Operations, title: Team, emailAddress: o@canary.example.com, phoneNumber: '1'}";
    let policy = format!("{POLICY}    {operations}\n");
    let world = world_with(Options::default(), &policy);
    let account = new_account(&world).await;
    let hang = Fault::on("PutAlternateContact", Calls::Every, FaultKind::Timeout);
    world.simulator.set_faults(vec![hang]);
    let record = [delivery("1", &created(&account))];
    for _ in 0..4 {
        assert_eq!(
            world.deliver(&world.cold_stamper(&[]), &record).await,
            ["1"]
        );
        pass(1_080).await;
    }
    world.simulator.set_faults(Vec::new());
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "missing written");
}

#[tokio::test(start_paused = true)]
async fn a_write_of_which_nobody_knows_revives_no_contest_of_another_day() {
    let world = world();
    let account = new_account(&world).await;
    let stamper = world.cold_stamper(&[("EVENT_REPLACE", "true")]);
    for round in 0..3 {
        set_security(&world, &account, &format!("Somebody {round}"));
        pass(600).await;
        run(&world, &stamper, &account).await;
    }
    set_security(&world, &account, "Somebody");
    pass(25 * 60 * 60).await;
    let fault = Fault::on("PutAlternateContact", Calls::Every, FaultKind::Unavailable);
    world.simulator.set_faults(vec![fault]);
    run(&world, &stamper, &account).await;
    pass(600).await;
    world.simulator.set_faults(Vec::new());
    let report = run(&world, &stamper, &account).await;
    assert_eq!(outcome(&report, "SECURITY"), "drift written");
}
