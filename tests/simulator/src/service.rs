//! The two services behind the one endpoint, and what each of them answers in its own words.

use crate::refusal::Refusal;

/// A service with a protocol of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// awsJson1.1.
    Organizations,
    /// restJson1.
    Account,
}

impl Service {
    pub(crate) fn throttled(self) -> Refusal {
        match self {
            // The model leaves the values of `Type` open.
            Self::Organizations => Refusal::new(
                "TooManyRequestsException",
                "You have sent too many requests in too short a period of time. The quota helps protect against denial-of-service attacks. Try again later.",
            )
            .with("Type", "ACCOUNT"),
            Self::Account => {
                Refusal::new("TooManyRequestsException", "Too Many Requests").status(429)
            }
        }
    }

    pub(crate) fn internal(self) -> Refusal {
        let (code, message) = match self {
            Self::Organizations => (
                "ServiceException",
                "Organizations can't complete your request because of an internal service error. Try again later.",
            ),
            Self::Account => ("InternalServerException", "Internal Server Error"),
        };
        Refusal::new(code, message).status(500)
    }
}
