//! What Account Management tells about an account: its name, age and state, and the GovCloud
//! account it has.

use serde::Deserialize;
use serde_json::json as value;

use super::access::{target, target_in_any_state};
use super::{Answer, Call, json};
use crate::organization::Organization;
use crate::refusal::Refusal;
use crate::time;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    account_id: Option<String>,
}

/// An account is shown as it is, whatever reads of Organizations see.
///
/// The date that was observed was that of Organizations' `JoinedTimestamp`, cut to whole seconds.
pub(super) fn get(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Named = call.input()?;
    let account = target_in_any_state(organization, call, input.account_id.as_ref())?;
    json(&value!({
        "AccountId": account.id,
        "AccountName": account.name,
        "AccountCreatedDate": time::iso8601(account.joined),
        "AccountState": account.state.without_closure(),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Standard {
    standard_account_id: Option<String>,
}

/// Nothing is found out about a link that is unavailable, not even whether there is one.
pub(super) fn get_govcloud(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Standard = call.input()?;
    let account = target(organization, call, input.standard_account_id.as_ref())?;
    if organization.links.is_unavailable(&account) {
        return Err(Refusal::resource_unavailable());
    }
    let link = organization.links.seen(&account);
    json(link.ok_or_else(|| no_link(&account))?)
}

fn no_link(account: &str) -> Refusal {
    let message = format!("GovCloud Account ID not found for Standard Account - {account}.");
    Refusal::new("ResourceNotFoundException", message).status(404)
}
