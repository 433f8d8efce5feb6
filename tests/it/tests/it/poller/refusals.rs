//! AWS says no: a clear error, nothing lost, and the next tick goes on.

use account_aws::Error;
use creation_poller::Config;
use it::world::Refusal;
use simulator::{Calls, Fault, FaultKind};

use super::{add_history, deliveries, pass, succeed, tick, world};

async fn check_list_fault(kind: FaultKind, expected: &str) {
    let world = world();
    add_history(&world, 30);
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = succeed(&world, 10);
    pass(60).await;
    world.simulator.set_faults(vec![Fault::on(
        "ListCreateAccountStatus",
        Calls::Every,
        kind,
    )]);
    let failure = world.fail(&poller, tick()).await;
    assert!(
        failure.to_string().starts_with(expected),
        "{kind:?}: {failure}"
    );
    assert!(world.messages().is_empty());
    world.simulator.set_faults(Vec::new());
    world.run(&poller, tick()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into(), "{kind:?}");
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_fails_says_what_to_do() {
    let action = "organizations:ListCreateAccountStatus";
    check_list_fault(
        FaultKind::Denied,
        &format!("{action} is denied (AccessDeniedException): allow it"),
    )
    .await;
    check_list_fault(
        FaultKind::NotInUse,
        &format!("{action}: this account is not in an organization"),
    )
    .await;
    check_list_fault(
        FaultKind::Throttle,
        &format!("{action} is throttled (TooManyRequestsException)"),
    )
    .await;
    check_list_fault(
        FaultKind::Internal,
        &format!("{action} got no usable answer (ServiceException)"),
    )
    .await;
    check_list_fault(
        FaultKind::Unavailable,
        &format!("{action} got no usable answer ("),
    )
    .await;
    check_list_fault(
        FaultKind::Timeout,
        &format!("{action} got no usable answer (timeout)"),
    )
    .await;
    check_list_fault(
        FaultKind::Reset,
        &format!("{action} got no usable answer (connection failed)"),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_is_not_even_noticed() {
    for kind in [
        FaultKind::Throttle,
        FaultKind::Internal,
        FaultKind::Timeout,
        FaultKind::Reset,
        FaultKind::Lost,
    ] {
        let world = world();
        add_history(&world, 60);
        world
            .simulator
            .set_faults(vec![Fault::any(Calls::List(vec![1, 3]), kind)]);
        assert_eq!(
            world.run(&world.cold_poller(&[]), tick()).await.listed,
            Some(60),
            "{kind:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_row_that_cannot_go_keeps_no_announcement_back() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = succeed(&world, 10);
    world.run(&poller, tick()).await;
    pass(60).await;
    world.refuse("DeleteItem", Refusal::Throttled);
    let failure = world.fail(&poller, tick()).await;
    assert_eq!(failure.first.kind(), "Throttled");
    assert_eq!(deliveries(&world), [(request.clone(), 1)].into());
    world.allow("DeleteItem");
    world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!(deliveries(&world), [(request.clone(), 1)].into());
    let open = world.ledger_text(&format!("open#{request}"), "id");
    assert!(open.is_null(), "{open}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_publish_stays_an_intent_and_the_next_tick_publishes_it() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let requests = [succeed(&world, 10), succeed(&world, 11)];
    pass(60).await;
    world.refuse("Publish", Refusal::Denied);
    let failure = world.fail(&poller, tick()).await;
    let text = failure.to_string();
    assert!(
        text.starts_with("sns:Publish is denied (AuthorizationError)"),
        "{text}"
    );
    // The second one is not even tried.
    assert_eq!(failure.summary.problems, 1);
    assert!(world.messages().is_empty());
    world.allow("Publish");
    let summary = world.run(&world.cold_poller(&[]), tick()).await;
    assert_eq!((summary.announced, summary.redriven), (2, 2));
    assert_eq!(world.run(&poller, tick()).await.announced, 0);
    assert_eq!(
        deliveries(&world),
        requests.map(|request| (request, 1)).into()
    );
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_refuses_an_intent_keeps_the_message_back() {
    for operation in ["PutItem", "BatchGetItem", "Query", "GetItem"] {
        let world = world();
        world.run(&world.cold_poller(&[]), tick()).await;
        let request = succeed(&world, 10);
        pass(60).await;
        world.refuse(operation, Refusal::Internal);
        let failure = world.fail(&world.cold_poller(&[]), tick()).await;
        assert!(
            failure
                .to_string()
                .starts_with(&format!("dynamodb:{operation} got no usable answer")),
            "{failure}"
        );
        assert!(world.messages().is_empty(), "{operation}");
        world.allow(operation);
        // The scan's claim was given back, or ends.
        pass(60).await;
        world.run(&world.cold_poller(&[]), tick()).await;
        assert_eq!(deliveries(&world), [(request, 1)].into(), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_mark_repeats_the_message_once_its_claim_has_ended_and_not_before() {
    let world = world();
    world.run(&world.cold_poller(&[]), tick()).await;
    let request = succeed(&world, 10);
    pass(60).await;
    world.refuse("UpdateItem", Refusal::Denied);
    world.fail(&world.cold_poller(&[]), tick()).await;
    world.allow("UpdateItem");
    assert_eq!(world.messages().len(), 1);
    pass(15 * 60).await;
    assert_eq!(world.run(&world.cold_poller(&[]), tick()).await.claimed, 1);
    assert_eq!(world.messages().len(), 1);
    pass(2 * 60).await;
    assert_eq!(world.run(&world.cold_poller(&[]), tick()).await.redriven, 1);
    let messages = world.messages();
    assert_eq!(deliveries(&world), [(request, 2)].into());
    assert_eq!(
        messages[0], messages[1],
        "the second delivery is the same message"
    );
    assert_eq!(world.run(&world.cold_poller(&[]), tick()).await.claimed, 0);
}

#[tokio::test(start_paused = true)]
async fn several_problems_are_counted_and_the_first_is_told() {
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    succeed(&world, 10);
    pass(60).await;
    world.refuse("Publish", Refusal::Denied);
    world.refuse("UpdateItem", Refusal::Denied);
    let text = world.fail(&poller, tick()).await.to_string();
    assert!(text.starts_with("sns:Publish is denied"), "{text}");
    assert!(
        text.ends_with("(the first of 2 problems; all of them are in the log)"),
        "{text}"
    );
}

#[test]
fn a_variable_that_is_missing_or_malformed_is_named() {
    let good = [
        ("ORGANIZATION_ID", "o-exampleorg1"),
        ("LEDGER_TABLE", "ledger"),
        ("TOPIC_ARN", "arn:aws:sns:us-east-1:111122223333:t"),
        ("RECONCILE_MINUTES", "15"),
        ("ANNOUNCE_SINCE", ""),
    ];
    let read = |change: Option<(&str, &str)>| {
        let vars = |name: &str| {
            let set = change.into_iter().chain(good).find(|(key, _)| *key == name);
            set.map(|(_, value)| value.to_owned())
        };
        Config::from_vars(&vars)
    };
    assert!(read(None).is_ok());
    for (name, value, problem) in [
        ("ORGANIZATION_ID", "", "is not set"),
        ("ORGANIZATION_ID", "r-root", "is malformed"),
        ("LEDGER_TABLE", "", "is not set"),
        ("TOPIC_ARN", "", "is not set"),
        ("TOPIC_ARN", "announcements", "is malformed"),
        ("RECONCILE_MINUTES", "", "is not set"),
        ("RECONCILE_MINUTES", "soon", "is malformed"),
        ("RECONCILE_MINUTES", "0", "is out of range"),
        ("RECONCILE_MINUTES", "1441", "is out of range"),
        ("ANNOUNCE_SINCE", "yesterday", "is malformed"),
    ] {
        let error = read(Some((name, value))).unwrap_err();
        assert!(matches!(error, Error::Variable { .. }), "{error:?}");
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("environment variable {name} {problem}: expected ")),
            "{text}"
        );
    }
}
