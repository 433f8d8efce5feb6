//! Where accounts and units are.

use serde::Deserialize;
use serde_json::json as value;

use super::{Answer, Call, one_page};
use crate::input;
use crate::listing::Ask;
use crate::organization::{Organization, unit_parent};
use crate::refusal::Refusal;

fn not_found() -> Refusal {
    Refusal::new(
        "ChildNotFoundException",
        "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    child_id: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// "In the current release, a child can have only a single parent": all is on one page.
pub(super) fn list(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: List = call.input()?;
    let id = input::CHILD_ID.required(&input.child_id)?;
    let size = input::page_size(input.max_results)?;
    let account = organization.accounts.seen.get(id);
    let parent = account.map(|account| account.parent.clone());
    let parent = parent.or_else(|| unit_parent(id).map(str::to_owned));
    let parent = parent.ok_or_else(not_found)?;
    let kind = match unit_parent(&parent) {
        Some(_) => "ORGANIZATIONAL_UNIT",
        None => "ROOT",
    };
    let ask = Ask {
        operation: "ListParents",
        states: &[id.to_owned()],
        token: input.next_token.as_deref(),
        size,
        paging: call.paging,
    };
    let parents = vec![value!({ "Id": parent, "Type": kind })];
    one_page(&mut organization.tokens, &ask, "Parents", parents)
}
