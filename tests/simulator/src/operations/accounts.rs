//! Accounts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json as value};

use super::{Answer, Call, json, nothing};
use crate::input;
use crate::listing::Ask;
use crate::organization::account::AccountState;
use crate::organization::{MANAGEMENT_ACCOUNT_ID, Organization, unit_exists};
use crate::refusal::Refusal;

/// "Number of accounts you can close concurrently" (quotas page).
const CLOSING: usize = 3;

fn not_found() -> Refusal {
    Refusal::new(
        "AccountNotFoundException",
        "We can't find an AWS account with the AccountId that you specified, or the account whose credentials you used to make this request isn't a member of an organization.",
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    next_token: Option<String>,
    max_results: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    accounts: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(super) fn list(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: List = call.input()?;
    let ask = Ask {
        operation: "ListAccounts",
        states: &[],
        token: input.next_token.as_deref(),
        size: input::page_size(input.max_results)?,
        paging: call.paging,
    };
    let Organization {
        accounts,
        tokens,
        look,
        ..
    } = organization;
    let (rows, next_token) = accounts.seen.page(tokens, &ask)?;
    json(&Page {
        accounts: rows.into_iter().map(|it| it.wire(*look)).collect(),
        next_token,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    account_id: Option<String>,
}

pub(super) fn describe(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Named = call.input()?;
    let id = input::ACCOUNT_ID.required(&input.account_id)?;
    let account = organization.accounts.seen.get(id).ok_or_else(not_found)?;
    json(&value!({ "Account": account.wire(organization.look) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Move {
    account_id: Option<String>,
    source_parent_id: Option<String>,
    destination_parent_id: Option<String>,
}

pub(super) fn move_account(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Move = call.input()?;
    let id = input::ACCOUNT_ID.required(&input.account_id)?;
    let source = input::PARENT_ID.required(&input.source_parent_id)?;
    let destination = input::PARENT_ID.required(&input.destination_parent_id)?;

    let account = organization.accounts.newest(id).ok_or_else(not_found)?;
    if account.parent != source {
        return Err(Refusal::new(
            "SourceParentNotFoundException",
            "We can't find a source root or OU with the ParentId that you specified.",
        ));
    }
    if !unit_exists(destination) {
        return Err(Refusal::new(
            "DestinationParentNotFoundException",
            "We can't find the destination container (a root or OU) with the ParentId that you specified.",
        ));
    }
    if source == destination {
        return Err(Refusal::new(
            "DuplicateAccountException",
            "That account is already present in the specified destination.",
        ));
    }
    organization.change(id, call.now, |account| {
        account.parent = destination.to_owned()
    });
    nothing()
}

pub(super) fn close(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Named = call.input()?;
    let id = input::ACCOUNT_ID.required(&input.account_id)?;
    if id == MANAGEMENT_ACCOUNT_ID {
        return Err(Refusal::constraint(
            "CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
            "You attempted to close the management account.",
        ));
    }
    match organization
        .accounts
        .newest(id)
        .ok_or_else(not_found)?
        .state
    {
        AccountState::Active => (),
        AccountState::PendingClosure | AccountState::PendingActivation => {
            return Err(Refusal::new(
                "ConflictException",
                "The request failed because it conflicts with the current state of the specified resource.",
            ));
        }
        AccountState::Suspended | AccountState::Closed => {
            return Err(Refusal::new(
                "AccountAlreadyClosedException",
                "You attempted to close an account that is already closed.",
            ));
        }
    }
    if CLOSING <= organization.closing() {
        return Err(Refusal::constraint(
            "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED",
            "You attempted to exceed the number of accounts that you can close at a time.",
        ));
    }
    if organization.closed_enough(call.now) {
        return Err(Refusal::constraint(
            "CLOSE_ACCOUNT_QUOTA_EXCEEDED",
            "You have exceeded close account quota for the past 30 days.",
        ));
    }
    organization.close(id, call.now);
    nothing()
}
