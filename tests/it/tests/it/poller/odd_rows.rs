//! A status row that makes no sense is reported once and hides nothing.

use serde_json::json;

use super::{deliveries, pass, result_event, succeed, tick, world};

#[tokio::test(start_paused = true)]
async fn odd_rows_are_reported_once_and_the_others_go_on() {
    let world = world();
    world.run(&world.cold_poller(&[]), tick()).await;
    let request = succeed(&world, 1);
    for row in [
        json!({"State": "SUCCEEDED", "AccountId": "444455556666", "AccountName": "x"}),
        json!({"Id": "car-unknownstate1", "State": "PARKED"}),
        json!({"Id": "car-withoutstate1"}),
        json!({"Id": "car-withoutaccount1", "State": "SUCCEEDED"}),
        json!({"Id": "?", "State": "FAILED"}),
        json!({}),
    ] {
        world.simulator.add_row(row);
    }
    pass(60).await;
    let poller = world.cold_poller(&[]);
    let summary = world.run(&poller, tick()).await;
    assert_eq!(
        (summary.odd, summary.announced, summary.problems),
        (6, 1, 0)
    );
    assert_eq!(world.run(&poller, tick()).await.odd, 0);
    assert_eq!(world.run(&world.cold_poller(&[]), tick()).await.odd, 0);
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn an_odd_answer_to_an_event_is_asked_for_again() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    world
        .simulator
        .add_row(json!({"Id": "car-unknownstate1", "State": "PARKED"}));
    assert_eq!(
        world
            .run(&poller, result_event("car-unknownstate1"))
            .await
            .odd,
        1
    );
    let summary = world.run(&poller, tick()).await;
    assert_eq!((summary.odd, summary.described), (0, 1));
    pass(24 * 60 * 60).await;
    assert_eq!(world.run(&poller, tick()).await.given_up, 1);
}
