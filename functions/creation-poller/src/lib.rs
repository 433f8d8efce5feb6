//! Announces every account-creation request that reaches SUCCEEDED or FAILED, once.
//!
//! Three sources lead to one path: the requests in progress and those that were, asked at each tick; a full scan, at
//! each tick in a small organization and now and then in a large one; and `CreateAccountResult` events, taken as a hint
//! to look. Each outcome becomes an intent in the ledger, then a message on the topic, then a mark in the ledger.

mod announce;
mod config;
mod event;
mod failure;
mod run;
mod scan;
mod summary;
mod watch;

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::Duration;

use account_aws::clients::{Clients, OnDemand};
use account_aws::ledger::Ledger;
use account_aws::metrics::Metrics;
use account_aws::organizations::Organizations;
use account_aws::topic::Topic;
use account_aws::{Error, Share, ledger, organizations, topic};
use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use uuid::Uuid;

pub use config::Config;
pub use event::Event;
pub use failure::Failure;
use run::Run;
pub use summary::Summary;

/// The IAM actions this function needs; the template grants these and no others.
pub const ACTIONS: [&str; 9] = [
    organizations::LIST,
    organizations::DESCRIBE,
    ledger::GET,
    ledger::BATCH_GET,
    ledger::PUT,
    ledger::UPDATE,
    ledger::DELETE,
    ledger::QUERY,
    topic::PUBLISH,
];

/// Work stops this long before the Lambda deadline, so that the function can still answer.
const MARGIN: Duration = Duration::from_secs(8);

/// What lives as long as the process.
#[derive(Debug)]
pub struct Shell {
    config: Config,
    organizations: Organizations,
    ledger: Ledger,
    topic: Topic,
    time: SharedTimeSource,
    /// Outcomes that need nothing more, so that a warm poller does not read the ledger for them again.
    known: RefCell<HashSet<Uuid>>,
    metrics: Metrics,
}

/// What each invocation counts, whatever happens.
const COUNTED: [&str; 5] = ["Problems", "Ticks", "RequestsSeen", "Announced", "Redriven"];

impl Shell {
    /// Puts configuration and clients together. Makes no call.
    #[must_use]
    pub fn new(config: Config, clients: &Clients, time: SharedTimeSource) -> Self {
        Self {
            organizations: Organizations::new(clients, Share::of_copies(1)),
            ledger: Ledger::new(clients.dynamodb(), config.table.clone()),
            topic: Topic::new(OnDemand::new(clients, Clients::sns), config.topic.clone()),
            config,
            time,
            known: RefCell::default(),
            metrics: clients.metrics().clone(),
        }
    }
}

/// Handles one invocation. Whatever goes wrong with one thing is reported at the end, after all others were tried.
///
/// # Errors
/// [`Failure`] when anything went wrong; nothing is lost by it, and the next tick goes on.
pub async fn handle(shell: &Shell, event: LambdaEvent<Value>) -> Result<Summary, Failure> {
    let job = Event::read(event.payload)?;
    shell.metrics.begin(&COUNTED);
    let is_tick = job == Event::Tick;
    let mut run = Run::new(shell, &event.context);
    let time_left = run.time_left().saturating_sub(MARGIN);
    let work = tokio::time::timeout(time_left, run.work(job)).await;
    match work {
        Ok(Ok(())) => (),
        Ok(Err(error)) => run.trouble(error),
        Err(_) => run.trouble(Error::OutOfTime {
            margin_seconds: MARGIN.as_secs(),
        }),
    }
    // Within the margin: a claim that is not given up keeps the next ticks from scanning.
    if tokio::time::timeout(MARGIN / 4, run.give_scan_up())
        .await
        .is_err()
    {
        tracing::warn!("the scan's claim could not be given up in time; it ends by itself");
    }
    run.count(is_tick);
    shell.metrics.end(&shell.time);
    run.finish()
}
