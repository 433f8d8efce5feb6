//! `CreateAccountResult` events, and events that are not ours.

use account_aws::Error;
use it::world::Refusal;
use serde_json::{Value, json};
use simulator::{Calls, Fault, FaultKind};

use super::{calls, deliveries, pass, result_event, succeed, tick, world};

#[tokio::test(start_paused = true)]
async fn an_event_is_announced_at_once_and_once() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = succeed(&world, 5);
    pass(6).await;
    assert_eq!(
        world.run(&poller, result_event(&request)).await.announced,
        1
    );
    assert_eq!(
        world.run(&poller, result_event(&request)).await.announced,
        0
    );
    pass(24 * 60 * 60).await;
    world
        .run(&world.cold_poller(&[]), result_event(&request))
        .await;
    world.run(&poller, tick()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn an_event_is_a_hint_and_the_status_comes_from_aws() {
    let world = world();
    let poller = world.cold_poller(&[]);
    let request = succeed(&world, 100);
    // The sample says SUCCEEDED, AWS says in progress.
    assert_eq!(
        world.run(&poller, result_event(&request)).await.announced,
        0
    );
    pass(120).await;
    assert_eq!(world.run(&poller, tick()).await.announced, 1);
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn an_event_is_remembered_when_the_status_cannot_be_had() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = succeed(&world, 5);
    pass(6).await;
    // Not even listed any more: without the open row it would be lost.
    world.simulator.forget(&request).unwrap();
    world.simulator.set_faults(vec![Fault::on(
        "DescribeCreateAccountStatus",
        Calls::Every,
        FaultKind::Denied,
    )]);
    let failure = world.fail(&poller, result_event(&request)).await;
    assert!(
        failure
            .to_string()
            .contains("organizations:DescribeCreateAccountStatus is denied"),
        "{failure}"
    );
    world.fail(&poller, tick()).await;
    world.simulator.set_faults(Vec::new());
    assert_eq!(
        world.run(&world.cold_poller(&[]), tick()).await.announced,
        1
    );
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_aws_never_knew_is_given_up_after_a_day() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world
        .run(&poller, result_event("car-nobodyknowsthisone"))
        .await;
    pass(23 * 60 * 60).await;
    assert_eq!(world.run(&poller, tick()).await.given_up, 0);
    pass(60 * 60).await;
    assert_eq!(world.run(&poller, tick()).await.given_up, 1);
    assert_eq!(world.run(&poller, tick()).await.described, 0);
    assert!(world.messages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_status_gives_no_request_up() {
    let world = world();
    let poller = world.cold_poller(&[]);
    let request = succeed(&world, 4 * 24 * 60 * 60);
    world.run(&poller, tick()).await;
    // Not listed any more, so that it is asked for by itself.
    world.simulator.forget(&request).unwrap();
    let describe = "DescribeCreateAccountStatus";
    world.refuse(describe, Refusal::Hollow);
    for _ in 0..2 {
        pass(25 * 60 * 60).await;
        let failure = world.fail(&poller, tick()).await;
        assert_eq!(failure.summary.given_up, 0);
    }
    world.allow(describe);
    pass(3 * 24 * 60 * 60).await;
    assert_eq!(world.run(&poller, tick()).await.announced, 1);
    assert_eq!(deliveries(&world), [(request, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn the_day_begins_with_the_first_answer_that_makes_no_sense() {
    let world = world();
    let poller = world.cold_poller(&[]);
    let request = succeed(&world, 4 * 24 * 60 * 60);
    world.run(&poller, tick()).await;
    // For more than a day AWS says that it is in progress.
    pass(25 * 60 * 60).await;
    world.simulator.erase(&request).unwrap();
    for hours in [0, 12, 11] {
        pass(hours * 60 * 60).await;
        assert_eq!(world.run(&poller, tick()).await.given_up, 0);
    }
    // Another event: AWS did know of it.
    world.run(&poller, result_event(&request)).await;
    pass(2 * 60 * 60).await;
    assert_eq!(world.run(&poller, tick()).await.given_up, 0);
    pass(24 * 60 * 60).await;
    assert_eq!(world.run(&poller, tick()).await.given_up, 1);
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_event_is_a_tick() {
    let world = world();
    let event = include_str!("../../../../../events/scheduled-event.json");
    let summary = world
        .run(
            &world.cold_poller(&[]),
            serde_json::from_str(event).unwrap(),
        )
        .await;
    assert_eq!(summary.listed, Some(0));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_not_ours_is_refused_by_name_and_costs_nothing() {
    let world = world();
    let poller = world.cold_poller(&[]);
    let mut call = result_event("car-12345678");
    call["detail-type"] = json!("AWS API Call via CloudTrail");
    let mut other = result_event("car-12345678");
    other["detail"]["eventName"] = json!("CloseAccountResult");
    let without = result_event("not an id");
    let payloads: [(Value, &str); 8] = [
        (call, "an event of another source or detail-type"),
        (other, "another event of aws.organizations"),
        (
            without,
            "CreateAccountResult without serviceEventDetails.createAccountStatus.id",
        ),
        (json!({"job": "dance"}), "an unknown job"),
        (json!({"job": "tick", "extra": 1}), "an unknown job"),
        (json!({}), "neither a job nor an event"),
        (json!(null), "neither a job nor an event"),
        (json!(["tick"]), "neither a job nor an event"),
    ];
    for (payload, found) in payloads {
        let failure = world.fail(&poller, payload).await;
        assert!(
            matches!(failure.first, Error::ForeignEvent { .. }),
            "{failure}"
        );
        let text = failure.to_string();
        assert!(
            text.contains(found) && text.contains(r#"expected {"job": "tick"}"#),
            "{text}"
        );
    }
    assert_eq!(
        calls(&world, "organizations") + calls(&world, "dynamodb") + calls(&world, "sns"),
        0
    );
}
