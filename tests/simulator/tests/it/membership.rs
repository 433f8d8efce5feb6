//! Accounts that come, go and are somewhere, and how an older organization shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aws_sdk_account::types::AlternateContactType;
use aws_sdk_organizations::types::Parent;
use serde_json::Value;
use simulator::{
    AccountState, Calls, Fault, FaultKind, Impossible, MANAGEMENT_ACCOUNT_ID, Options,
};

use crate::bench::{Bench, code, refusal};
use crate::wire::target;

/// The one parent, over empty pages.
async fn parent(bench: &Bench, id: &str) -> Parent {
    let mut token = None;
    loop {
        let call = bench.client.list_parents().child_id(id);
        let page = call.set_next_token(token).send().await.unwrap();
        if let Some(parent) = page.parents().first() {
            assert_eq!((page.parents().len(), page.next_token()), (1, None));
            return parent.clone();
        }
        token = Some(page.next_token.unwrap());
    }
}

/// `Account` as it is on the wire.
async fn described(bench: &Bench, id: &str) -> Value {
    let request = http::Request::post("/").header("x-amz-target", target("DescribeAccount"));
    let body = format!(r#"{{"AccountId": "{id}"}}"#);
    let answer = bench.simulator.answer(request.body(body).unwrap()).await;
    let mut answer: Value = serde_json::from_slice(answer.unwrap().body()).unwrap();
    answer["Account"].take()
}

#[tokio::test(start_paused = true)]
async fn many_accounts_are_added_at_once_over_all_units() {
    let bench = Bench::new(Options {
        account_limit: 10,
        ..Options::default()
    });
    let before = bench.simulator.accounts().len();
    let added = bench.simulator.add_accounts(190);
    assert_eq!((before, added.len()), (10, 190));
    let mut units: BTreeMap<String, usize> = BTreeMap::new();
    let (mut names, mut emails) = (BTreeSet::new(), BTreeSet::new());
    let members = bench.members().await;
    assert_eq!(members.len(), 199);
    for account in members {
        let path = account.paths()[0].split('/').rev().nth(2).unwrap();
        *units.entry(path.to_owned()).or_default() += 1;
        names.insert(account.name.unwrap());
        emails.insert(account.email.unwrap());
    }
    assert_eq!((names.len(), emails.len()), (199, 199));
    assert!(
        units.len() == 5 && units.values().all(|it| 20 < *it),
        "{units:?}"
    );
    let id = &added[0];
    let contact = bench.account.get_contact_information().account_id(id);
    assert!(contact.send().await.is_ok());
    let full = bench.create("new+instant@example.com").await;
    let reason = bench.finished(&full).await.failure_reason.unwrap();
    assert_eq!(reason.as_str(), "ACCOUNT_LIMIT_EXCEEDED");
}

/// Real time: the largest organization that AWS grants is made while a test waits.
#[tokio::test]
async fn fifty_thousand_accounts_take_no_long_time() {
    let began = Instant::now();
    let bench = Bench::new(Options {
        accounts: 25_000,
        ..Options::default()
    });
    let added = bench.simulator.add_accounts(25_000);
    let page = bench.client.list_accounts().send().await.unwrap();
    assert_eq!(page.accounts().len(), 20);
    assert_eq!(bench.simulator.accounts().len(), 50_000);
    let put = bench.put(&added[24_999], AlternateContactType::Billing);
    put.send().await.unwrap();
    let passed = began.elapsed();
    assert!(passed < Duration::from_secs(30), "{passed:?}");
}

#[tokio::test(start_paused = true)]
async fn an_account_is_moved_by_somebody_else() {
    let bench = Bench::new(Options::default());
    let id = bench.members().await[3].id().unwrap().to_owned();
    for (unit, above) in [
        ("ou-exam-sandboxes", "ou-exam-sandboxes/"),
        (
            "ou-exam-production",
            "ou-exam-workloads/ou-exam-production/",
        ),
        ("r-exam", ""),
    ] {
        bench.simulator.move_account(&id, unit).unwrap();
        let path = format!("o-exampleorg1/r-exam/{above}{id}/");
        assert_eq!(bench.account(&id).await.paths.unwrap(), [path]);
    }
    let nowhere = bench.simulator.move_account(&id, "ou-exam-nowhere1");
    assert_eq!(
        nowhere,
        Err(Impossible::NoSuchUnit("ou-exam-nowhere1".to_owned()))
    );
    let nobody = bench.simulator.move_account("123456789012", "r-exam");
    assert!(nobody.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_account_that_leaves_is_nowhere() {
    let bench = Bench::new(Options::default());
    let members = bench.members().await;
    let id = members[3].id().unwrap();
    bench
        .simulator
        .set_link(id, "999988887777", "ACTIVE")
        .unwrap();
    bench.simulator.remove_account(id).unwrap();

    let described = bench.client.describe_account().account_id(id).send().await;
    assert_eq!(code(described), "AccountNotFoundException");
    let parents = bench.client.list_parents().child_id(id).send().await;
    assert_eq!(code(parents), "ChildNotFoundException");
    let tags = bench.client.list_tags_for_resource().resource_id(id);
    assert_eq!(code(tags.send().await), "TargetNotFoundException");
    let put = bench.put(id, AlternateContactType::Billing).send().await;
    assert_eq!(refusal(put).0, 403);
    let call = bench.account.get_gov_cloud_account_information();
    let link = call.standard_account_id(id).send().await;
    assert_eq!(refusal(link).0, 403);
    let call = bench.account.get_account_information().account_id(id);
    assert_eq!(refusal(call.send().await).0, 403);

    let left: Vec<_> = members.iter().filter(|it| it.id() != Some(id)).collect();
    let listed = bench.members().await;
    assert!(listed.len() == 8 && left.iter().all(|it| listed.contains(it)));
    assert!(!bench.simulator.accounts().contains_key(id));
    assert!(bench.simulator.links().is_empty());
    let again = bench.simulator.remove_account(id);
    assert_eq!(again, Err(Impossible::NoSuchAccount(id.to_owned())));
    let management = bench.simulator.remove_account(MANAGEMENT_ACCOUNT_ID);
    assert_eq!(management, Err(Impossible::Management));
}

#[tokio::test(start_paused = true)]
async fn a_scan_goes_on_when_an_account_leaves_between_two_pages() {
    let bench = Bench::new(Options {
        accounts: 61,
        ..Options::default()
    });
    let first = bench.client.list_accounts().send().await.unwrap();
    let seen: BTreeSet<String> = first
        .accounts()
        .iter()
        .map(|it| it.id.clone().unwrap())
        .collect();
    let all = bench.simulator.accounts();
    let not_yet = |id: &&String| !seen.contains(*id) && *id != MANAGEMENT_ACCOUNT_ID;
    let gone = all.keys().find(not_yet).unwrap();
    bench.simulator.remove_account(gone).unwrap();
    let (mut token, mut rest) = (first.next_token, BTreeSet::new());
    while token.is_some() {
        let page = bench.client.list_accounts().set_next_token(token).send();
        let page = page.await.unwrap();
        rest.extend(page.accounts.unwrap().into_iter().map(|it| it.id.unwrap()));
        token = page.next_token;
    }
    assert!(seen.is_disjoint(&rest) && !rest.contains(gone));
    assert_eq!(seen.len() + rest.len(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_place_is_free_and_an_address_is_not_after_an_account_left() {
    let bench = Bench::new(Options {
        account_limit: 11,
        ..Options::default()
    });
    let reason = async |email: &str| {
        let request = bench.create(email).await;
        let done = bench.finished(&request).await;
        (
            done.account_id,
            done.failure_reason.map(|it| it.as_str().to_owned()),
        )
    };
    let (id, _) = reason("one+instant@example.com").await;
    let full = Some("ACCOUNT_LIMIT_EXCEEDED".to_owned());
    assert_eq!(reason("two+instant@example.com").await.1, full);
    bench
        .client
        .close_account()
        .account_id(id.as_ref().unwrap())
        .send()
        .await
        .unwrap();
    bench.simulator.remove_account(&id.unwrap()).unwrap();
    let taken = Some("EMAIL_ALREADY_EXISTS".to_owned());
    assert_eq!(reason("one+instant@example.com").await.1, taken);
    assert_eq!(reason("two+instant@example.com").await.1, None);
    // The closure of the account that left takes up no place, either.
    for account in &bench.members().await[..3] {
        let call = bench
            .client
            .close_account()
            .set_account_id(account.id.clone());
        call.send().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_and_units_have_one_parent() {
    let bench = Bench::new(Options {
        empty_pages: 0.5,
        ..Options::default()
    });
    let shown = |parent: Parent| {
        (
            parent.id.unwrap(),
            parent.r#type.unwrap().as_str().to_owned(),
        )
    };
    let root = ("r-exam".to_owned(), "ROOT".to_owned());
    for child in [MANAGEMENT_ACCOUNT_ID, "ou-exam-sandboxes"] {
        assert_eq!(shown(parent(&bench, child).await), root);
    }
    let unit = shown(parent(&bench, "ou-exam-production").await);
    let expected = ("ou-exam-workloads", "ORGANIZATIONAL_UNIT");
    assert_eq!((unit.0.as_str(), unit.1.as_str()), expected);
    let member = &bench.members().await[0];
    let id = member.id().unwrap();
    let (unit, kind) = shown(parent(&bench, id).await);
    assert!(member.paths()[0].ends_with(&format!("/{unit}/{id}/")));
    assert_eq!(kind, "ORGANIZATIONAL_UNIT");
    let call = bench.client.move_account().account_id(id);
    let call = call.source_parent_id(unit).destination_parent_id("r-exam");
    call.send().await.unwrap();
    assert_eq!(shown(parent(&bench, id).await), root);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_parents_may_be_empty() {
    let bench = Bench::new(Options::default());
    let first = Calls::List(vec![1]);
    let empty = Fault::on("ListParents", first, FaultKind::Empty);
    bench.simulator.set_faults(vec![empty]);
    let list = |child: &str, token: Option<String>| {
        let call = bench.client.list_parents().child_id(child);
        call.set_next_token(token).send()
    };
    let page = list(MANAGEMENT_ACCOUNT_ID, None).await.unwrap();
    assert_eq!(page.parents(), []);
    let token = page.next_token;
    assert!(token.is_some());
    let other = list("ou-exam-sandboxes", token.clone()).await;
    assert_eq!(code(other), "InvalidInputException INVALID_NEXT_TOKEN");
    let page = list(MANAGEMENT_ACCOUNT_ID, token).await.unwrap();
    assert_eq!((page.parents().len(), page.next_token()), (1, None));
}

#[tokio::test(start_paused = true)]
async fn what_has_no_parent_is_refused() {
    let bench = Bench::new(Options::default());
    for (child, expected) in [
        ("000000000000", "ChildNotFoundException"),
        ("ou-exam-nowhere1", "ChildNotFoundException"),
        ("r-exam", "InvalidInputException INVALID_PATTERN"),
    ] {
        let call = bench.client.list_parents().child_id(child);
        assert_eq!(code(call.send().await), expected);
    }
    let none = bench.client.list_parents().send().await;
    assert_eq!(code(none), "InvalidInputException INPUT_REQUIRED");
    let call = bench.client.list_parents().child_id(MANAGEMENT_ACCOUNT_ID);
    let token = "InvalidInputException INVALID_NEXT_TOKEN";
    assert_eq!(code(call.clone().next_token("made up").send().await), token);
    let size = "InvalidInputException MAX_VALUE_EXCEEDED";
    assert_eq!(code(call.max_results(21).send().await), size);
}

#[tokio::test(start_paused = true)]
async fn an_older_organization_shows_no_paths() {
    let bench = Bench::new(Options {
        paths: false,
        ..Options::default()
    });
    let members = bench.members().await;
    assert!(members.iter().all(|it| it.paths.is_none()));
    let id = members[0].id().unwrap();
    assert!(described(&bench, id).await.get("Paths").is_none());
    bench.simulator.set_paths(true);
    assert_eq!(bench.account(id).await.paths().len(), 1);
    bench.simulator.set_paths(false);
    assert!(bench.account(id).await.paths.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_older_organization_shows_status_in_place_of_state() {
    let bench = Bench::new(Options {
        old_status: true,
        ..Options::default()
    });
    assert!(bench.members().await.iter().all(|it| it.state.is_none()));
    let id = bench.member().await;
    for (state, status) in [
        (AccountState::Active, "ACTIVE"),
        (AccountState::PendingClosure, "PENDING_CLOSURE"),
        (AccountState::Suspended, "SUSPENDED"),
        (AccountState::PendingActivation, "SUSPENDED"),
        (AccountState::Closed, "SUSPENDED"),
    ] {
        bench.simulator.set_state(&id, state).unwrap();
        let account = described(&bench, &id).await;
        assert_eq!(
            (&account["Status"], account.get("State")),
            (&status.into(), None)
        );
    }
    bench.simulator.set_old_status(false);
    let account = described(&bench, &id).await;
    assert_eq!(
        (&account["State"], account.get("Status")),
        (&"CLOSED".into(), None)
    );
}
