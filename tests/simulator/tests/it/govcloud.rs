//! Links of accounts with their GovCloud accounts.

use std::time::Duration;

use aws_sdk_account::error::ProvideErrorMetadata;
use aws_sdk_account::types::AwsAccountState;
use simulator::{AccountState, Caller, Link, MANAGEMENT_ACCOUNT_ID, Options, Start};

use crate::bench::{Bench, refusal, wait};

const GOVCLOUD: &str = "999988887777";

/// What `GetGovCloudAccountInformation` answers: id and state, or the HTTP status.
async fn link(bench: &Bench, id: impl Into<Option<&str>>) -> Result<(String, String), u16> {
    let call = bench.account.get_gov_cloud_account_information();
    let id = id.into().map(str::to_owned);
    match call.set_standard_account_id(id).send().await {
        Ok(it) => Ok((
            it.gov_cloud_account_id,
            it.account_state.as_str().to_owned(),
        )),
        Err(error) => Err(error.raw_response().unwrap().status().as_u16()),
    }
}

fn linked(id: &str, state: &str) -> Result<(String, String), u16> {
    Ok((id.to_owned(), state.to_owned()))
}

async fn refused(bench: &Bench, id: &str) -> (u16, String, String) {
    let call = bench.account.get_gov_cloud_account_information();
    refusal(call.standard_account_id(id).send().await)
}

