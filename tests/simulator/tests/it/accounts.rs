//! Accounts: listed, described, moved, closed; and the organization.

use std::collections::HashSet;

use aws_sdk_organizations::types::{Account, AccountJoinedMethod, AccountState};
use simulator::{MANAGEMENT_ACCOUNT_ID, ORGANIZATION_ID, Options};

use crate::bench::{Bench, code, wait};

impl Bench {
    pub(crate) async fn account(&self, id: &str) -> Account {
        let call = self.client.describe_account().account_id(id);
        call.send().await.unwrap().account.unwrap()
    }

    /// All accounts but the management account.
    pub(crate) async fn members(&self) -> Vec<Account> {
        let mut accounts = Vec::new();
        let mut token = None;
        loop {
            let call = self.client.list_accounts().set_next_token(token);
            let page = call.send().await.unwrap();
            accounts.extend(page.accounts.unwrap());
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        accounts.retain(|account| account.id() != Some(MANAGEMENT_ACCOUNT_ID));
        accounts
    }

    pub(crate) async fn member(&self) -> String {
        self.members().await[0].id.clone().unwrap()
    }

    /// The id of the root or unit an account is in.
    async fn parent(&self, id: &str) -> String {
        let path = self.account(id).await.paths.unwrap().pop().unwrap();
        path.split('/').rev().nth(2).unwrap().to_owned()
    }
}

#[tokio::test(start_paused = true)]
async fn every_account_is_listed_once_with_state_and_path() {
    let bench = Bench::new(Options {
        accounts: 101,
        empty_pages: 0.2,
        ..Options::default()
    });
    let members = bench.members().await;
    let ids: HashSet<_> = members.iter().map(|it| it.id().unwrap()).collect();
    assert_eq!((members.len(), ids.len()), (100, 100));
    for account in &members {
        let id = account.id().unwrap();
        assert!(
            id.len() == 12 && id.bytes().all(|it| it.is_ascii_digit()),
            "{id}"
        );
        assert_eq!(account.state, Some(AccountState::Active));
        let arn = format!("arn:aws:organizations::111122223333:account/{ORGANIZATION_ID}/{id}");
        assert_eq!(account.arn.as_ref(), Some(&arn));
        let path = &account.paths()[0];
        assert!(path.starts_with("o-exampleorg1/r-exam/ou-exam-"), "{path}");
        assert!(path.ends_with(&format!("/{id}/")), "{path}");
    }
    let described = bench.account(members[5].id().unwrap()).await;
    assert_eq!(described, members[5]);
    let management = bench.account(MANAGEMENT_ACCOUNT_ID).await;
    assert_eq!(management.joined_method, Some(AccountJoinedMethod::Invited));
    assert_eq!(management.paths(), ["o-exampleorg1/r-exam/111122223333/"]);
}

#[tokio::test(start_paused = true)]
async fn the_retired_status_is_not_shown() {
    let bench = Bench::new(Options::default());
    let request = http::Request::post("/");
    let request = request.header("x-amz-target", crate::wire::target("ListAccounts"));
    let answer = bench
        .simulator
        .answer(request.body("{}").unwrap())
        .await
        .unwrap();
    let answer = String::from_utf8(answer.into_body()).unwrap();
    assert!(answer.contains(r#""State":"ACTIVE""#) && !answer.contains("\"Status\""));
}

#[tokio::test(start_paused = true)]
async fn the_organization_is_described() {
    let bench = Bench::new(Options::default());
    let answer = bench.client.describe_organization().send().await.unwrap();
    let organization = answer.organization.unwrap();
    assert_eq!(organization.id(), Some(ORGANIZATION_ID));
    assert_eq!(
        organization.master_account_id(),
        Some(MANAGEMENT_ACCOUNT_ID)
    );
    assert_eq!(organization.feature_set.unwrap().as_str(), "ALL");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_account_is_not_found() {
    let bench = Bench::new(Options::default());
    let describe = |id| bench.client.describe_account().account_id(id).send();
    assert_eq!(
        code(describe("000000000000").await),
        "AccountNotFoundException"
    );
    assert_eq!(
        code(describe("1234").await),
        "InvalidInputException INVALID_PATTERN"
    );
}

#[tokio::test(start_paused = true)]
async fn an_account_moves_from_where_it_is() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let from = bench.parent(&id).await;
    let call = |id: &str, from: &str, to: &str| {
        let call = bench.client.move_account().account_id(id);
        call.source_parent_id(from).destination_parent_id(to).send()
    };
    assert_eq!(
        code(call("000000000000", &from, "r-exam").await),
        "AccountNotFoundException"
    );
    assert_eq!(
        code(call(&id, "r-exam", &from).await),
        "SourceParentNotFoundException"
    );
    let nowhere = call(&id, &from, "ou-exam-nowhere1").await;
    assert_eq!(code(nowhere), "DestinationParentNotFoundException");
    assert_eq!(
        code(call(&id, &from, &from).await),
        "DuplicateAccountException"
    );
    let pattern = call(&id, &from, "somewhere").await;
    assert_eq!(code(pattern), "InvalidInputException INVALID_PATTERN");
    assert_eq!(bench.parent(&id).await, from);

    call(&id, &from, "r-exam").await.unwrap();
    assert_eq!(bench.parent(&id).await, "r-exam");
    call(&id, "r-exam", "ou-exam-production").await.unwrap();
    assert_eq!(bench.parent(&id).await, "ou-exam-production");
}

#[tokio::test(start_paused = true)]
async fn a_closed_account_is_pending_and_then_suspended() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let close = |id: &str| bench.client.close_account().account_id(id).send();
    close(&id).await.unwrap();
    assert_eq!(
        bench.account(&id).await.state,
        Some(AccountState::PendingClosure)
    );
    assert_eq!(code(close(&id).await), "ConflictException");
    wait(60.0).await;
    assert_eq!(
        bench.account(&id).await.state,
        Some(AccountState::Suspended)
    );
    assert_eq!(code(close(&id).await), "AccountAlreadyClosedException");
    assert_eq!(
        code(close("000000000000").await),
        "AccountNotFoundException"
    );
    assert_eq!(
        code(close(MANAGEMENT_ACCOUNT_ID).await),
        "ConstraintViolationException CANNOT_CLOSE_MANAGEMENT_ACCOUNT"
    );
}

#[tokio::test(start_paused = true)]
async fn three_accounts_close_at_a_time_and_250_in_thirty_days() {
    let bench = Bench::new(Options {
        accounts: 300,
        ..Options::default()
    });
    let close = |id: &str| bench.client.close_account().account_id(id).send();
    let members = bench.members().await;
    let mut refused = Vec::new();
    for account in &members {
        let id = account.id().unwrap();
        if close(id).await.is_err() {
            refused.push(code(close(id).await));
            wait(60.0).await;
            if close(id).await.is_err() {
                break;
            }
        }
    }
    let (last, others) = refused.split_last().unwrap();
    assert_eq!(others.len(), 250 / 3, "every fourth one waits");
    let limit = "ConstraintViolationException CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED";
    assert!(others.iter().all(|code| code == limit), "{others:?}");
    assert_eq!(
        last,
        "ConstraintViolationException CLOSE_ACCOUNT_QUOTA_EXCEEDED"
    );
    let next = members[250].id().unwrap();
    wait(30.0 * 86_400.0).await;
    assert!(close(next).await.is_ok());
}
