//! An invocation in which something went wrong.

use std::fmt;

use account_aws::Error;
use lambda_runtime::Diagnostic;

use crate::Summary;

/// The first problem of an invocation, and what was done all the same.
#[derive(Debug)]
pub struct Failure {
    /// The first problem. All of them are in the log.
    pub first: Error,
    /// What was done.
    pub summary: Summary,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.first)?;
        match self.summary.problems {
            0 | 1 => Ok(()),
            problems => write!(
                formatter,
                " (the first of {problems} problems; all of them are in the log)"
            ),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(first: Error) -> Self {
        tracing::error!(kind = first.kind(), "{first}");
        Self {
            first,
            summary: Summary {
                problems: 1,
                ..Summary::default()
            },
        }
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self {
            error_type: failure.first.kind().to_owned(),
            error_message: failure.to_string(),
        }
    }
}
