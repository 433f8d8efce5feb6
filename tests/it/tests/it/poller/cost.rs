//! What a tick costs, and that it stays within AWS's quotas.

use it::world::World;
use serde_json::json;
use simulator::Options;

use super::{add_history, calls, deliveries, pass, succeed, tick};

/// An organization with 10,000 listed requests, after its first scan, just under the published quotas.
async fn large() -> World {
    let world = World::new(Options {
        quotas: true,
        ..Options::default()
    });
    add_history(&world, 10_000);
    let began = world.clock.now();
    let summary = world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!(
        (summary.baseline, summary.listed, summary.announced),
        (10_000, Some(10_000), 0)
    );
    let seconds = (world.clock.now() - began).num_seconds();
    assert!(
        (120..150).contains(&seconds),
        "the first scan took {seconds} s"
    );
    let throttled: u64 = world
        .simulator
        .calls()
        .values()
        .map(|count| count.throttled)
        .sum();
    assert_eq!(throttled, 0);
    world
}

#[tokio::test(start_paused = true)]
async fn nothing_new_costs_three_calls_however_much_is_listed() {
    let world = large().await;
    let poller = world.cold_poller(&[]);
    for start in ["cold", "warm"] {
        pass(60).await;
        world.forget_calls();
        world.run(&poller, tick()).await;
        assert_eq!(
            (calls(&world, "organizations"), calls(&world, "dynamodb")),
            (1, 2),
            "{start}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_between_two_ticks_is_announced_by_the_next_reconcile() {
    let world = large().await;
    let poller = world.cold_poller(&[]);
    pass(60).await;
    world.run(&poller, tick()).await;
    let request = succeed(&world, 10);
    let mut minutes = 0;
    while deliveries(&world).is_empty() {
        pass(60).await;
        world.run(&poller, tick()).await;
        minutes += 1;
        assert!(minutes <= 16, "no reconcile");
    }
    assert!(minutes > 5, "reconciled after {minutes} minutes: too often");
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn a_person_can_ask_for_a_reconcile() {
    let world = large().await;
    let poller = world.cold_poller(&[]);
    let request = succeed(&world, 10);
    pass(60).await;
    assert_eq!(world.run(&poller, tick()).await.announced, 0);
    assert_eq!(
        world
            .run(&poller, json!({"job": "reconcile"}))
            .await
            .announced,
        1
    );
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn a_warm_poller_does_not_read_the_ledger_again() {
    let world = World::new(Options::default());
    add_history(&world, 200);
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let reads = |world: &World| {
        world
            .calls()
            .iter()
            .filter(|call| call.operation == "BatchGetItem")
            .count()
    };
    world.forget_calls();
    world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!(reads(&world), 10, "a cold poller reads page by page");
    world.forget_calls();
    world.run(&poller, tick()).await;
    assert_eq!(reads(&world), 0);
    assert_eq!(
        (calls(&world, "organizations"), calls(&world, "dynamodb")),
        (11, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn an_organization_that_grows_is_no_longer_scanned_each_tick() {
    let world = World::new(Options::default());
    add_history(&world, 400);
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    assert_eq!(world.run(&poller, tick()).await.listed, Some(400));
    succeed(&world, 1);
    pass(60).await;
    assert_eq!(world.run(&poller, tick()).await.listed, Some(401));
    assert_eq!(world.run(&poller, tick()).await.listed, None);
}
