//! The steps of a sweep over the whole organization, one invocation each: begin, inventory, collect, gate, report.
//!
//! Between inventory and collect the state machine lets batches run, in the contact stamper or the GovCloud auditor.

mod audit;
mod begin;
mod collect;
mod config;
mod event;
mod files;
mod gate;
mod inventory;
mod lock;
mod report;
mod resume;
mod state;

use account_aws::bucket::{self, Bucket};
use account_aws::clients::{Clients, OnDemand};
use account_aws::executions::{self, Executions};
use account_aws::invocation::{counted, in_time};
use account_aws::ledger::{self, Claim, Ledger};
use account_aws::metrics::Metrics;
use account_aws::organizations::{self, Organizations};
use account_aws::topic::{self, Topic};
use account_aws::{Error, Share};
use aws_smithy_async::time::SharedTimeSource;
use chrono::{DateTime, Utc};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;
use tracing::Instrument;

pub use config::Config;
pub use event::{Event, Failed, Input, Step};
use files::Files;
pub use state::{Items, Next, State};

/// The IAM actions this function needs; the template grants these and no others.
pub const ACTIONS: [&str; 10] = [
    organizations::LIST_ACCOUNTS,
    bucket::GET_OBJECT,
    bucket::PUT_OBJECT,
    executions::DESCRIBE_EXECUTION,
    ledger::GET,
    ledger::PUT,
    ledger::UPDATE,
    ledger::DELETE,
    topic::PUBLISH,
    bucket::LIST_BUCKET,
];

/// What lives as long as the process.
#[derive(Debug)]
pub struct Shell {
    bucket: Bucket,
    config: Config,
    executions: Executions,
    ledger: Ledger,
    organizations: Organizations,
    time: SharedTimeSource,
    topic: Topic,
    metrics: Metrics,
}

/// What each step counts, whatever happens.
const COUNTED: [&str; 5] = [
    "ContactSweeps",
    "GovCloudAudits",
    "GatesClosed",
    "SweepsFailed",
    "UncoveredAccounts",
];

impl Shell {
    /// Puts configuration and clients together. Makes no call.
    #[must_use]
    pub fn new(config: Config, clients: &Clients, time: SharedTimeSource) -> Self {
        let share = Share::of_sweep(config.quota_percent.get());
        Self {
            bucket: Bucket::new(OnDemand::new(clients, Clients::s3), config.bucket.clone()),
            executions: Executions::new(OnDemand::new(clients, Clients::sfn)),
            ledger: Ledger::new(clients.dynamodb(), config.table.clone()),
            organizations: Organizations::new(clients, share),
            topic: Topic::new(OnDemand::new(clients, Clients::sns), config.topic.clone()),
            config,
            time,
            metrics: clients.metrics().clone(),
        }
    }

    fn files<'a>(&'a self, sweep: &'a str) -> Files<'a> {
        Files {
            bucket: &self.bucket,
            sweep,
        }
    }
}

/// Handles one step. It may be made again: each step reads and writes the same files whenever it is made.
///
/// # Errors
/// The step cannot be made; the state machine knows the kinds of errors that pass.
pub async fn handle(shell: &Shell, event: LambdaEvent<Value>) -> Result<Option<State>, Error> {
    let LambdaEvent { payload, context } = event;
    let work = in_time(
        &context,
        &shell.time,
        Box::pin(step(shell, payload, &context)),
    );
    counted(&shell.metrics, &COUNTED, &shell.time, work).await
}

async fn step(shell: &Shell, payload: Value, context: &Context) -> Result<Option<State>, Error> {
    let claim = Claim::of(context);
    let Event {
        step,
        execution,
        started,
    } = Event::read(payload)?;
    let span = tracing::info_span!("sweep", sweep = id(&execution));
    let work = make(shell, step, &execution, started, &claim);
    let Some(state) = work.instrument(span).await? else {
        return Ok(None);
    };
    shell.files(&state.id).write_state(&state).await?;
    // After everything else: a step without the lock is not made again.
    if state.next == Next::Done {
        shell.ledger.release_lock(state.kind, &execution).await?;
    }
    Ok(Some(state))
}

/// The id of an execution's sweep: the last part of its ARN.
pub(crate) fn id(execution: &str) -> &str {
    execution.rsplit(':').next().unwrap_or_default()
}

/// Makes a step; `None` where no sweep goes on.
async fn make(
    shell: &Shell,
    step: Step,
    execution: &str,
    started: DateTime<Utc>,
    claim: &Claim,
) -> Result<Option<State>, Error> {
    if let Some(state) = step.wants_lock()
        && let Some(end) = shell.end_without_lock(state, execution).await?
    {
        return Ok(Some(end));
    }
    let state = match step {
        Step::Begin { input } => {
            let input = Input::read(&input)?;
            shell.begin(execution, started, &input).await?
        }
        Step::Inventory { sweep } => shell.inventory(sweep).await?,
        Step::Collect { sweep } => shell.collect(sweep).await?,
        Step::Gate { sweep } => shell.gate(sweep).await?,
        Step::Report { sweep } => shell.report(sweep, claim).await?,
        Step::Fail {
            input,
            sweep,
            failed,
        } => {
            let kind = match sweep {
                Some(sweep) => sweep.kind,
                None => Input::read(&input)?.kind(),
            };
            shell
                .fail((kind, id(execution)), &failed, execution, claim)
                .await?;
            shell.metrics.add("SweepsFailed", 1);
            return Ok(None);
        }
    };
    Ok(Some(state))
}
