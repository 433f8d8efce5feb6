//! What can go wrong at the edge: one variant for each thing an operator does about it.

use account_core::ids::{AccountId, OrganizationId};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lambda_runtime::Diagnostic;

/// A failure, told so that an operator knows what to do. None carries a text that AWS sent: such texts may quote
/// personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stack sets a variable wrongly.
    #[error("environment variable {name} {problem}: expected {expected}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// The function was started by something that is not its own.
    #[error("not an event of this function: {found}; expected {expected}")]
    ForeignEvent {
        /// What is known of the event.
        found: String,
        /// What starts the function.
        expected: &'static str,
    },
    /// The function's role, or an organization policy above it, does not allow the call.
    #[error(
        "{action} is denied ({code}): allow it to this function's role, in an account that may make the call"
    )]
    Denied {
        /// The IAM action.
        action: &'static str,
        /// AWS's error code.
        code: String,
    },
    /// S3 says that an object is denied; of one that is not there it says the same to who may not list the bucket.
    #[error(
        "{action} is denied ({code}), or there is no such object: see that it is there, and allow the call to this function's role"
    )]
    DeniedOrAbsent {
        /// The IAM action.
        action: &'static str,
        /// AWS's error code.
        code: String,
    },
    /// AWS Account Management may not act in the organization.
    #[error(
        "{action}: trusted access is off; run `aws organizations enable-aws-service-access --service-principal account.amazonaws.com` in the management account"
    )]
    TrustedAccessOff {
        /// The IAM action.
        action: &'static str,
    },
    /// The management account can only be reached from itself.
    #[error(
        "{action}: the management account is out of reach from here; deploy the stack into it to include it"
    )]
    OutOfReach {
        /// The IAM action.
        action: &'static str,
    },
    /// The account is not in an organization.
    #[error(
        "{action}: this account is not in an organization; deploy the stack into the management account"
    )]
    NotInUse {
        /// The IAM action.
        action: &'static str,
    },
    /// AWS asks for patience, beyond the retries that were made already.
    #[error("{action} is throttled ({code}): nothing is lost, it is tried again")]
    Throttled {
        /// The IAM action.
        action: &'static str,
        /// AWS's error code.
        code: String,
    },
    /// No answer, or AWS failed, beyond the retries that were made already.
    #[error("{action} got no usable answer ({problem}): nothing is lost, it is tried again")]
    Unavailable {
        /// The IAM action.
        action: &'static str,
        /// AWS's error code or the kind of failure.
        problem: String,
    },
    /// AWS does not accept the request: a fault of ours, or a resource that is gone.
    #[error(
        "{action} is refused ({code}): does what the function's environment names exist, and does this partition offer the call?"
    )]
    Refused {
        /// The IAM action.
        action: &'static str,
        /// AWS's error code.
        code: String,
    },
    /// A listing cannot be trusted to be whole.
    #[error(
        "{action}: {problem}; the listing was stopped rather than cut short in silence, and begins anew next time"
    )]
    BrokenListing {
        /// The IAM action.
        action: &'static str,
        /// How the listing broke.
        problem: &'static str,
    },
    /// The ledger was begun for another organization.
    #[error(
        "the ledger belongs to organization {ledger}, but ORGANIZATION_ID is {configured}: correct the stack's parameter OrganizationId, or give the stack a new ledger"
    )]
    WrongOrganization {
        /// The organization in the ledger.
        ledger: OrganizationId,
        /// The organization in the function's environment.
        configured: OrganizationId,
    },
    /// A row of the ledger is not as this version writes it.
    #[error("ledger row {row}: {problem}; was it edited by hand, or written by a newer version?")]
    LedgerRow {
        /// The key of the row.
        row: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A document of a sweep is not as this version writes it.
    #[error(
        "object {key} of the stack's bucket is not what it should be; was it changed by hand, or written by another version?"
    )]
    BrokenDocument {
        /// The object.
        key: String,
    },
    /// One sweep of a kind runs at a time.
    #[error("another sweep of this kind is running ({holder}): wait for its end, or stop it")]
    SweepRunning {
        /// The execution.
        holder: String,
    },
    /// There is nothing to resume or to apply.
    #[error(
        "sweep {sweep} is not there, is of another kind, made no plan, or has expired: take an id of the announcements SweepFinished"
    )]
    NoSuchSweep {
        /// The sweep.
        sweep: String,
    },
    /// The policy is not accepted.
    #[error("the policy is refused: {refusals}")]
    PolicyRefused {
        /// Where and why, without any value.
        refusals: String,
    },
    /// The Lambda deadline came too close.
    #[error(
        "stopped {margin_seconds} s before the Lambda deadline: nothing is lost, the rest is taken up again"
    )]
    OutOfTime {
        /// How long before the deadline work stops.
        margin_seconds: u64,
    },
}

