//! `GetAccountInformation`.

use std::time::Duration;

use aws_sdk_account::operation::get_account_information::GetAccountInformationOutput;
use http::Request;
use serde_json::Value;
use simulator::{AccountState, Caller, MANAGEMENT_ACCOUNT_ID, Options};

use crate::bench::{Bench, refusal};

async fn information(
    bench: &Bench,
    id: impl Into<Option<&str>>,
) -> Result<GetAccountInformationOutput, (u16, String, String)> {
    let call = bench.account.get_account_information();
    let answer = call.set_account_id(id.into().map(str::to_owned)).send();
    match answer.await {
        Ok(output) => Ok(output),
        Err(error) => Err(refusal(Err::<(), _>(error))),
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_has_a_name_an_age_and_a_state() {
    let bench = Bench::new(Options::default());
    let request = bench.create("new+instant@example.com").await;
    let id = bench.finished(&request).await.account_id.unwrap();
    let told = information(&bench, &*id).await.unwrap();
    assert_eq!(told.account_id(), Some(&*id));
    assert_eq!(told.account_name(), Some("New"));
    assert_eq!(told.account_state().unwrap().as_str(), "ACTIVE");
    let joined = bench.account(&id).await.joined_timestamp.unwrap();
    assert_eq!(told.account_created_date().unwrap().secs(), joined.secs());

    let own = information(&bench, None).await.unwrap();
    assert_eq!(own.account_id(), Some(MANAGEMENT_ACCOUNT_ID));
    assert_eq!(own.account_name(), Some("Management"));
}

#[tokio::test(start_paused = true)]
async fn the_date_is_a_text() {
    let bench = Bench::new(Options::default());
    let request = bench.create("new+instant@example.com").await;
    let id = bench.finished(&request).await.account_id.unwrap();
    let body = format!(r#"{{"AccountId": "{id}"}}"#);
    let request = Request::post("/getAccountInformation").body(body).unwrap();
    let answer = bench.simulator.answer(request).await.unwrap();
    let told: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(told["AccountCreatedDate"], "2027-01-15T08:00:00+00:00");
}

#[tokio::test(start_paused = true)]
async fn every_state_can_be_asked_for_and_a_closure_shows_as_suspended() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    for (state, shown) in [
        (AccountState::PendingActivation, "PENDING_ACTIVATION"),
        (AccountState::Active, "ACTIVE"),
        (AccountState::PendingClosure, "SUSPENDED"),
        (AccountState::Suspended, "SUSPENDED"),
        (AccountState::Closed, "CLOSED"),
    ] {
        bench.simulator.set_state(&id, state).unwrap();
        let told = information(&bench, &*id).await.unwrap();
        assert_eq!(told.account_state().unwrap().as_str(), shown);
    }
}

#[tokio::test(start_paused = true)]
async fn it_tells_of_a_write_that_organizations_does_not_show_yet() {
    let bench = Bench::new(Options {
        lag: Duration::from_secs(5),
        ..Options::default()
    });
    let id = bench.member().await;
    bench
        .simulator
        .set_state(&id, AccountState::Closed)
        .unwrap();
    assert_eq!(bench.account(&id).await.state.unwrap().as_str(), "ACTIVE");
    let told = information(&bench, &*id).await.unwrap();
    assert_eq!(told.account_state().unwrap().as_str(), "CLOSED");
}

#[tokio::test(start_paused = true)]
async fn it_is_kept_from_the_same_callers_as_the_contacts() {
    let bench = Bench::new(Options {
        young_denied: Duration::from_secs(60),
        ..Options::default()
    });
    let denied = async |id: &str, why: &str| {
        let (status, code, text) = information(&bench, id).await.unwrap_err();
        assert_eq!((status, code.as_str()), (403, "AccessDeniedException"));
        let said = format!("account:GetAccountInformation{why}");
        assert!(text.ends_with(&said), "{text}");
    };
    let request = bench.create("new+instant@example.com").await;
    denied(&bench.finished(&request).await.account_id.unwrap(), "").await;
    let standalone = " (The management account can only be managed using the standalone context from the management account.)";
    denied(MANAGEMENT_ACCOUNT_ID, standalone).await;
    denied("000000000000", "").await;
    let id = bench.member().await;
    let caller = Caller::Member(id.clone());
    bench.simulator.set_caller(caller).unwrap();
    denied(&id, "").await;
    let own = information(&bench, None).await.unwrap();
    assert_eq!(own.account_id(), Some(&*id));
    let invalid = information(&bench, "1234").await.unwrap_err();
    assert_eq!(invalid.1, "ValidationException");
}
