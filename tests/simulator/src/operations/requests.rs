//! Creation requests: made, described, listed.

use serde::{Deserialize, Serialize};

use super::{Answer, Call, json};
use crate::input::{self, Tag};
use crate::listing::Ask;
use crate::organization::creation::Start;
use crate::organization::request::{RequestState, Row};
use crate::organization::{Organization, Tags};
use crate::refusal::Refusal;

/// "Number of member accounts you can create concurrently" (quotas page).
const CONCURRENT: usize = 5;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Create {
    email: Option<String>,
    account_name: Option<String>,
    role_name: Option<String>,
    iam_user_access_to_billing: Option<String>,
    tags: Option<Vec<Tag>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct One<'a> {
    create_account_status: &'a Row,
}

pub(super) fn create_account(organization: &mut Organization, call: &Call<'_>) -> Answer {
    create(organization, call, false)
}

/// Makes two accounts: a member of this organization, and one in GovCloud that is no member.
pub(super) fn create_govcloud_account(organization: &mut Organization, call: &Call<'_>) -> Answer {
    create(organization, call, true)
}

fn create(organization: &mut Organization, call: &Call<'_>, govcloud: bool) -> Answer {
    let input: Create = call.input()?;
    let email = input::EMAIL.required(&input.email)?;
    let name = input::ACCOUNT_NAME.required(&input.account_name)?;
    if let Some(role) = &input.role_name {
        check_role(role)?;
    }
    if let Some(access) = &input.iam_user_access_to_billing {
        input::one_of(access, &["ALLOW", "DENY"])?;
    }
    let start = Start::from_email(name, email, govcloud);
    let tags = Tags(input::tags(input.tags)?.into_iter().collect());

    if CONCURRENT <= organization.in_progress() {
        return Err(Refusal::constraint(
            "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
            "You attempted to exceed the number of accounts that can be in progress at a time.",
        ));
    }
    let request = organization.start(start, tags, call.now);
    json(&One {
        create_account_status: &Row::Request(request),
    })
}

fn check_role(role: &str) -> Result<(), Refusal> {
    if input::ROLE_NAME
        .check(role)?
        .starts_with("AWSServiceRoleFor")
    {
        let text = "A role name can't begin with the reserved prefix AWSServiceRoleFor.";
        return Err(Refusal::invalid("INVALID_ROLE_NAME", text));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    create_account_request_id: Option<String>,
}

pub(super) fn describe(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Describe = call.input()?;
    let id = input::REQUEST_ID.required(&input.create_account_request_id)?;
    let row = organization.requests.seen.get(id).ok_or_else(|| {
        Refusal::new(
            "CreateAccountStatusNotFoundException",
            "We can't find an create account request with the CreateAccountRequestId that you specified.",
        )
    })?;
    json(&One {
        create_account_status: row,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    #[serde(default)]
    states: Vec<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'a> {
    create_account_statuses: Vec<&'a Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(super) fn list(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: List = call.input()?;
    let size = input::page_size(input.max_results)?;
    let known = [
        RequestState::InProgress,
        RequestState::Succeeded,
        RequestState::Failed,
    ];
    for state in &input.states {
        input::one_of(state, &known.map(RequestState::as_str))?;
    }
    let ask = Ask {
        operation: "ListCreateAccountStatus",
        states: &input.states,
        token: input.next_token.as_deref(),
        size,
        paging: call.paging,
    };
    let Organization {
        requests, tokens, ..
    } = organization;
    let (create_account_statuses, next_token) = requests.seen.page(tokens, &ask)?;
    json(&Page {
        create_account_statuses,
        next_token,
    })
}
