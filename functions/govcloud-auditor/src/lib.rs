//! Audits the GovCloud link of accounts: asks for it, compares it with what was last seen, announces what changed.
//!
//! What does not fit is found when all accounts are known: by the sweep's report.

mod audit;
mod config;
mod event;
mod links;

use std::time::Duration;

use account_aws::bucket::{self, Bucket};
use account_aws::clients::{Clients, OnDemand};
use account_aws::govcloud::{self, GovCloud};
use account_aws::invocation::{counted, in_time};
use account_aws::ledger::{self, Ledger};
use account_aws::metrics::Metrics;
use account_aws::organizations::{self, Organizations};
use account_aws::topic::{self, Topic};
use account_aws::{Error, Share};
use account_core::sweep::AccountResult;
use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;
use tracing::Instrument;

pub use config::Config;
pub use event::Event;

/// The IAM actions this function needs; the template grants these and no others.
pub const ACTIONS: [&str; 8] = [
    govcloud::GET_LINK,
    organizations::DESCRIBE_ACCOUNT,
    bucket::GET_OBJECT,
    bucket::PUT_OBJECT,
    ledger::BATCH_GET,
    ledger::PUT,
    ledger::UPDATE,
    topic::PUBLISH,
];

/// Work stops this long before the Lambda deadline, so that the function can still answer.
const MARGIN: Duration = Duration::from_secs(10);

/// What lives as long as the process.
#[derive(Debug)]
pub struct Shell {
    bucket: Bucket,
    config: Config,
    govcloud: GovCloud,
    ledger: Ledger,
    organizations: Organizations,
    time: SharedTimeSource,
    topic: Topic,
    metrics: Metrics,
}

/// What each invocation counts, whatever happens.
const COUNTED: [&str; 3] = ["AccountsChecked", "AccountsUnknown", "LinksChanged"];

/// The answer to each way of starting the function.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// How far a batch came; what it found is in the bucket.
    Swept(Swept),
    /// What was found, account by account.
    Accounts(Vec<AccountResult>),
}

/// How far a batch of an audit came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Accounts that it asked about.
    pub accounts: usize,
    /// Accounts that another round has to ask about again.
    pub again: usize,
    /// Accounts that it did not reach.
    pub unreached: usize,
    /// Links that changed and were announced.
    pub changed: usize,
    /// Calls that AWS throttled.
    pub throttled: u32,
}

impl Shell {
    /// Puts configuration and clients together. Makes no call.
    #[must_use]
    pub fn new(config: Config, clients: &Clients, time: SharedTimeSource) -> Self {
        let share = Share::of_sweep(config.quota_percent.get());
        Self {
            bucket: Bucket::new(OnDemand::new(clients, Clients::s3), config.bucket.clone()),
            govcloud: GovCloud::new(clients, share),
            ledger: Ledger::new(clients.dynamodb(), config.table.clone()),
            organizations: Organizations::new(clients, share),
            topic: Topic::new(OnDemand::new(clients, Clients::sns), config.topic.clone()),
            config,
            time,
            metrics: clients.metrics().clone(),
        }
    }
}

/// Handles one invocation.
///
/// # Errors
/// The event is foreign, or a batch cannot be read or its results not be written. What goes wrong with single accounts
/// is in the answer.
pub async fn handle(shell: &Shell, event: LambdaEvent<Value>) -> Result<Answer, Error> {
    let LambdaEvent { payload, context } = event;
    // On the heap: futures of whole functions are large, and are moved three times here.
    let work = Box::pin(async {
        match Event::read(payload)? {
            Event::Sweep(order) => {
                let span = tracing::info_span!("sweep", sweep = order.sweep);
                shell.sweep(&order, &context).instrument(span).await
            }
            Event::Accounts(accounts) => shell.accounts(&accounts, &context).await,
        }
    });
    let work = in_time(&context, &shell.time, work);
    counted(&shell.metrics, &COUNTED, &shell.time, work).await
}
