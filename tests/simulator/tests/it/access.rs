//! Who may reach the contacts of which account, and the words of each refusal.

use std::time::Duration;

use aws_sdk_account::types::AlternateContactType;
use simulator::{AccountState, Caller, MANAGEMENT_ACCOUNT_ID, Options};

use crate::bench::{Bench, refusal, wait};

const NO_TRUST: &str =
    " (Your organization must first enable trusted access with AWS Account Management.)";
const STANDALONE: &str = " (The management account can only be managed using the standalone context from the management account.)";

/// The end of the refusal to read the primary contact of an account, or nothing.
async fn refused(bench: &Bench, id: impl Into<Option<&str>>) -> Option<String> {
    let call = bench.account.get_contact_information();
    let answer = call
        .set_account_id(id.into().map(str::to_owned))
        .send()
        .await;
    answer.as_ref().err()?;
    let (status, code, text) = refusal(answer);
    assert_eq!((status, code.as_str()), (403, "AccessDeniedException"));
    let (_, why) = text
        .split_once(" is not authorized to perform: account:GetContactInformation")
        .unwrap();
    Some(why.to_owned())
}

fn why(suffix: &str) -> Option<String> {
    Some(suffix.to_owned())
}

#[tokio::test(start_paused = true)]
async fn the_management_account_names_members_and_not_itself() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    assert_eq!(refused(&bench, None).await, None);
    assert_eq!(refused(&bench, &*id).await, None);
    let own = refused(&bench, MANAGEMENT_ACCOUNT_ID).await;
    assert_eq!(own, why(STANDALONE));
    assert_eq!(refused(&bench, "000000000000").await, why(""));

    let put = bench.put(MANAGEMENT_ACCOUNT_ID, AlternateContactType::Billing);
    let (_, _, text) = refusal(put.send().await);
    assert_eq!(
        text,
        format!(
            "User: arn:aws:sts::111122223333:assumed-role/caller/session is not authorized to perform: account:PutAlternateContact{STANDALONE}"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn without_trusted_access_everybody_reaches_just_himself() {
    let bench = Bench::new(Options {
        trusted_access: false,
        ..Options::default()
    });
    let id = bench.member().await;
    assert_eq!(refused(&bench, &*id).await, why(NO_TRUST));
    assert_eq!(refused(&bench, None).await, None);
    let delegated = Caller::DelegatedAdministrator(id.clone());
    bench.simulator.set_caller(delegated).unwrap();
    assert_eq!(refused(&bench, &*id).await, why(NO_TRUST));
    assert_eq!(refused(&bench, None).await, None);
    bench.simulator.set_trusted_access(true);
    assert_eq!(refused(&bench, &*id).await, None);
    bench.simulator.set_trusted_access(false);
    assert_eq!(refused(&bench, &*id).await, why(NO_TRUST));
}

#[tokio::test(start_paused = true)]
async fn a_delegated_administrator_names_members_and_not_the_management_account() {
    let bench = Bench::new(Options::default());
    let members = bench.members().await;
    let (own, other) = (members[0].id().unwrap(), members[1].id().unwrap());
    let delegated = Caller::DelegatedAdministrator(own.to_owned());
    bench.simulator.set_caller(delegated).unwrap();
    assert_eq!(refused(&bench, other).await, None);
    assert_eq!(refused(&bench, own).await, None);
    let management = refused(&bench, MANAGEMENT_ACCOUNT_ID).await;
    assert_eq!(management, why(STANDALONE));
    assert_eq!(refused(&bench, "000000000000").await, why(""));
    let answer = bench.account.get_contact_information().send().await;
    let contact = answer.unwrap().contact_information.unwrap();
    assert_eq!(contact.full_name(), members[0].name().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_member_names_nobody_not_even_itself() {
    let bench = Bench::new(Options::default());
    let members = bench.members().await;
    let own = members[0].id().unwrap();
    let caller = Caller::Member(own.to_owned());
    bench.simulator.set_caller(caller).unwrap();
    for id in [own, members[1].id().unwrap(), MANAGEMENT_ACCOUNT_ID] {
        assert_eq!(refused(&bench, id).await, why(""));
    }
    assert_eq!(refused(&bench, None).await, None);
    let put = bench.put(own, AlternateContactType::Billing);
    put.set_account_id(None).send().await.unwrap();
    let stored = bench.simulator.contacts(own).unwrap();
    assert_eq!(stored["alternate"]["BILLING"]["Name"], "Ops");
    let nobody = Caller::Member("000000000000".to_owned());
    assert!(bench.simulator.set_caller(nobody).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_contact_type_that_is_none_is_denied() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    for contact_type in ["operations", "OTHER", "Billing"] {
        let call = bench.account.get_alternate_contact().account_id(&id);
        let contact_type = AlternateContactType::from(contact_type);
        let get = call.alternate_contact_type(contact_type.clone());
        let (status, code, text) = refusal(get.send().await);
        assert_eq!((status, code.as_str()), (403, "AccessDeniedException"));
        let why = "account:GetAlternateContact (You specified an invalid Alternate Contact type.)";
        assert!(text.ends_with(why), "{text}");
        let put = bench.put(&id, contact_type);
        assert_eq!(refusal(put.send().await).0, 403);
    }
    let untyped = bench.account.get_alternate_contact().send().await;
    let missing = r#"[object has missing required properties (["AlternateContactType"])]"#;
    assert_eq!(refusal(untyped).2, missing);
}

#[tokio::test(start_paused = true)]
async fn an_account_id_that_is_none_is_invalid() {
    let bench = Bench::new(Options::default());
    for id in ["1234", "11112222333x", ""] {
        let call = bench.account.get_contact_information().account_id(id);
        let (status, code, _) = refusal(call.send().await);
        assert_eq!((status, code.as_str()), (400, "ValidationException"));
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_that_are_not_active_are_kept_or_not() {
    let states = [
        AccountState::PendingActivation,
        AccountState::Suspended,
        AccountState::PendingClosure,
        AccountState::Closed,
    ];
    for inactive_denied in [true, false] {
        let bench = Bench::new(Options {
            inactive_denied,
            ..Options::default()
        });
        let id = bench.member().await;
        for state in states {
            bench.simulator.set_state(&id, state).unwrap();
            assert_eq!(bench.simulator.accounts()[&id], state);
            let expected = inactive_denied.then(String::new);
            assert_eq!(refused(&bench, &*id).await, expected, "{state:?}");
        }
        bench
            .simulator
            .set_state(&id, AccountState::Active)
            .unwrap();
        assert_eq!(refused(&bench, &*id).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_closure_can_be_called_off() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let close = || bench.client.close_account().account_id(&id).send();
    close().await.unwrap();
    bench
        .simulator
        .set_state(&id, AccountState::Active)
        .unwrap();
    wait(61.0).await;
    assert_eq!(bench.simulator.accounts()[&id], AccountState::Active);
    bench
        .simulator
        .set_state(&id, AccountState::Closed)
        .unwrap();
    let closed = crate::bench::code(close().await);
    assert_eq!(closed, "AccountAlreadyClosedException");
    let nobody = bench
        .simulator
        .set_state("000000000000", AccountState::Active);
    assert!(nobody.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_new_account_is_out_of_reach_for_a_while() {
    let bench = Bench::new(Options {
        young_denied: Duration::from_secs(120),
        ..Options::default()
    });
    assert_eq!(refused(&bench, &*bench.member().await).await, None);
    let request = bench.create("new+instant@example.com").await;
    let id = bench.finished(&request).await.account_id.unwrap();
    wait(119.9).await;
    assert_eq!(refused(&bench, &*id).await, why(""));
    wait(0.1).await;
    assert_eq!(refused(&bench, &*id).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_created_account_is_there_at_once_even_when_reads_lag() {
    let bench = Bench::new(Options {
        lag: Duration::from_secs(30),
        ..Options::default()
    });
    let request = bench.create("new+instant@example.com").await;
    let created = || {
        bench
            .simulator
            .terminal_requests()
            .into_iter()
            .any(|it| it.id == request)
    };
    assert!(created());
    let members: Vec<String> = bench.simulator.accounts().into_keys().collect();
    assert_eq!(members.len(), 11);
    for id in members.iter().filter(|id| *id != MANAGEMENT_ACCOUNT_ID) {
        assert_eq!(refused(&bench, id.as_str()).await, None);
    }
}