/// Begins a pair that is there at once, and returns the ids of its two accounts.
async fn pair(bench: &Bench) -> (String, String) {
    let request = bench.simulator.start(Start {
        duration: Some(Duration::ZERO),
        govcloud: true,
        ..Start::default()
    });
    let done = bench.finished(&request).await;
    (done.account_id.unwrap(), done.gov_cloud_account_id.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_pair_is_linked_pending_at_first_and_then_active() {
    let bench = Bench::new(Options::default());
    let call = bench.client.create_gov_cloud_account();
    let call = call.account_name("Pair").email("pair+instant@example.com");
    let begun = call.send().await.unwrap().create_account_status.unwrap();
    let done = bench.finished(begun.id().unwrap()).await;
    let (id, govcloud) = (done.account_id(), done.gov_cloud_account_id().unwrap());
    assert_eq!(
        link(&bench, id).await,
        linked(govcloud, "PENDING_ACTIVATION")
    );
    wait(59.9).await;
    assert_eq!(
        link(&bench, id).await,
        linked(govcloud, "PENDING_ACTIVATION")
    );
    wait(0.1).await;
    assert_eq!(link(&bench, id).await, linked(govcloud, "ACTIVE"));
    let expected = Link {
        gov_cloud_account_id: govcloud.to_owned(),
        account_state: "ACTIVE".to_owned(),
    };
    let links = bench.simulator.links();
    assert_eq!(
        links.into_iter().collect::<Vec<_>>(),
        [(id.unwrap().to_owned(), expected)]
    );
}

#[tokio::test(start_paused = true)]
async fn an_account_without_a_link_is_told_so() {
    let bench = Bench::new(Options::default());
    let request = bench.create("new+instant@example.com").await;
    let created = bench.finished(&request).await.account_id.unwrap();
    for id in [bench.member().await, created] {
        let (status, code, text) = refused(&bench, &id).await;
        assert_eq!((status, code.as_str()), (404, "ResourceNotFoundException"));
        let said = format!("GovCloud Account ID not found for Standard Account - {id}.");
        assert_eq!(text, said);
    }
    let own = bench.account.get_gov_cloud_account_information().send();
    let text = refusal(own.await).2;
    assert!(text.ends_with("Standard Account - 111122223333."), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_link_can_be_anything_and_taken_away() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let set = |govcloud, state| bench.simulator.set_link(&id, govcloud, state);
    for (govcloud, state) in [
        (GOVCLOUD, "CLOSED"),
        (GOVCLOUD, "DREAMING"),
        ("", "ACTIVE"),
        ("not an id", ""),
    ] {
        set(govcloud, state).unwrap();
        assert_eq!(link(&bench, &*id).await, linked(govcloud, state));
    }
    set(GOVCLOUD, "DREAMING").unwrap();
    let call = bench.account.get_gov_cloud_account_information();
    let state = call.standard_account_id(&id).send().await.unwrap();
    assert!(!AwsAccountState::values().contains(&state.account_state.as_str()));

    bench.simulator.clear_link(&id).unwrap();
    assert_eq!(link(&bench, &*id).await, Err(404));
    assert!(bench.simulator.links().is_empty());
    let again = bench.simulator.clear_link(&id).unwrap_err();
    assert_eq!(again.to_string(), format!("account {id} has no link"));
    let nobody = bench.simulator.set_link("000000000000", GOVCLOUD, "ACTIVE");
    assert!(nobody.is_err());
    // The management account's own link is asked for without an id.
    let own = bench
        .simulator
        .set_link(MANAGEMENT_ACCOUNT_ID, GOVCLOUD, "ACTIVE");
    own.unwrap();
    assert_eq!(link(&bench, None).await, linked(GOVCLOUD, "ACTIVE"));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_was_written_is_not_activated() {
    let bench = Bench::new(Options::default());
    let (one, _) = pair(&bench).await;
    let (other, _) = pair(&bench).await;
    let (third, govcloud) = pair(&bench).await;
    let pending = "PENDING_ACTIVATION";
    bench.simulator.set_link(&one, GOVCLOUD, pending).unwrap();
    bench.simulator.clear_link(&other).unwrap();
    wait(61.0).await;
    assert_eq!(link(&bench, &*one).await, linked(GOVCLOUD, pending));
    assert_eq!(link(&bench, &*other).await, Err(404));
    assert_eq!(link(&bench, &*third).await, linked(&govcloud, "ACTIVE"));
}

#[tokio::test(start_paused = true)]
async fn a_link_is_unavailable_for_some_calls_or_until_it_is_not() {
    let bench = Bench::new(Options::default());
    let members = bench.simulator.add_accounts(2);
    let (id, other) = (members[0].as_str(), members[1].as_str());
    bench.simulator.set_link(id, GOVCLOUD, "ACTIVE").unwrap();
    let fine = linked(GOVCLOUD, "ACTIVE");

    bench.simulator.set_link_unavailable(id, Some(2)).unwrap();
    bench.simulator.set_trusted_access(false);
    assert_eq!(link(&bench, id).await, Err(403), "this one does not count");
    bench.simulator.set_trusted_access(true);
    let (status, code, text) = refused(&bench, id).await;
    assert_eq!(
        (status, code.as_str()),
        (424, "ResourceUnavailableException")
    );
    assert!(text.contains("not currently available"), "{text}");
    assert_eq!(link(&bench, other).await, Err(404), "another account");
    assert_eq!(link(&bench, id).await, Err(424));
    assert_eq!(link(&bench, id).await, fine);
    assert_eq!(
        bench.simulator.calls()["GetGovCloudAccountInformation"].failed,
        4
    );

    bench.simulator.set_link_unavailable(id, None).unwrap();
    for _ in 0..5 {
        assert_eq!(link(&bench, id).await, Err(424));
    }
    bench.simulator.set_link_available(id).unwrap();
    assert_eq!(link(&bench, id).await, fine);
    bench
        .simulator
        .set_link_unavailable(other, Some(1))
        .unwrap();
    assert_eq!(link(&bench, other).await, Err(424), "with no link either");
    assert!(
        bench
            .simulator
            .set_link_unavailable("000000000000", None)
            .is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn reads_see_a_link_after_the_lag() {
    let bench = Bench::new(Options {
        lag: Duration::from_secs(5),
        ..Options::default()
    });
    let id = bench.member().await;
    bench.simulator.set_link(&id, GOVCLOUD, "ACTIVE").unwrap();
    assert_eq!(bench.simulator.links()[&id].account_state, "ACTIVE");
    wait(4.9).await;
    assert_eq!(link(&bench, &*id).await, Err(404));
    wait(0.1).await;
    assert_eq!(link(&bench, &*id).await, linked(GOVCLOUD, "ACTIVE"));
}

#[tokio::test(start_paused = true)]
async fn the_rules_of_access_are_those_of_the_contacts() {
    let bench = Bench::new(Options::default());
    let members = bench.simulator.add_accounts(2);
    let (id, other) = (members[0].as_str(), members[1].as_str());
    bench.simulator.set_link(id, GOVCLOUD, "ACTIVE").unwrap();
    let fine = linked(GOVCLOUD, "ACTIVE");
    let denied = async |id: &str, why: &str| {
        let (status, code, text) = refused(&bench, id).await;
        assert_eq!((status, code.as_str()), (403, "AccessDeniedException"));
        let said = format!("account:GetGovCloudAccountInformation{why}");
        assert!(text.ends_with(&said), "{text}");
    };
    let standalone = " (The management account can only be managed using the standalone context from the management account.)";
    denied(MANAGEMENT_ACCOUNT_ID, standalone).await;
    denied("000000000000", "").await;
    bench
        .simulator
        .set_state(id, AccountState::Suspended)
        .unwrap();
    denied(id, "").await;
    bench.simulator.set_state(id, AccountState::Active).unwrap();
    bench.simulator.set_trusted_access(false);
    let untrusted =
        " (Your organization must first enable trusted access with AWS Account Management.)";
    denied(id, untrusted).await;
    bench.simulator.set_trusted_access(true);
    assert_eq!(refused(&bench, "1234").await.1, "ValidationException");

    let delegated = Caller::DelegatedAdministrator(other.to_owned());
    bench.simulator.set_caller(delegated).unwrap();
    assert_eq!(link(&bench, id).await, fine);
    denied(MANAGEMENT_ACCOUNT_ID, standalone).await;
    let caller = Caller::Member(id.to_owned());
    bench.simulator.set_caller(caller).unwrap();
    denied(id, "").await;
    assert_eq!(link(&bench, None).await, fine);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_typed_by_its_header() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    bench.simulator.set_link_unavailable(&id, None).unwrap();
    let call = bench.account.get_gov_cloud_account_information();
    let error = call.standard_account_id(&id).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ResourceUnavailableException"));
    let service = error.into_service_error();
    assert!(service.is_resource_unavailable_exception(), "{service:?}");
}
