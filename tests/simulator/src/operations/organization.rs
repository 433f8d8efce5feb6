//! The organization itself: what it is, who has trusted access, who is a delegated administrator.

use serde::Deserialize;
use serde_json::json as value;

use super::{Answer, Call, json, one_page};
use crate::input;
use crate::listing::Ask;
use crate::organization::access::Caller;
use crate::organization::{MANAGEMENT_ACCOUNT_ID, ORGANIZATION_ID, Organization};
use crate::refusal::Refusal;

const ACCOUNT_MANAGEMENT: &str = "account.amazonaws.com";

pub(super) fn describe(organization: &mut Organization, _: &Call<'_>) -> Answer {
    let management = MANAGEMENT_ACCOUNT_ID;
    let arn = |path: &str| format!("arn:aws:organizations::{management}:{path}");
    let features = if organization.access.all_features {
        "ALL"
    } else {
        "CONSOLIDATED_BILLING"
    };
    json(&value!({ "Organization": {
        "Id": ORGANIZATION_ID,
        "Arn": arn(&format!("organization/{ORGANIZATION_ID}")),
        "FeatureSet": features,
        "MasterAccountArn": arn(&format!("account/{ORGANIZATION_ID}/{management}")),
        "MasterAccountId": management,
        "MasterAccountEmail": "account-0@example.com",
        "AvailablePolicyTypes": [],
    }}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    next_token: Option<String>,
    max_results: Option<i64>,
}

impl List {
    fn ask(&self, call: &Call<'_>) -> Result<Ask<'_>, Refusal> {
        Ok(Ask {
            operation: call.operation,
            states: &[],
            token: self.next_token.as_deref(),
            size: input::page_size(self.max_results)?,
            paging: call.paging,
        })
    }
}

pub(super) fn list_trusted(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: List = call.input()?;
    let mut principals = vec!["cloudtrail.amazonaws.com"];
    if organization.access.trusted {
        principals.push(ACCOUNT_MANAGEMENT);
    }
    let enabled: Vec<_> = principals
        .into_iter()
        .map(|it| value!({"ServicePrincipal": it, "DateEnabled": 1_700_000_000}))
        .collect();
    let ask = input.ask(call)?;
    one_page(
        &mut organization.tokens,
        &ask,
        "EnabledServicePrincipals",
        enabled,
    )
}

pub(super) fn list_delegated(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: List = call.input()?;
    let found: Vec<_> = match &organization.access.caller {
        Caller::DelegatedAdministrator(id) => {
            vec![value!({"Id": id, "DelegationEnabledDate": 1_700_000_000})]
        }
        Caller::Management | Caller::Member(_) => Vec::new(),
    };
    let ask = input.ask(call)?;
    one_page(
        &mut organization.tokens,
        &ask,
        "DelegatedAdministrators",
        found,
    )
}
