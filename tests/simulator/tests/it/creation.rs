//! Creation requests from beginning to end.

use std::collections::HashSet;
use std::time::Duration;

use aws_sdk_organizations::types::{CreateAccountState, IamUserAccessToBilling, Tag};
use simulator::{FAILURE_REASONS, Options, Outcome, Start};

use crate::bench::{Bench, code, wait};

#[tokio::test(start_paused = true)]
async fn a_request_succeeds_after_some_seconds_and_the_account_appears() {
    let bench = Bench::new(Options::default());
    let call = bench
        .client
        .create_account()
        .account_name("New")
        .email("new@example.com");
    let begun = call.send().await.unwrap().create_account_status.unwrap();

    assert_eq!(begun.state, Some(CreateAccountState::InProgress));
    assert_eq!(begun.account_name.as_deref(), Some("New"));
    assert_eq!((begun.account_id, begun.completed_timestamp), (None, None));
    let id = begun.id.unwrap();
    assert!(id.starts_with("car-") && id.len() == 36, "{id}");

    wait(1.9).await;
    assert_eq!(
        bench.describe(&id).await.state,
        Some(CreateAccountState::InProgress)
    );
    wait(4.1).await;
    let done = bench.describe(&id).await;
    assert_eq!(done.state, Some(CreateAccountState::Succeeded));
    assert_eq!(
        (done.failure_reason, done.gov_cloud_account_id),
        (None, None)
    );
    let took = done.completed_timestamp.unwrap().to_millis().unwrap()
        - done.requested_timestamp.unwrap().to_millis().unwrap();
    assert!((2000..6000).contains(&took), "{took} ms");

    let account = bench
        .client
        .describe_account()
        .account_id(done.account_id.unwrap());
    let account = account.send().await.unwrap().account.unwrap();
    assert_eq!(account.email.as_deref(), Some("new@example.com"));
    assert_eq!(account.joined_timestamp, done.completed_timestamp);
}

#[tokio::test(start_paused = true)]
async fn plus_tags_choose_how_long_it_takes() {
    let bench = Bench::new(Options::default());
    let instant = bench.create("x+instant@example.com").await;
    let slow = bench.create("x+slow@example.com").await;
    assert_eq!(
        bench.describe(&instant).await.state,
        Some(CreateAccountState::Succeeded)
    );
    wait(89.9).await;
    assert_eq!(
        bench.describe(&slow).await.state,
        Some(CreateAccountState::InProgress)
    );
    wait(0.2).await;
    assert_eq!(
        bench.describe(&slow).await.state,
        Some(CreateAccountState::Succeeded)
    );
}

