//! What Lambda tells of an invocation.

use std::time::Duration;

use account_core::ids::AccountId;
use aws_smithy_async::time::SharedTimeSource;
use chrono::{DateTime, Utc};
use lambda_runtime::Context;

use crate::metrics::Metrics;
use crate::{Error, clock};

/// Work ends this long before the Lambda deadline: a function answers at least five seconds before it, and log and metrics
/// take their time.
pub const MARGIN: Duration = Duration::from_secs(6);

/// The account that the function runs in: `arn:aws:lambda:us-east-1:111122223333:function:…`.
#[must_use]
pub fn own_account(context: &Context) -> Option<AccountId> {
    let mut parts = context.invoked_function_arn.split(':');
    parts.nth(4).and_then(|account| account.parse().ok())
}

/// Makes an invocation's work one line of metrics, with these in it whatever happens; its failure is logged by its kind, for
/// alarms to filter on.
///
/// # Errors
/// What the work ends with.
pub async fn counted<T>(
    metrics: &Metrics,
    names: &[&'static str],
    time: &SharedTimeSource,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    metrics.begin(names);
    let end = work.await;
    if let Err(error) = &end {
        tracing::error!(kind = error.kind(), "{error}");
    }
    metrics.end(time);
    end
}

/// Ends work that would not leave the [`MARGIN`] before the Lambda deadline, even if a call hangs.
///
/// # Errors
/// [`Error::OutOfTime`], or what the work ends with.
pub async fn in_time<T>(
    context: &Context,
    time: &SharedTimeSource,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let deadline: DateTime<Utc> = context.deadline().into();
    let left = (deadline - clock::now(time)).to_std().unwrap_or_default();
    let work = tokio::time::timeout(left.saturating_sub(MARGIN), work).await;
    work.unwrap_or(Err(Error::OutOfTime {
        margin_seconds: MARGIN.as_secs(),
    }))
}
