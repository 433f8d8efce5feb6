//! The organization itself: what it is, who has trusted access, who is a delegated administrator.

use serde_json::json as value;

use super::{Answer, Call, json};
use crate::organization::access::Caller;
use crate::organization::{MANAGEMENT_ACCOUNT_ID, ORGANIZATION_ID, Organization};

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

pub(super) fn list_trusted(organization: &mut Organization, _: &Call<'_>) -> Answer {
    let mut principals = vec!["cloudtrail.amazonaws.com"];
    if organization.access.trusted {
        principals.push(ACCOUNT_MANAGEMENT);
    }
    let enabled: Vec<_> = principals
        .into_iter()
        .map(|it| value!({"ServicePrincipal": it, "DateEnabled": 1_700_000_000}))
        .collect();
    json(&value!({ "EnabledServicePrincipals": enabled }))
}

pub(super) fn list_delegated(organization: &mut Organization, _: &Call<'_>) -> Answer {
    let found: Vec<_> = match &organization.access.caller {
        Caller::DelegatedAdministrator(id) => {
            vec![value!({"Id": id, "DelegationEnabledDate": 1_700_000_000})]
        }
        Caller::Management | Caller::Member(_) => Vec::new(),
    };
    json(&value!({ "DelegatedAdministrators": found }))
}
