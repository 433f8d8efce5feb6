//! Creation requests as the service shows them (`CreateAccountStatus` of the model).

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::listing::Listed;
use crate::time;

/// `CreateAccountFailureReason` of the model.
pub const FAILURE_REASONS: [&str; 15] = [
    "ACCOUNT_LIMIT_EXCEEDED",
    "EMAIL_ALREADY_EXISTS",
    "INVALID_ADDRESS",
    "INVALID_EMAIL",
    "CONCURRENT_ACCOUNT_MODIFICATION",
    "INTERNAL_FAILURE",
    "GOVCLOUD_ACCOUNT_ALREADY_EXISTS",
    "MISSING_BUSINESS_VALIDATION",
    "FAILED_BUSINESS_VALIDATION",
    "PENDING_BUSINESS_VALIDATION",
    "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION",
    "UNKNOWN_BUSINESS_VALIDATION",
    "MISSING_PAYMENT_INSTRUMENT",
    "INVALID_PAYMENT_INSTRUMENT",
    "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED",
];

/// `CreateAccountState` of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestState {
    /// Not finished.
    InProgress,
    /// The account exists.
    Succeeded,
    /// There is no account.
    Failed,
}

impl RequestState {
    /// The state's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) account_name: String,
    pub(crate) state: RequestState,
    #[serde(serialize_with = "time::write")]
    pub(crate) requested_timestamp: SystemTime,
    #[serde(
        serialize_with = "time::write_optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) completed_timestamp: Option<SystemTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gov_cloud_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_reason: Option<String>,
}

impl Request {
    pub(crate) fn begun(id: String, account_name: String, at: SystemTime) -> Self {
        Self {
            id,
            account_name,
            state: RequestState::InProgress,
            requested_timestamp: time::millis(at),
            completed_timestamp: None,
            account_id: None,
            gov_cloud_account_id: None,
            failure_reason: None,
        }
    }

    pub(crate) fn succeeded(
        self,
        at: SystemTime,
        account: String,
        govcloud: Option<String>,
    ) -> Self {
        Self {
            state: RequestState::Succeeded,
            completed_timestamp: Some(time::millis(at)),
            account_id: Some(account),
            gov_cloud_account_id: govcloud,
            ..self
        }
    }

    pub(crate) fn failed(self, at: SystemTime, reason: String) -> Self {
        Self {
            state: RequestState::Failed,
            completed_timestamp: Some(time::millis(at)),
            failure_reason: Some(reason),
            ..self
        }
    }
}

/// A row of `ListCreateAccountStatus`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Row {
    Request(Request),
    /// Shown exactly as a test gave it.
    Raw(Value),
}

impl Listed for Row {
    fn state(&self) -> &str {
        match self {
            Self::Request(request) => request.state.as_str(),
            Self::Raw(row) => row["State"].as_str().unwrap_or_default(),
        }
    }
}
