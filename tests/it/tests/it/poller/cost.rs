//! What a tick costs, and that it stays within AWS's quotas.

use it::world::{Refusal, World};
use serde_json::json;
use simulator::Options;

use super::{add_history, calls, deliveries, pass, result_event, succeed, tick};

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
async fn nothing_new_costs_four_calls_however_much_is_listed() {
    let world = large().await;
    let poller = world.cold_poller(&[]);
    for start in ["cold", "warm"] {
        pass(60).await;
        world.forget_calls();
        world.run(&poller, tick()).await;
        assert_eq!(
            (calls(&world, "organizations"), calls(&world, "dynamodb")),
            (1, 3),
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
        (11, 3)
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

#[tokio::test(start_paused = true)]
async fn a_silent_topic_does_not_keep_new_requests_from_being_safe() {
    let world = World::new(Options::default());
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let mut requests: Vec<_> = (0..30).map(|_| succeed(&world, 10)).collect();
    pass(60).await;
    world.refuse("Publish", Refusal::Silence);
    for _ in 0..2 {
        let began = world.clock.now();
        requests.push(succeed(&world, 300));
        world.fail(&poller, tick()).await;
        let seconds = (world.clock.now() - began).num_seconds();
        assert!(seconds < 90, "a tick took {seconds} s");
        pass(60).await;
    }
    assert!(world.messages().is_empty());
    pass(300).await;
    world.allow("Publish");
    for _ in 0..2 {
        world.run(&world.cold_poller(&[]), tick()).await;
    }
    assert_eq!(
        deliveries(&world),
        requests.into_iter().map(|request| (request, 1)).collect()
    );
}

#[tokio::test(start_paused = true)]
async fn many_requests_that_aws_does_not_know_neither_break_the_quota_nor_keep_others_waiting() {
    let world = World::new(Options {
        quotas: true,
        ..Options::default()
    });
    world.run(&world.cold_poller(&[]), tick()).await;
    for number in 0..300 {
        world
            .run(
                &world.cold_poller(&[]),
                result_event(&format!("car-unknown{number:08}")),
            )
            .await;
        pass(1).await;
    }
    // Neither in progress at a tick nor listed: only asking tells.
    let request = succeed(&world, 10);
    world
        .run(&world.cold_poller(&[]), result_event(&request))
        .await;
    pass(20).await;
    world.simulator.forget(&request).unwrap();
    world.simulator.reset_calls();
    let poller = world.cold_poller(&[]);
    let mut minutes = 0;
    while deliveries(&world).is_empty() {
        let began = world.clock.now();
        world.run(&poller, tick()).await;
        let seconds = (world.clock.now() - began).num_seconds();
        assert!(seconds < 40, "a tick took {seconds} s");
        pass(u64::try_from(60 - seconds).unwrap()).await;
        minutes += 1;
        assert!(minutes <= 10, "it is kept waiting");
    }
    assert_eq!(
        world.simulator.calls()["DescribeCreateAccountStatus"].throttled,
        0
    );
}
