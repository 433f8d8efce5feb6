//! Logs: what our own crates say, as Lambda wants it.
//!
//! Other crates are held to warnings whatever the user sets: at TRACE the SDK prints requests and answers, names and
//! addresses among them.

use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::env::Lookup;

/// Our crates, by the beginning of their names.
const OWN: [&str; 6] = [
    "account_",
    "contact_stamper",
    "creation_poller",
    "doctor",
    "govcloud_auditor",
    "organization_sweep",
];

/// Starts logging to `writer`, by the variables of Lambda's [logging controls]: `AWS_LAMBDA_LOG_LEVEL` (INFO if it is
/// not set, or no level), `AWS_LAMBDA_LOG_FORMAT`. A second start changes nothing.
///
/// [logging controls]: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
pub fn start<W>(vars: &impl Lookup, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    if log(vars, writer).try_init().is_err() {
        tracing::warn!("logging was started before");
    }
}

/// What [`start`] starts: a test has one of its own, and reads what a run of a function logs.
#[must_use]
pub fn log<W>(vars: &impl Lookup, writer: W) -> Dispatch
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer().with_writer(writer).with_ansi(false);
    // Lambda stamps each line with its own time.
    let layer = if vars("AWS_LAMBDA_LOG_FORMAT")
        .is_some_and(|format| format.eq_ignore_ascii_case("json"))
    {
        // Flat: the metric filters of the template look for `level` and `kind` at the top of a line.
        layer
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .boxed()
    } else {
        layer.without_time().boxed()
    };
    Dispatch::new(tracing_subscriber::registry().with(layer.with_filter(filter(vars))))
}

fn filter(vars: &impl Lookup) -> Targets {
    let level =
        vars("AWS_LAMBDA_LOG_LEVEL").and_then(|level| level.to_ascii_lowercase().parse().ok());
    let level: LevelFilter = level.unwrap_or(LevelFilter::INFO);
    let others = level.min(LevelFilter::WARN);
    let own = OWN.into_iter().map(|name| (name, level));
    // Its span carries the request id.
    Targets::new()
        .with_default(others)
        .with_target("lambda_runtime", LevelFilter::INFO)
        .with_targets(own)
}
