//! Scripted faults, each kind.

use std::time::Duration;

use aws_sdk_account::types::AlternateContactType;
use aws_sdk_organizations::config::timeout::TimeoutConfig;
use aws_sdk_organizations::error::SdkError;
use simulator::{Calls, Count, Fault, FaultKind, MANAGEMENT_ACCOUNT_ID, Options};
use tokio::time::Instant;

use crate::bench::{Bench, code};

const CREATE: &str = "CreateAccount";

fn bench(kind: FaultKind) -> Bench {
    let faults = vec![Fault::on(CREATE, Calls::List(vec![1]), kind)];
    Bench::new(Options {
        faults,
        ..Options::default()
    })
}

/// How many requests there are.
async fn begun(bench: &Bench) -> usize {
    bench.scan(&[]).await.len()
}

#[tokio::test(start_paused = true)]
async fn refusals_come_in_the_form_of_aws_and_apply_nothing() {
    for (kind, status, expected) in [
        (FaultKind::Throttle, 400, "TooManyRequestsException ACCOUNT"),
        (FaultKind::Internal, 500, "ServiceException"),
        (FaultKind::Unavailable, 503, "ServiceUnavailableException"),
        (FaultKind::Denied, 400, "AccessDeniedException"),
        (
            FaultKind::NotInUse,
            400,
            "AWSOrganizationsNotInUseException",
        ),
        (
            FaultKind::ExpiredToken,
            400,
            "InvalidInputException INVALID_NEXT_TOKEN",
        ),
    ] {
        let bench = bench(kind);
        let create = || {
            bench
                .client
                .create_account()
                .account_name("New")
                .email("a@example.com")
        };
        let refused = create().send().await;
        let raw = refused.as_ref().unwrap_err().raw_response().unwrap();
        assert_eq!(raw.status().as_u16(), status, "{kind:?}");
        assert_eq!(code(refused), expected);
        assert_eq!(begun(&bench).await, 0, "{kind:?}");

        assert!(
            create().send().await.is_ok(),
            "only the first call is struck"
        );
        let throttled = u64::from(kind == FaultKind::Throttle);
        let count = Count {
            calls: 2,
            throttled,
            failed: 1 - throttled,
            odd: 0,
        };
        assert_eq!(bench.simulator.calls()[CREATE], count);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_was_applied_and_a_reset_call_was_not() {
    for (kind, applied) in [(FaultKind::Lost, 1), (FaultKind::Reset, 0)] {
        let bench = bench(kind);
        let call = bench
            .client
            .create_account()
            .account_name("New")
            .email("a@example.com");
        let error = call.send().await.unwrap_err();
        assert!(
            matches!(&error, SdkError::DispatchFailure(it) if it.is_io()),
            "{error:?}"
        );
        assert_eq!(begun(&bench).await, applied, "{kind:?}");
        assert_eq!(bench.simulator.calls()[CREATE].failed, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_never_answered_ends_with_the_clients_own_timeout() {
    let patience = Duration::from_secs(7);
    let read = TimeoutConfig::builder().read_timeout(patience).build();
    let operation = TimeoutConfig::builder().operation_timeout(patience).build();
    for timeouts in [read, operation] {
        let bench = bench(FaultKind::Timeout);
        let call = bench
            .client
            .create_account()
            .account_name("New")
            .email("a@example.com");
        let call = call.customize();
        let config = aws_sdk_organizations::config::Builder::new().timeout_config(timeouts);
        let began = Instant::now();
        let error = call.config_override(config).send().await.unwrap_err();
        let read_timeout = matches!(&error, SdkError::DispatchFailure(it) if it.is_timeout());
        assert!(
            read_timeout || matches!(error, SdkError::TimeoutError(_)),
            "{error:?}"
        );
        assert_eq!(began.elapsed().as_secs(), 7);
        assert_eq!(begun(&bench).await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn faults_are_replaced_while_it_runs() {
    let bench = Bench::new(Options::default());
    let list = || bench.client.list_accounts().send();
    bench
        .simulator
        .set_faults(vec![Fault::any(Calls::Every, FaultKind::Denied)]);
    assert_eq!(code(list().await), "AccessDeniedException");
    let from = Calls::Range { from: 2, to: None };
    bench
        .simulator
        .set_faults(vec![Fault::any(from, FaultKind::Internal)]);
    assert!(list().await.is_ok());
    assert_eq!(code(list().await), "ServiceException");
    bench.simulator.set_faults(vec![
        Fault::on(CREATE, Calls::Every, FaultKind::Lost),
        Fault::any(Calls::List(vec![1, 2]), FaultKind::Throttle),
        Fault::any(Calls::Every, FaultKind::NotInUse),
    ]);
    for expected in ["TooManyRequestsException ACCOUNT"; 2] {
        assert_eq!(code(list().await), expected, "the first that fits");
    }
    assert_eq!(code(list().await), "AWSOrganizationsNotInUseException");
    bench.simulator.set_faults(Vec::new());
    assert!(list().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn account_management_refuses_in_its_own_form() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let put = || bench.put(&id, AlternateContactType::Security).send();
    for (kind, status, expected, said) in [
        (
            FaultKind::Throttle,
            429,
            "TooManyRequestsException",
            "Too Many",
        ),
        (
            FaultKind::Internal,
            500,
            "InternalServerException",
            "Internal",
        ),
        (
            FaultKind::Unavailable,
            503,
            "ServiceUnavailableException",
            "",
        ),
        (
            FaultKind::Denied,
            403,
            "AccessDeniedException",
            " on resource: arn:aws:account::111122223333:account because no identity-based policy allows the account:PutAlternateContact action",
        ),
        (FaultKind::BareError, 400, "no code", "only whitespace"),
    ] {
        let once = Calls::List(vec![1]);
        let fault = Fault::on("PutAlternateContact", once, kind);
        bench.simulator.set_faults(vec![fault]);
        bench.simulator.reset_calls();
        let refused = put().await;
        let raw = refused.as_ref().unwrap_err().raw_response().unwrap();
        let header = raw.headers().get("x-amzn-errortype");
        assert_eq!(header.unwrap_or("no code"), expected);
        // The SDK drops the text of an error without a code.
        let body = String::from_utf8_lossy(raw.body().bytes().unwrap());
        assert!(body.contains(said), "{body}");
        assert_eq!(raw.status().as_u16(), status);
        assert_eq!(code(refused), expected);
        let stored = bench.simulator.contacts(&id).unwrap();
        assert!(stored["alternate"].get("SECURITY").is_none(), "{kind:?}");

        let throttled = u64::from(kind == FaultKind::Throttle);
        let count = Count {
            calls: 1,
            throttled,
            failed: 1 - throttled,
            odd: 0,
        };
        assert_eq!(bench.simulator.calls()["PutAlternateContact"], count);
    }
    put().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_a_service_does_not_know_does_nothing_there() {
    let bench = Bench::new(Options::default());
    let own = || bench.account.get_contact_information().send();
    for kind in [
        FaultKind::ResourceUnavailable,
        FaultKind::NotInUse,
        FaultKind::ExpiredToken,
        FaultKind::RepeatToken,
        FaultKind::Empty,
    ] {
        bench
            .simulator
            .set_faults(vec![Fault::any(Calls::Every, kind)]);
        assert!(own().await.is_ok(), "{kind:?}");
    }
    let bare = Fault::any(Calls::Every, FaultKind::BareError);
    bench.simulator.set_faults(vec![bare]);
    assert!(bench.client.list_accounts().send().await.is_ok());
    assert!(own().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_lost_put_was_applied_and_a_reset_one_was_not() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    for (kind, applied) in [(FaultKind::Reset, false), (FaultKind::Lost, true)] {
        bench
            .simulator
            .set_faults(vec![Fault::on("PutAlternateContact", Calls::Every, kind)]);
        let put = bench.put(&id, AlternateContactType::Billing).send().await;
        assert!(matches!(put.unwrap_err(), SdkError::DispatchFailure(it) if it.is_io()));
        let seen = bench.alternate(&id, AlternateContactType::Billing).await;
        assert_eq!(seen.is_some(), applied, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_strikes_the_calls_about_one_account() {
    let bench = Bench::new(Options::default());
    let members = bench.simulator.add_accounts(2);
    let (struck, other) = (members[0].as_str(), members[1].as_str());
    let link = async |id: &str| {
        let call = bench.account.get_gov_cloud_account_information();
        code(call.standard_account_id(id).send().await)
    };
    let fault = |calls, kind| Fault::on("GetGovCloudAccountInformation", calls, kind).about(struck);
    bench.simulator.set_faults(vec![
        fault(Calls::List(vec![1]), FaultKind::Throttle),
        fault(Calls::List(vec![2]), FaultKind::ResourceUnavailable),
        fault(Calls::List(vec![3]), FaultKind::Reset),
    ]);
    let none = "ResourceNotFoundException";
    assert_eq!(link(other).await, none);
    assert_eq!(link(struck).await, "TooManyRequestsException");
    assert_eq!(link(other).await, none);
    assert_eq!(link(struck).await, "ResourceUnavailableException");
    assert_eq!(link(struck).await, "no code", "dropped");
    assert_eq!(link(struck).await, none);
}

#[tokio::test(start_paused = true)]
async fn an_account_is_named_in_many_ways() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let any = Fault::any(Calls::Every, FaultKind::Denied);
    bench.simulator.set_faults(vec![any.clone().about(&id)]);
    let client = &bench.client;
    let denied = "AccessDeniedException";
    assert_eq!(
        code(client.describe_account().account_id(&id).send().await),
        denied
    );
    assert_eq!(
        code(client.list_parents().child_id(&id).send().await),
        denied
    );
    let tags = client.list_tags_for_resource().resource_id(&id);
    assert_eq!(code(tags.send().await), denied);
    let put = bench.put(&id, AlternateContactType::Billing).send().await;
    assert_eq!(code(put), denied);
    assert!(client.list_accounts().send().await.is_ok(), "about none");
    let own = || bench.account.get_contact_information().send();
    assert!(own().await.is_ok(), "about the management account");
    let management = any.about(MANAGEMENT_ACCOUNT_ID);
    bench.simulator.set_faults(vec![management]);
    assert_eq!(code(own().await), denied);
    assert!(
        client.describe_organization().send().await.is_ok(),
        "about none"
    );
}
