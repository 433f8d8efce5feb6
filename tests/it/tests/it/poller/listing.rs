//! A listing is whole or an error, never cut short in silence.

use it::world::{Refusal, World};
use serde_json::json;
use simulator::{Calls, Fault, FaultKind, Options};

use super::{add_history, deliveries, pass, succeed, tick, world};

const LIST: &str = "ListCreateAccountStatus";

fn list_fault(calls: Calls, kind: FaultKind) -> Vec<Fault> {
    vec![Fault::on(LIST, calls, kind)]
}

#[tokio::test(start_paused = true)]
async fn empty_pages_go_on() {
    for seed in 0..10 {
        let world = World::new(Options {
            seed,
            empty_pages: 0.5,
            ..Options::default()
        });
        add_history(&world, 100);
        let poller = world.cold_poller(&[]);
        assert_eq!(
            world.run(&poller, tick()).await.listed,
            Some(100),
            "seed {seed}"
        );
        let request = succeed(&world, 90);
        pass(60).await;
        assert_eq!(
            world.run(&poller, tick()).await.in_progress,
            1,
            "seed {seed}"
        );
        pass(60).await;
        world.run(&poller, tick()).await;
        assert_eq!(deliveries(&world), [(request, 1)].into(), "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_a_page_lists_twice_is_announced_once() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = "car-listedtwice1";
    for _ in 0..2 {
        let row = json!({"Id": request, "State": "FAILED"});
        world.simulator.add_row(row);
    }
    let summary = world.run(&poller, tick()).await;
    assert_eq!((summary.listed, summary.problems), (Some(2), 0));
    assert_eq!(deliveries(&world), [(request.to_owned(), 1)].into());
}

#[tokio::test(start_paused = true)]
async fn history_that_a_page_lists_twice_stays_silent() {
    let world = world();
    // So shortly before the start that, were it forgotten, it would be news.
    let ended = world.clock.now() - chrono::TimeDelta::minutes(30);
    let ended = ended.timestamp();
    for _ in 0..2 {
        let row = json!({"Id": "car-listedtwice1", "State": "FAILED", "CompletedTimestamp": ended});
        world.simulator.add_row(row);
    }
    for _ in 0..2 {
        let summary = world.run(&world.cold_poller(&[]), tick()).await;
        assert_eq!((summary.listed, summary.problems), (Some(2), 0));
    }
    assert!(world.messages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_repeated_token_is_a_loud_error() {
    let world = world();
    add_history(&world, 100);
    world
        .simulator
        .set_faults(list_fault(Calls::List(vec![4]), FaultKind::RepeatToken));
    let failure = world.fail(&world.cold_poller(&[]), tick()).await;
    assert!(
        failure.to_string().contains("AWS repeated a NextToken"),
        "{failure}"
    );
    assert_eq!(failure.summary.listed, None);
    // The first scan is not taken for whole, and the next tick makes it whole.
    assert_eq!(
        world.run(&world.cold_poller(&[]), tick()).await.listed,
        Some(100)
    );
    assert!(world.messages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_starts_the_listing_again() {
    let world = world();
    add_history(&world, 100);
    world
        .simulator
        .set_faults(list_fault(Calls::List(vec![4, 7]), FaultKind::ExpiredToken));
    let summary = world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!((summary.listed, summary.baseline), (Some(100), 100));
}

#[tokio::test(start_paused = true)]
async fn tokens_that_expire_for_ever_are_a_loud_error() {
    let world = world();
    add_history(&world, 100);
    world.simulator.set_faults(list_fault(
        Calls::List(vec![3, 5, 7]),
        FaultKind::ExpiredToken,
    ));
    let failure = world.fail(&world.cold_poller(&[]), tick()).await;
    assert!(
        failure
            .to_string()
            .contains("AWS refused its own NextToken three times"),
        "{failure}"
    );
}

#[tokio::test(start_paused = true)]
async fn pages_that_never_end_are_stopped_before_the_deadline() {
    let world = world();
    add_history(&world, 100);
    world
        .simulator
        .set_faults(list_fault(Calls::Every, FaultKind::Empty));
    let began = world.clock.now();
    let failure = world.fail(&world.cold_poller(&[]), tick()).await;
    let left = 900 - (world.clock.now() - began).num_seconds();
    assert!(
        failure.to_string().contains("before the Lambda deadline"),
        "{failure}"
    );
    assert!(
        (5..10).contains(&left),
        "answered {left} s before the deadline"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_list_makes_no_organization_small() {
    let world = world();
    add_history(&world, 500);
    let poller = world.cold_poller(&[]);
    assert_eq!(world.run(&poller, tick()).await.listed, Some(500));
    world.refuse(LIST, Refusal::Hollow);
    let failure = world.fail(&poller, json!({"job": "reconcile"})).await;
    assert_eq!(failure.summary.listed, None);
    world.allow(LIST);
    // A small one would be scanned at each tick.
    assert_eq!(world.run(&poller, tick()).await.listed, None);
}
