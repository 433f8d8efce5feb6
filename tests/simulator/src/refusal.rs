//! A call the service refuses, in the words of AWS.

use serde_json::{Map, Value, json};

/// An error answer: HTTP status, error code, text, and members beside the text.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// Some errors of Account Management come without.
    pub(crate) code: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) members: Map<String, Value>,
}

impl Refusal {
    /// Organizations answers every client error with HTTP 400.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code: Some(code),
            message: message.into(),
            members: Map::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn invalid(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new("InvalidInputException", message).with("Reason", reason)
    }

    pub(crate) fn constraint(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new("ConstraintViolationException", message).with("Reason", reason)
    }

    /// The model calls the reason `INVALID_NEXT_TOKEN`; the prose says `INVALID_PAGINATION_TOKEN`.
    pub(crate) fn token() -> Self {
        Self::invalid(
            "INVALID_NEXT_TOKEN",
            "Get the value for the NextToken parameter from the response to a previous call of the operation.",
        )
    }

    pub(crate) fn unavailable() -> Self {
        Self::new("ServiceUnavailableException", "Service Unavailable").status(503)
    }

    /// In the words of the model: what the service says was not seen.
    pub(crate) fn resource_unavailable() -> Self {
        Self::new(
            "ResourceUnavailableException",
            "The operation failed because it specified a resource that is not currently available.",
        )
        .status(424)
    }

    pub(crate) fn denied() -> Self {
        Self::new(
            "AccessDeniedException",
            "You don't have permissions to access this resource.",
        )
    }

    pub(crate) fn not_in_use() -> Self {
        Self::new(
            "AWSOrganizationsNotInUseException",
            "Your account is not a member of an organization.",
        )
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::new(
            "UnknownOperationException",
            "The operation is not known to this service.",
        )
    }

    pub(crate) fn serialization(error: &serde_json::Error) -> Self {
        Self::new("SerializationException", error.to_string())
    }

    /// Account Management keeps an account from calling; only the end of the text says why.
    pub(crate) fn unauthorized(caller: &str, operation: &str, why: &str) -> Self {
        let message = format!(
            "User: arn:aws:sts::{caller}:assumed-role/caller/session is not authorized to perform: account:{operation}{why}"
        );
        Self::new("AccessDeniedException", message).status(403)
    }

    /// What Account Management answers to a caller without the IAM permission.
    pub(crate) fn no_policy(caller: &str, operation: &str) -> Self {
        let why = format!(
            " on resource: arn:aws:account::{caller}:account because no identity-based policy allows the account:{operation} action"
        );
        Self::unauthorized(caller, operation, &why)
    }

    /// Input that Account Management does not take. Its refusals of contacts were seen without
    /// `reason` and `fieldList`.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// The same with the members of the model.
    pub(crate) fn field(name: &str, message: &str) -> Self {
        Self::validation(message)
            .with("reason", "fieldValidationFailed")
            .with("fieldList", json!([{ "name": name, "message": message }]))
    }

    /// Some of Account Management's refusals of input have a text and no code.
    pub(crate) fn bare() -> Self {
        Self {
            code: None,
            ..Self::validation("The input must not be null or only whitespace.")
        }
    }

    pub(crate) fn is_throttle(&self) -> bool {
        self.code == Some("TooManyRequestsException")
    }
}
