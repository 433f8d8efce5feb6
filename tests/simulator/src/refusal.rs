//! A call the service refuses, in the words of AWS.

use serde_json::{Value, json};

/// An error answer: HTTP status, error code, text, and at most one more member.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    code: &'static str,
    message: String,
    extra: Option<(&'static str, &'static str)>,
}

impl Refusal {
    /// Organizations answers every client error with HTTP 400.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            message: message.into(),
            extra: None,
        }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.extra = Some((name, value));
        self
    }

    fn status(mut self, status: u16) -> Self {
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

    /// The model leaves the values of `Type` open.
    pub(crate) fn throttled() -> Self {
        Self::new(
            "TooManyRequestsException",
            "You have sent too many requests in too short a period of time. The quota helps protect against denial-of-service attacks. Try again later.",
        )
        .with("Type", "ACCOUNT")
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            "ServiceException",
            "Organizations can't complete your request because of an internal service error. Try again later.",
        )
        .status(500)
    }

    pub(crate) fn unavailable() -> Self {
        Self::new("ServiceUnavailableException", "Service Unavailable").status(503)
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

    pub(crate) fn is_throttle(&self) -> bool {
        self.code == "TooManyRequestsException"
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "__type": self.code, "Message": self.message });
        if let Some((name, value)) = self.extra {
            body[name] = value.into();
        }
        body
    }
}