impl Error {
    /// A short name of the kind, for alarms to filter on.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Variable { .. } => "Variable",
            Self::ForeignEvent { .. } => "ForeignEvent",
            Self::Denied { .. } | Self::DeniedOrAbsent { .. } => "Denied",
            Self::TrustedAccessOff { .. } => "TrustedAccessOff",
            Self::OutOfReach { .. } => "OutOfReach",
            Self::NotInUse { .. } => "NotInUse",
            Self::Throttled { .. } => "Throttled",
            Self::Unavailable { .. } => "Unavailable",
            Self::Refused { .. } => "Refused",
            Self::BrokenListing { .. } => "BrokenListing",
            Self::WrongOrganization { .. } => "WrongOrganization",
            Self::LedgerRow { .. } => "LedgerRow",
            Self::BrokenDocument { .. } => "BrokenDocument",
            Self::SweepRunning { .. } => "SweepRunning",
            Self::NoSuchSweep { .. } => "NoSuchSweep",
            Self::PolicyRefused { .. } => "PolicyRefused",
            Self::OutOfTime { .. } => "OutOfTime",
        }
    }

    /// Whether the same call may go better soon.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Throttled { .. } | Self::Unavailable { .. } | Self::OutOfTime { .. }
        )
    }

    /// Whether the same call about an account may go better soon. What joined the organization a short while ago may be denied
    /// for some minutes, in any words: AWS is not done with it.
    #[must_use]
    pub fn may_pass(&self, is_young: bool) -> bool {
        let is_denied = matches!(self, Self::Denied { .. } | Self::TrustedAccessOff { .. });
        self.is_passing() || (is_young && is_denied)
    }

    /// Logs what went wrong with an account, or with one of its contacts. What may pass is a warning: an alarm looks at
    /// errors, and each new account would raise it.
    pub fn log(&self, account: &AccountId, contact: Option<&str>, may_pass: bool) {
        if may_pass {
            tracing::warn!(kind = self.kind(), %account, contact, "{self}");
        } else {
            tracing::error!(kind = self.kind(), %account, contact, "{self}");
        }
    }

    /// An answer that came, and is of no use.
    pub(crate) fn unusable(action: &'static str, problem: &str) -> Self {
        Self::Unavailable {
            action,
            problem: problem.to_owned(),
        }
    }

    /// What a failed SDK call means. `action` is the IAM action, which AWS does not always name.
    pub(crate) fn call<E: ProvideErrorMetadata>(
        action: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        let code = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code);
        // A success that cannot be read is no refusal: what was asked for may have been done.
        let refused = status.filter(|status| 300 <= *status);
        let Some(code) = code
            .map(str::to_owned)
            .or_else(|| refused.map(|status| format!("HTTP {status}")))
        else {
            return Self::Unavailable {
                action,
                problem: no_answer(error).to_owned(),
            };
        };
        match code.as_str() {
            "AccessDeniedException"
            | "AccessDenied"
            | "AuthorizationError"
            | "AuthorizationErrorException"
            | "KMSAccessDenied"
            | "KMSAccessDeniedException" => Self::Denied { action, code },
            // Lambda renews the credentials with the next environment, and clocks are set right.
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "RequestExpired"
            | "RequestTimeTooSkewed"
            // A transaction of which an answer was lost is still at work.
            | "TransactionInProgressException"
            | "RequestTimeout"
            | "RequestTimeoutException"
            // Of several reasons, those that are the table's fault.
            | "TransactionCanceledException"
            | "TransactionConflictException" => Self::Unavailable {
                action,
                problem: code,
            },
            // Some refusals come without a code.
            "HTTP 403" => Self::Denied { action, code },
            "HTTP 429" => Self::Throttled { action, code },
            "AWSOrganizationsNotInUseException" => Self::NotInUse { action },
            "TooManyRequestsException"
            | "ThrottlingException"
            | "Throttled"
            | "ThrottledException"
            | "Throttling"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "SlowDown"
            | "ProvisionedThroughputExceededException"
            | "KMSThrottling"
            | "KMSThrottlingException" => Self::Throttled { action, code },
            _ if status.is_none_or(|status| status >= 500) => Self::Unavailable {
                action,
                problem: code,
            },
            _ => Self::Refused { action, code },
        }
    }
}

/// What an answer lists. Of nothing AWS sends an empty list; an answer without a list says nothing.
pub(crate) fn listed<T>(action: &'static str, list: Option<Vec<T>>) -> Result<Vec<T>, Error> {
    list.ok_or_else(|| Error::unusable(action, "an answer without a list"))
}

fn no_answer<E>(error: &SdkError<E, HttpResponse>) -> &'static str {
    match error {
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "timeout",
        SdkError::DispatchFailure(_) => "connection failed",
        SdkError::ResponseError(_) | SdkError::ServiceError(_) => "unreadable answer",
        SdkError::ConstructionFailure(_) => "the request could not be built",
        _ => "unknown failure",
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self {
            error_type: error.kind().to_owned(),
            error_message: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    /// Which codes may go better soon: in these a step of a sweep is made again.
    #[test]
    fn each_code_means_what_an_operator_does_about_it() {
        let table = [
            ("AccessDeniedException", 400, "Denied"),
            ("KMSAccessDenied", 400, "Denied"),
            ("ThrottlingException", 400, "Throttled"),
            ("TooManyRequestsException", 429, "Throttled"),
            ("KMSThrottling", 400, "Throttled"),
            ("SlowDown", 503, "Throttled"),
            ("RequestThrottled", 400, "Throttled"),
            ("TransactionInProgressException", 400, "Unavailable"),
            ("RequestTimeout", 400, "Unavailable"),
            ("InternalError", 500, "Unavailable"),
            ("ValidationException", 400, "Refused"),
        ];
        for (code, status, kind) in table {
            let metadata = ErrorMetadata::builder().code(code).build();
            let status = StatusCode::try_from(status).unwrap();
            let response = HttpResponse::new(status, SdkBody::empty());
            let error = SdkError::service_error(metadata, response);
            assert_eq!(Error::call("some:Action", &error).kind(), kind, "{code}");
        }
    }
}