#[tokio::test(start_paused = true)]
async fn every_reason_can_be_asked_for_even_one_that_does_not_exist() {
    let bench = Bench::new(Options::default());
    for reason in FAILURE_REASONS.into_iter().chain(["BRAND_NEW_REASON_2"]) {
        let id = bench.create(&format!("a+{reason}@b.io")).await;
        let failed = bench.finished(&id).await;
        assert_eq!(failed.state, Some(CreateAccountState::Failed));
        assert_eq!(failed.failure_reason.unwrap().as_str(), reason);
        assert!(failed.completed_timestamp.is_some());
        assert_eq!(failed.account_id, None);
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_in_use_fails() {
    let bench = Bench::new(Options::default());
    let first = bench.create("Same@example.com").await;
    let second = bench.create("same@example.com").await;
    let third = bench.create("account-3@example.com").await;
    let mut reasons = Vec::new();
    for id in [first, second, third] {
        let reason = bench.finished(&id).await.failure_reason;
        reasons.push(reason.map(|it| it.as_str().to_owned()));
    }
    let taken = || Some("EMAIL_ALREADY_EXISTS".to_owned());
    assert_eq!(reasons.pop(), Some(taken()));
    reasons.sort();
    assert_eq!(
        reasons,
        [None, taken()],
        "whichever finishes first has the address"
    );
}

#[tokio::test(start_paused = true)]
async fn a_full_organization_takes_no_more_accounts() {
    let bench = Bench::new(Options {
        accounts: 3,
        account_limit: 4,
        ..Options::default()
    });
    let fits = bench.create("a+instant@example.com").await;
    assert_eq!(bench.finished(&fits).await.failure_reason, None);
    let beyond = bench.create("b+instant@example.com").await;
    let reason = bench.finished(&beyond).await.failure_reason.unwrap();
    assert_eq!(reason.as_str(), "ACCOUNT_LIMIT_EXCEEDED");
}

#[tokio::test(start_paused = true)]
async fn a_govcloud_request_makes_a_pair_of_which_one_is_a_member() {
    let bench = Bench::new(Options::default());
    let call = bench
        .client
        .create_gov_cloud_account()
        .account_name("Gov")
        .email("g@example.com");
    let call = call.tags(Tag::builder().key("team").value("red").build().unwrap());
    let begun = call.send().await.unwrap().create_account_status.unwrap();
    assert_eq!(begun.gov_cloud_account_id, None);
    wait(5.9).await;
    let id = begun.id.unwrap();
    assert_eq!(
        bench.describe(&id).await.state,
        Some(CreateAccountState::InProgress)
    );

    let done = bench.finished(&id).await;
    let (member, govcloud) = (done.account_id.unwrap(), done.gov_cloud_account_id.unwrap());
    assert!(govcloud.len() == 12 && govcloud != member);
    let describe = |id: &str| bench.client.describe_account().account_id(id).send();
    assert!(describe(&member).await.is_ok());
    assert_eq!(code(describe(&govcloud).await), "AccountNotFoundException");
    let tags = bench
        .client
        .list_tags_for_resource()
        .resource_id(member)
        .send()
        .await
        .unwrap();
    assert_eq!(tags.tags()[0].value(), "red");
}

#[tokio::test(start_paused = true)]
async fn input_is_held_to_the_model() {
    let bench = Bench::new(Options::default());
    let create = || {
        bench
            .client
            .create_account()
            .account_name("New")
            .email("new@example.com")
    };
    let invalid = |reason: &str| format!("InvalidInputException {reason}");

    let none = bench
        .client
        .create_account()
        .account_name("New")
        .send()
        .await;
    assert_eq!(code(none), invalid("INPUT_REQUIRED"));
    assert_eq!(
        code(create().email("no address").send().await),
        invalid("INVALID_PATTERN")
    );
    assert_eq!(
        code(create().email("a@b.c").send().await),
        invalid("MIN_LENGTH_EXCEEDED")
    );
    let long = "n".repeat(51);
    assert_eq!(
        code(create().account_name(long).send().await),
        invalid("MAX_LENGTH_EXCEEDED")
    );
    assert_eq!(
        code(create().role_name("a b").send().await),
        invalid("INVALID_PATTERN")
    );
    let role = "AWSServiceRoleForX";
    assert_eq!(
        code(create().role_name(role).send().await),
        invalid("INVALID_ROLE_NAME")
    );
    let access = IamUserAccessToBilling::from("MAYBE");
    let access = create().iam_user_access_to_billing(access).send().await;
    assert_eq!(code(access), invalid("INVALID_ENUM"));
    let tag = || Tag::builder().key("k").value("v").build().unwrap();
    let twice = create().tags(tag()).tags(tag()).send().await;
    assert_eq!(code(twice), invalid("DUPLICATE_TAG_KEY"));

    let describe = |id| {
        bench
            .client
            .describe_create_account_status()
            .create_account_request_id(id)
    };
    assert_eq!(
        code(describe("car-1").send().await),
        invalid("INVALID_PATTERN")
    );
    let unknown = describe("car-examplecreateaccountrequestid111")
        .send()
        .await;
    assert_eq!(code(unknown), "CreateAccountStatusNotFoundException");
    assert_eq!(bench.simulator.terminal_requests(), [], "nothing was begun");
}

#[tokio::test(start_paused = true)]
async fn only_five_can_be_in_progress() {
    let bench = Bench::new(Options::default());
    let create = |email: String| {
        bench
            .client
            .create_account()
            .account_name("New")
            .email(email)
    };
    for number in 0..5 {
        create(format!("{number}@example.com"))
            .send()
            .await
            .unwrap();
    }
    assert_eq!(
        code(create("sixth@example.com".into()).send().await),
        "ConstraintViolationException ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"
    );
    wait(6.0).await;
    assert!(create("sixth@example.com".into()).send().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_test_begins_and_ends_requests_as_it_likes() {
    let bench = Bench::new(Options::default());
    let hour = Some(Duration::from_secs(3600));
    let start = || Start {
        duration: hour,
        ..Start::default()
    };
    let ids: Vec<String> = (0..7).map(|_| bench.simulator.start(start())).collect();
    wait(3599.0).await;
    assert_eq!(bench.simulator.terminal_requests(), []);

    let reason = || Outcome::Fail("INTERNAL_FAILURE".to_owned());
    bench.simulator.finish(&ids[0], reason()).unwrap();
    let failed = bench.describe(&ids[0]).await;
    assert_eq!(failed.failure_reason.unwrap().as_str(), "INTERNAL_FAILURE");
    assert!(
        bench.simulator.finish(&ids[0], reason()).is_err(),
        "it is finished"
    );

    bench.simulator.erase(&ids[1]).unwrap();
    wait(1.0).await;
    let finished = bench.simulator.terminal_requests();
    let finished: HashSet<&str> = finished.iter().map(|it| it.id.as_str()).collect();
    let left = ids
        .iter()
        .map(String::as_str)
        .filter(|id| *id != ids[1])
        .collect();
    assert_eq!(finished, left, "all but the erased one");
}
