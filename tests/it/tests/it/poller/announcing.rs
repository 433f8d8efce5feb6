//! Each outcome once, however it is found.

use std::collections::BTreeSet;

use it::world::{End, World};
use serde_json::{Value, json};
use simulator::{Options, Outcome, Start};

use super::{add_history, deliveries, message, pass, result_event, start, succeed, tick, world};

#[tokio::test(start_paused = true)]
async fn each_outcome_is_announced_once() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let good = succeed(&world, 30);
    let bad = start(&world, 40, Outcome::Fail("EMAIL_ALREADY_EXISTS".to_owned()));
    let pair = world.simulator.start(Start {
        govcloud: true,
        ..Start::default()
    });
    let mut announced = 0;
    for _ in 0..4 {
        pass(60).await;
        announced += world.run(&poller, tick()).await.announced;
    }
    assert_eq!(announced, 3);
    assert_eq!(
        deliveries(&world),
        [(good.clone(), 1), (bad.clone(), 1), (pair.clone(), 1)].into()
    );
    assert_eq!(
        message(&world, &good).text("/type"),
        "AccountCreationSucceeded"
    );
    assert_eq!(
        message(&world, &bad).text("/detail/failureReason"),
        "EMAIL_ALREADY_EXISTS"
    );
    assert_eq!(
        message(&world, &pair)
            .text("/detail/govCloudAccountId")
            .len(),
        12
    );
}

#[tokio::test(start_paused = true)]
async fn a_cold_start_between_ticks_changes_nothing() {
    let world = world();
    world.run(&world.cold_poller(&[]), tick()).await;
    let request = succeed(&world, 30);
    for _ in 0..4 {
        pass(20).await;
        world.run(&world.cold_poller(&[]), tick()).await;
    }
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_stops_being_listed_is_still_announced() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = succeed(&world, 90);
    pass(60).await;
    assert_eq!(world.run(&poller, tick()).await.opened, 1);
    pass(60).await;
    world.simulator.forget(&request).unwrap();
    assert_eq!(world.run(&poller, tick()).await.announced, 1);
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn every_reason_is_announced_also_one_of_next_year() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let reasons: BTreeSet<_> = simulator::FAILURE_REASONS
        .iter()
        .map(ToString::to_string)
        .chain(["A_REASON_OF_NEXT_YEAR".to_owned()])
        .collect();
    for reason in &reasons {
        start(&world, 1, Outcome::Fail(reason.clone()));
    }
    pass(60).await;
    world.run(&poller, tick()).await;
    let announced: BTreeSet<_> = world
        .messages()
        .iter()
        .map(|message| message.text("/detail/failureReason").to_owned())
        .collect();
    assert_eq!(announced, reasons);
}

#[tokio::test(start_paused = true)]
async fn two_pollers_at_once_announce_once() {
    for seed in 0..20 {
        let world = World::new(Options {
            seed,
            ..Options::default()
        });
        world.run(&world.cold_poller(&[]), tick()).await;
        let requests = [
            succeed(&world, 10),
            succeed(&world, 20),
            succeed(&world, 70),
        ];
        for _ in 0..3 {
            pass(30).await;
            let (one, two) = (world.cold_poller(&[]), world.cold_poller(&[]));
            let event = result_event(&requests[0]);
            let ends = tokio::join!(
                world.invoke(&one, tick()),
                world.invoke(&two, tick()),
                world.invoke(&two, event)
            );
            for end in [ends.0, ends.1, ends.2] {
                assert!(matches!(end, End::Answered(Ok(_))), "seed {seed}: {end:?}");
            }
        }
        assert_eq!(
            deliveries(&world),
            requests.map(|request| (request, 1)).into(),
            "seed {seed}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_announced_fits_the_schema_and_its_attributes() {
    let schema: Value = serde_json::from_str(include_str!(
        "../../../../../schemas/account-creation.schema.json"
    ))
    .unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let world = world();
    add_history(&world, 300);
    world
        .simulator
        .add_row(json!({"Id": "car-withoutreason1", "State": "FAILED"}));
    world
        .run(
            &world.cold_poller(&[("ANNOUNCE_SINCE", "2026-01-01T00:00:00Z")]),
            tick(),
        )
        .await;
    assert_eq!(world.messages().len(), 301);
    for message in world.messages() {
        assert!(
            schema.is_valid(&message.body),
            "{}: {:#?}",
            message.body,
            schema.iter_errors(&message.body).collect::<Vec<_>>()
        );
        let detail = message.body["detail"].as_object().unwrap();
        for (name, value) in &message.attributes {
            let expected = if name == "type" {
                &message.body["type"]
            } else {
                &detail[name]
            };
            assert_eq!(expected, value, "attribute {name} of {}", message.body);
        }
        let unfiltered = ["requestedTimestamp", "completedTimestamp"];
        let filtered = detail
            .keys()
            .filter(|name| !unfiltered.contains(&name.as_str()))
            .count();
        assert_eq!(
            message.attributes.len(),
            filtered + 1,
            "{:?}",
            message.attributes
        );
        let broken = [
            ("/id", json!("x")),
            ("/version", json!(2)),
            ("/detail/state", json!("IN_PROGRESS")),
        ];
        for (pointer, value) in broken {
            let mut body = message.body.clone();
            *body.pointer_mut(pointer).unwrap() = value;
            assert!(!schema.is_valid(&body), "the schema takes {body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn reads_that_lag_cost_time_and_no_announcement() {
    let world = World::new(Options {
        lag: std::time::Duration::from_secs(90),
        ..Options::default()
    });
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = succeed(&world, 5);
    pass(6).await;
    // The event is faster than the status.
    world.run(&poller, result_event(&request)).await;
    assert!(world.messages().is_empty());
    for _ in 0..3 {
        pass(60).await;
        world.run(&poller, tick()).await;
    }
    assert_eq!(deliveries(&world), [(request, 1)].into());
}
