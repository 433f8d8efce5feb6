//! Tags of accounts, units and the root.

use serde::Deserialize;
use serde_json::{Value, json as value};

use super::{Answer, Call, nothing, one_page};
use crate::input::{self, Tag};
use crate::listing::{Ask, PAGE};
use crate::organization::{Organization, Tags, unit_exists};
use crate::refusal::Refusal;

/// "Number of tags you can attach to a root, OU, or account" (quotas page).
const TAGS: usize = 50;

fn not_found() -> Refusal {
    Refusal::new(
        "TargetNotFoundException",
        "We can't find a root, OU, account, or policy with the TargetId that you specified.",
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    resource_id: Option<String>,
    next_token: Option<String>,
}

/// All tags come on one page: there is no `MaxResults` and there are at most 50.
pub(super) fn list(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: List = call.input()?;
    let id = input::RESOURCE_ID.required(&input.resource_id)?;
    if !unit_exists(id) && organization.accounts.seen.get(id).is_none() {
        return Err(not_found());
    }
    let tags = organization.tags.seen.get(id).map(|tags| &tags.0);
    let pair = |(key, value): (&String, &String)| value!({ "Key": key, "Value": value });
    let tags: Vec<Value> = tags.into_iter().flatten().map(pair).collect();
    let ask = Ask {
        operation: "ListTagsForResource",
        states: &[id.to_owned()],
        token: input.next_token.as_deref(),
        size: PAGE,
        paging: call.paging,
    };
    one_page(&mut organization.tokens, &ask, "Tags", tags)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attach {
    resource_id: Option<String>,
    tags: Option<Vec<Tag>>,
}

pub(super) fn tag(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Attach = call.input()?;
    let id = input::RESOURCE_ID.required(&input.resource_id)?;
    if input.tags.is_none() {
        return Err(input::missing());
    }
    let added = input::tags(input.tags)?;
    if !unit_exists(id) && organization.accounts.newest(id).is_none() {
        return Err(not_found());
    }
    let mut tags = organization
        .tags
        .newest(id)
        .map(|it| Tags::clone(it))
        .unwrap_or_default();
    tags.0.extend(added);
    if TAGS < tags.0.len() {
        return Err(Refusal::constraint(
            "MAX_TAG_LIMIT_EXCEEDED",
            "You have exceeded the number of tags allowed on this resource.",
        ));
    }
    organization.tags.write(call.now, id, tags);
    nothing()
}
