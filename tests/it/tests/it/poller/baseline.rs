//! The first deployment: history stays silent, whatever happens meanwhile.

use it::world::{End, Kill, World};
use simulator::{History, Options};

use super::{add_history, calls, deliveries, pass, result_event, succeed, tick, world};

#[tokio::test(start_paused = true)]
async fn history_is_silent_and_what_comes_after_is_not() {
    let world = world();
    add_history(&world, 137);
    let in_progress = succeed(&world, 90);
    let poller = world.cold_poller(&[]);
    let summary = world.run(&poller, tick()).await;
    assert_eq!(
        (summary.baseline, summary.announced, summary.listed),
        (137, 0, Some(138))
    );
    let later = succeed(&world, 1);
    pass(120).await;
    world.run(&poller, tick()).await;
    world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!(deliveries(&world), [(in_progress, 1), (later, 1)].into());
}

/// The first scan is killed, and begun again, `step` calls later each time, until it is whole.
async fn check_killed_first_scan(listed: usize, step: usize) {
    let world = World::new(Options {
        empty_pages: 0.05,
        ..Options::default()
    });
    add_history(&world, listed);
    for kills in 0.. {
        let kill = if kills % 2 == 0 {
            Kill::Before
        } else {
            Kill::After
        };
        world.kill(kills * step, kill);
        if let End::Answered(result) = world.invoke(&world.cold_poller(&[]), tick()).await {
            assert_eq!(result.unwrap().listed, u32::try_from(listed).ok());
            assert!(kills * step > listed / 20, "only {kills} kills");
            break;
        }
        // The claim of the killed scan ends.
        pass(17 * 60).await;
    }
    world.spare();
    assert!(world.messages().is_empty());
    let request = succeed(&world, 10);
    for _ in 0..2 {
        pass(20 * 60).await;
        world.run(&world.cold_poller(&[]), tick()).await;
    }
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn a_first_scan_killed_at_any_call_announces_nothing_old() {
    check_killed_first_scan(600, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_long_first_scan_killed_again_and_again_announces_nothing_old() {
    check_killed_first_scan(10_000, 83).await;
}

#[tokio::test(start_paused = true)]
async fn what_ends_during_the_first_scan_is_announced() {
    let world = World::new(Options {
        quotas: true,
        ..Options::default()
    });
    add_history(&world, 2_000);
    let requests: Vec<_> = [5, 10, 15].map(|seconds| succeed(&world, seconds)).into();
    let poller = world.cold_poller(&[]);
    let short = tokio::time::Duration::from_secs(20);
    // The scan takes 25 s at 4 pages a second, and is stopped half-way by the deadline.
    assert!(matches!(
        world.invoke_within(&poller, tick(), short).await,
        End::Answered(Err(_))
    ));
    pass(120).await;
    world.run(&poller, tick()).await;
    assert_eq!(
        deliveries(&world),
        requests.into_iter().map(|request| (request, 1)).collect()
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_before_the_first_tick_is_announced() {
    let world = world();
    add_history(&world, 30);
    let request = succeed(&world, 5);
    pass(8).await;
    world
        .run(&world.cold_poller(&[]), result_event(&request))
        .await;
    assert_eq!(deliveries(&world), [(request.clone(), 1)].into());
    pass(60).await;
    world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_after_the_first_tick_is_announced() {
    let world = world();
    let request = succeed(&world, 5);
    pass(400).await;
    // The poller starts long after the request ended, so it takes it for history; the event knows better.
    assert_eq!(world.run(&world.cold_poller(&[]), tick()).await.baseline, 1);
    for _ in 0..2 {
        world
            .run(&world.cold_poller(&[]), result_event(&request))
            .await;
    }
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn history_is_announced_on_purpose_and_once() {
    let world = world();
    add_history(&world, 100);
    world.run(&world.cold_poller(&[]), tick()).await;
    let since = "2026-11-08T00:00:00Z";
    let expected = world
        .simulator
        .terminal_requests()
        .iter()
        .filter(|request| {
            chrono::DateTime::<chrono::Utc>::from(request.completed)
                .to_rfc3339()
                .as_str()
                >= since
        })
        .count();
    assert!((20..80).contains(&expected), "{expected}");
    for _ in 0..3 {
        pass(60).await;
        world
            .run(&world.cold_poller(&[("ANNOUNCE_SINCE", since)]), tick())
            .await;
    }
    let deliveries = deliveries(&world);
    assert_eq!(deliveries.len(), expected);
    assert!(deliveries.values().all(|times| *times == 1));
    assert!(
        world
            .messages()
            .iter()
            .all(|message| message.text("/detail/completedTimestamp") >= since)
    );
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_loses_nothing() {
    let world = world();
    world.clock.set_error(chrono::TimeDelta::minutes(5));
    let request = succeed(&world, 30);
    let poller = world.cold_poller(&[]);
    // In progress at the start, although by the poller's clock it ends before.
    assert_eq!(world.run(&poller, tick()).await.opened, 1);
    pass(60).await;
    world.run(&poller, tick()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn what_begins_and_ends_between_two_ticks_is_no_history_by_a_start_that_was_ahead() {
    let world = world();
    add_history(&world, 600);
    world.clock.set_error(chrono::TimeDelta::minutes(5));
    // The first scan goes no further than its second page.
    world.kill(8, Kill::Answered);
    let first = world.invoke(&world.cold_poller(&[]), tick()).await;
    assert!(matches!(first, End::Killed));
    world.clock.set_error(chrono::TimeDelta::zero());
    let request = succeed(&world, 1);
    // The claim of the killed scan ends.
    pass(25 * 60).await;
    world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn only_one_poller_makes_the_first_scan() {
    let world = World::new(Options {
        quotas: true,
        ..Options::default()
    });
    add_history(&world, 1_000);
    let (one, two) = (world.cold_poller(&[]), world.cold_poller(&[]));
    let ends = tokio::join!(world.run(&one, tick()), world.run(&two, tick()));
    assert_eq!(
        [ends.0.listed, ends.1.listed]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
        [1_000]
    );
    assert!(ends.0.scan_elsewhere != ends.1.scan_elsewhere, "{ends:?}");
    assert!(calls(&world, "organizations") <= 1_000 / 20 + 2);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_of_another_organization_is_refused_and_nothing_is_announced() {
    let world = world();
    add_history(&world, 50);
    let typo = [("ORGANIZATION_ID", "o-exampleorg2")];
    world.run(&world.cold_poller(&typo), tick()).await;
    let failure = world.fail(&world.cold_poller(&[]), tick()).await;
    let text = failure.to_string();
    assert!(
        text.contains(
            "belongs to organization o-exampleorg2, but ORGANIZATION_ID is o-exampleorg1"
        ),
        "{text}"
    );
    // An event, too: its announcement would have another id than that of the ticks to come.
    let request = succeed(&world, 10);
    pass(60).await;
    let event = || result_event(&request);
    let failure = world.fail(&world.cold_poller(&[]), event()).await;
    assert_eq!(failure.first.kind(), "WrongOrganization");
    assert!(world.messages().is_empty());
    world.run(&world.cold_poller(&typo), event()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn keys_that_dynamodb_leaves_over_are_asked_for_again() {
    let world = world();
    // So shortly before the start that, were it forgotten, it would be news.
    let ago = |minutes| (world.clock.now() - chrono::TimeDelta::minutes(minutes)).into();
    let (from, to) = (ago(50), ago(10));
    world.simulator.add_history(&History {
        count: 50,
        failed: 0.2,
        govcloud: 0.1,
        from,
        to,
    });
    world.run(&world.cold_poller(&[]), tick()).await;
    world.halve_batches();
    let request = succeed(&world, 10);
    pass(60).await;
    world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn a_scan_that_runs_out_of_time_gives_its_claim_up() {
    let world = World::new(Options {
        quotas: true,
        ..Options::default()
    });
    add_history(&world, 1_000);
    let short = tokio::time::Duration::from_secs(14);
    let end = world
        .invoke_within(&world.cold_poller(&[]), tick(), short)
        .await;
    assert!(matches!(end, End::Answered(Err(_))), "{end:?}");
    // The very next tick scans.
    assert_eq!(
        world.run(&world.cold_poller(&[]), tick()).await.listed,
        Some(1_000)
    );
    assert!(world.messages().is_empty());
}
