//! A lost answer, and the order of the writes; `proof::crash` kills at every call.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;
use it::world::{End, Kill, Refusal, World};
use simulator::{Options, Outcome};

use super::{pass, start, succeed, tick, world};

fn check(world: &World, requests: &[String], kills: usize, story: &str) {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in world.messages() {
        ids.entry(message.request().to_owned())
            .or_default()
            .push(message.id().to_owned());
    }
    let announced: Vec<_> = ids.keys().collect();
    let expected: BTreeSet<_> = requests.iter().collect();
    assert_eq!(
        announced,
        expected.into_iter().collect::<Vec<_>>(),
        "{story}"
    );
    let mut repeated = 0;
    for (request, ids) in &ids {
        assert!(
            ids.iter().all(|id| *id == ids[0]),
            "{story}: {request} has several ids"
        );
        repeated += ids.len() - 1;
    }
    assert!(repeated <= kills, "{story}: {repeated} messages too many");
    let pending: Vec<_> = world
        .ledger()
        .into_iter()
        .filter(|row| row.get("pending").is_some())
        .collect();
    assert!(pending.is_empty(), "{story}: left to be done: {pending:?}");
}

/// The first scan is claimed. One that breaks off gives its claim up; one that dies there holds it for 16 minutes.
#[tokio::test(start_paused = true)]
async fn a_first_scan_that_breaks_off_is_taken_up_by_the_next_tick_whoever_dies() {
    for how in [Kill::Before, Kill::After, Kill::Answered] {
        for at in 0.. {
            let world = world();
            world.refuse("ListCreateAccountStatus", Refusal::Denied);
            world.kill(at, how);
            let killed = matches!(
                world.invoke(&world.cold_poller(&[]), tick()).await,
                End::Killed
            );
            world.spare();
            world.allow("ListCreateAccountStatus");
            pass(if killed { 17 * 60 } else { 60 }).await;
            let summary = world.run(&world.cold_poller(&[]), tick()).await;
            assert!(summary.listed.is_some(), "{how:?} at call {at}");
            if !killed {
                assert!(2 < at, "there was nothing to kill");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_kill_between_publish_and_mark_repeats_a_message() {
    let world = World::new(Options::default());
    world.run(&world.cold_poller(&[]), tick()).await;
    let request = succeed(&world, 10);
    pass(60).await;
    world.forget_calls();
    world.run(&world.cold_poller(&[]), tick()).await;
    let order: Vec<_> = world
        .calls()
        .iter()
        .map(|call| call.operation.clone())
        .collect();
    let place = |operation: &str| order.iter().rposition(|made| made == operation).unwrap();
    assert!(place("PutItem") < place("Publish"), "{order:?}");
    assert!(place("Publish") < place("UpdateItem"), "{order:?}");
    assert_eq!(world.messages().len(), 1);
    assert_eq!(world.messages()[0].request(), request);
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_stalls_past_its_claim_costs_a_second_delivery_of_the_same() {
    let world = World::new(Options::default());
    world.run(&world.cold_poller(&[]), tick()).await;
    let request = succeed(&world, 10);
    pass(60).await;
    let shell = world.cold_poller(&[]);
    let mut stalled = pin!(world.invoke(&shell, tick()));
    let published = async {
        while world.messages().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        biased;
        () = published => (),
        end = &mut stalled => panic!("{end:?} before it stalled"),
    }
    // Nobody goes on with it meanwhile, and its claim ends.
    pass(17 * 60).await;
    world.run(&world.cold_poller(&[]), tick()).await;
    let _ = stalled.await;
    assert_eq!(world.messages().len(), 2);
    assert_eq!(world.messages()[0].body, world.messages()[1].body);
    pass(17 * 60).await;
    world.run(&world.cold_poller(&[]), tick()).await;
    check(&world, &[request], 1, "stalled");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_by_a_whole_timeout_delays_and_says_so() {
    let world = World::new(Options::default());
    world.run(&world.cold_poller(&[]), tick()).await;
    let request = succeed(&world, 10);
    pass(60).await;
    let ahead = world.with_clock(TimeDelta::minutes(15));
    let failure = world.fail(&ahead.cold_poller(&[]), tick()).await;
    assert_eq!(failure.first.kind(), "OutOfTime");
    assert!(world.messages().is_empty());
    world.run(&world.cold_poller(&[]), tick()).await;
    check(&world, &[request], 0, "ahead");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_costs_neither_an_announcement_nor_time() {
    let mut lost = 0;
    for at in 0.. {
        let world = World::new(Options::default());
        world.run(&world.cold_poller(&[]), tick()).await;
        let requests = [
            start(&world, 5, Outcome::Fail("INTERNAL_FAILURE".to_owned())),
            succeed(&world, 70),
        ];
        pass(60).await;
        world.lose(at);
        world.run(&world.cold_poller(&[]), tick()).await;
        pass(60).await;
        world.run(&world.cold_poller(&[]), tick()).await;
        let story = format!("answer {at} lost");
        check(&world, &requests, 1, &story);
        if world.is_to_lose() {
            break;
        }
        lost += 1;
    }
    assert!(lost > 20, "only {lost} answers were lost");
}

#[tokio::test(start_paused = true)]
async fn what_only_an_open_row_knows_of_survives_a_kill_at_any_call() {
    for at in 0.. {
        let world = World::new(Options::default());
        world.run(&world.cold_poller(&[]), tick()).await;
        let request = succeed(&world, 10);
        world.run(&world.cold_poller(&[]), tick()).await;
        pass(60).await;
        world.simulator.forget(&request).unwrap();
        world.kill(at, Kill::Answered);
        let ended = world.invoke(&world.cold_poller(&[]), tick()).await;
        world.spare();
        for _ in 0..2 {
            pass(17 * 60).await;
            world.run(&world.cold_poller(&[]), tick()).await;
        }
        check(&world, &[request], 1, &format!("killed at call {at}"));
        if !matches!(ended, End::Killed) {
            assert!(5 < at, "only {at} calls");
            break;
        }
    }
}
