//! Puts the standard contacts on accounts, by policy.
//!
//! Every way to start it leads to accounts; for each one: what is it, what does the policy ask of it, what are its
//! contacts, what is to be done, done.

mod account;
mod announce;
mod answer;
mod apply;
mod approved;
mod batch;
mod config;
mod event;
mod plan;
mod policy;
mod sweep;

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use account_aws::bucket::{self, Bucket};
use account_aws::clients::{Clients, OnDemand};
use account_aws::contacts::{self, Contacts};
use account_aws::invocation::{counted, in_time, own_account};
use account_aws::ledger::{self, FingerprintKey, Ledger};
use account_aws::metrics::Metrics;
use account_aws::organizations::{self, Organizations};
use account_aws::policies::{self, Policies};
use account_aws::queue::{self, Queue};
use account_aws::topic::{self, Topic};
use account_aws::{Error, Share};
use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use tokio::sync::OnceCell;
use tracing::Instrument;

pub use answer::{Answer, Explanation, Report, Swept};
pub use config::Config;
pub use event::{Event, Notice, Record};
use policy::Loaded;

/// The IAM actions this function needs; the template grants these and no others, some of them only where the policy
/// asks for them.
pub const ACTIONS: [&str; 19] = [
    contacts::GET_ALTERNATE,
    contacts::PUT_ALTERNATE,
    contacts::DELETE_ALTERNATE,
    contacts::GET_PRIMARY,
    contacts::PUT_PRIMARY,
    organizations::DESCRIBE_ACCOUNT,
    organizations::LIST_PARENTS,
    organizations::LIST_TAGS,
    policies::GET_PARAMETER,
    bucket::GET_OBJECT,
    bucket::PUT_OBJECT,
    ledger::GET,
    ledger::BATCH_GET,
    ledger::PUT,
    ledger::UPDATE,
    topic::PUBLISH,
    queue::CHANGE_VISIBILITY,
    // Lambda itself polls the queue with this role.
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
];

/// Work stops this long before the Lambda deadline: before the invocation as a whole has to, so that what is done counts.
const MARGIN: Duration = Duration::from_secs(7);

/// SQS starts up to two copies of a function at the least.
const COPIES: Share = Share::of_copies(2);

/// What lives as long as the process.
#[derive(Debug)]
pub struct Shell {
    bucket: Bucket,
    config: Config,
    contacts: Contacts,
    /// A sweep's pace is its own; most invocations are no batch of one.
    sweep_contacts: OnceLock<Contacts>,
    clients: Clients,
    ledger: Ledger,
    organizations: Organizations,
    policies: Policies,
    queue: Queue,
    time: SharedTimeSource,
    topic: Topic,
    policy: Mutex<Option<Loaded>>,
    key: OnceCell<FingerprintKey>,
    metrics: Metrics,
}

/// What each invocation counts, whatever happens.
const COUNTED: [&str; 3] = ["AccountsChecked", "AccountsUnknown", "ContactsChanged"];

impl Shell {
    /// Puts configuration and clients together. Makes no call.
    #[must_use]
    pub fn new(config: Config, clients: &Clients, time: SharedTimeSource) -> Self {
        Self {
            bucket: Bucket::new(OnDemand::new(clients, Clients::s3), config.bucket.clone()),
            contacts: Contacts::new(clients, &config.region, COPIES),
            ledger: Ledger::new(clients.dynamodb(), config.table.clone()),
            organizations: Organizations::new(clients, COPIES),
            policies: Policies::new(config.policy.clone(), clients),
            queue: Queue::new(OnDemand::new(clients, Clients::sqs), config.queue.clone()),
            topic: Topic::new(OnDemand::new(clients, Clients::sns), config.topic.clone()),
            sweep_contacts: OnceLock::new(),
            clients: clients.clone(),
            config,
            time,
            policy: Mutex::default(),
            key: OnceCell::new(),
            metrics: clients.metrics().clone(),
        }
    }

    fn sweep_contacts(&self) -> &Contacts {
        self.sweep_contacts.get_or_init(|| {
            let share = Share::of_sweep(self.config.quota_percent.get());
            Contacts::new(&self.clients, &self.config.region, share)
        })
    }
}

/// Handles one invocation.
///
/// # Errors
/// The event is foreign, or no policy was ever accepted. What goes wrong with single accounts is in the answer.
pub async fn handle(shell: &Shell, event: LambdaEvent<Value>) -> Result<Answer, Error> {
    let LambdaEvent { payload, context } = event;
    let own = own_account(&context);
    let own = own.as_ref();
    // On the heap: futures of whole functions are large, and are moved three times here.
    let work = Box::pin(async {
        match Event::read(payload)? {
            Event::Batch(records) => shell.batch(records, &context, own).await,
            Event::Accounts { accounts, dry_run } => {
                shell.accounts(&accounts, dry_run, own, &context).await
            }
            Event::Explain(account) => shell.explain(&account, own, &context).await,
            Event::Sweep(order) => {
                let span = tracing::info_span!("sweep", sweep = order.sweep);
                shell.sweep(&order, own, &context).instrument(span).await
            }
        }
    });
    let work = in_time(&context, &shell.time, work);
    counted(&shell.metrics, &COUNTED, &shell.time, work).await
}
