//! A world in one process: the real functions with real SDK clients over a connector that leads to the simulator, to
//! a DynamoDB and to a topic, in virtual time. A test can make calls fail or kill the function at any of them.

mod checkup;
mod connector;
mod dynamodb;
mod executions;
mod index;
mod lines;
mod objects;
mod parameters;
mod queue;
mod retries;
mod stamper;
mod sweep;
mod time;
mod topic;
mod trails;
mod turns;
mod weather;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use account_aws::clients::{Clients, Edge};
use account_aws::metrics::Metrics;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::ConnectorError;
use chrono::{DateTime, TimeDelta, Utc};
use creation_poller::{Config, Failure, Shell, Summary};
use futures_util::FutureExt;
use http::{Request, Response};
use lambda_runtime::{Context, LambdaEvent};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;
use simulator::Simulator;

pub use connector::{Call, Exchange, Fate, Kill, Refusal};
pub use dynamodb::{TABLE, definition};
pub use executions::Executions;
pub use objects::Objects;
pub use parameters::Parameters;
pub use queue::Queue;
pub use stamper::Delivery;
pub use sweep::{Ended, Sweeping};
pub use time::Clock;
pub use topic::{Message, Topic};
pub use trails::{Trail, Trails};
pub use turns::{Choice, Turns};
pub use weather::{Strike, Weather};

use connector::{Connector, INVOCATION, Invocation, Traffic};
use dynamodb::Table;
use lines::Lines;

/// A function answers so long before its Lambda deadline: what is promised, whatever constant the functions keep it with.
pub const IN_TIME: Duration = Duration::from_secs(5);

/// How an invocation ended.
#[derive(Debug)]
pub enum End {
    /// The function answered.
    Answered(Result<Summary, Failure>),
    /// The function was killed.
    Killed,
}

/// Everything outside the functions.
#[derive(Clone, Debug)]
pub struct World {
    /// AWS Organizations.
    pub simulator: Simulator,
    /// Virtual time.
    pub clock: Clock,
    /// S3.
    pub objects: Objects,
    /// SSM Parameter Store.
    pub parameters: Parameters,
    /// The stamper's queue.
    pub queue: Queue,
    /// Step Functions.
    pub executions: Executions,
    /// SNS.
    pub topic: Topic,
    /// CloudTrail.
    pub trails: Trails,
    table: Table,
    traffic: Arc<Mutex<Traffic>>,
    lines: Lines,
}

impl World {
    /// A world with an organization to these options, at 2026-11-23T10:00:00Z. Wants tokio's paused time.
    #[must_use]
    pub fn new(options: simulator::Options) -> Self {
        let date = DateTime::from_timestamp(1_795_428_000, 0);
        Self::at(date.unwrap_or_default(), options)
    }

    /// The same at another time: a world of today can be served to programs, whose clock is the system's.
    pub(crate) fn at(date: DateTime<Utc>, options: simulator::Options) -> Self {
        let clock = Clock::new(date);
        let table = Table::new(options.lag, options.seed);
        let traffic = Traffic {
            account: simulator::MANAGEMENT_ACCOUNT_ID.to_owned(),
            rng: Some(StdRng::seed_from_u64(options.seed)),
            ..Traffic::default()
        };
        Self {
            simulator: Simulator::new(options, clock.right()),
            objects: Objects::default(),
            parameters: Parameters::default(),
            queue: Queue::default(),
            executions: Executions::default(),
            topic: Topic::default(),
            trails: Trails::default(),
            table,
            traffic: Arc::new(Mutex::new(traffic)),
            lines: Lines::default(),
            clock,
        }
    }

    /// A cold start of the poller, with `vars` set beside (or instead of) the usual variables.
    #[must_use]
    pub fn cold_poller(&self, vars: &[(&str, &str)]) -> Shell {
        let lookup = |name: &str| variable(vars, name);
        let edge = self.edge();
        let config = Config::from_vars(&lookup).unwrap();
        let clients = Clients::new(&lookup, &edge).unwrap();
        Shell::new(config, &clients, edge.time)
    }

    /// The same world, whose functions have a clock of their own that is off by this much.
    #[must_use]
    pub fn with_clock(&self, error: TimeDelta) -> Self {
        let clock = self.clock.apart();
        clock.set_error(error);
        Self {
            clock,
            ..self.clone()
        }
    }

    fn edge(&self) -> Edge {
        Edge {
            http: self.http(),
            time: self.clock.wrong(),
            metrics: Metrics::new(&|_: &str| Some("function".to_owned()), self.lines.clone()),
        }
    }

    /// What the functions counted: a line for each invocation.
    #[must_use]
    pub fn metrics(&self) -> Vec<Value> {
        self.lines.read()
    }

    /// Answers a request to a service in peace, whoever asks.
    pub(crate) async fn answer(
        &self,
        service: &'static str,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, ConnectorError> {
        self.connector().serve(service, request).await
    }

    fn http(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.connector())
    }

    fn connector(&self) -> Connector {
        Connector {
            objects: self.objects.clone(),
            parameters: self.parameters.clone(),
            queue: self.queue.clone(),
            executions: self.executions.clone(),
            simulator: self.simulator.clone(),
            topic: self.topic.clone(),
            trails: self.trails.clone(),
            table: self.table.clone(),
            traffic: Arc::clone(&self.traffic),
        }
    }

    /// Invokes the function with a Lambda timeout of 15 minutes.
    pub async fn invoke(&self, shell: &Shell, payload: Value) -> End {
        self.invoke_within(shell, payload, Duration::from_secs(900))
            .await
    }

    /// Invokes the function with a Lambda timeout.
    pub async fn invoke_within(&self, shell: &Shell, payload: Value, timeout: Duration) -> End {
        let context = self.context(timeout);
        let invocation = creation_poller::handle(shell, LambdaEvent::new(payload, context));
        self.until_death(&creation_poller::ACTIONS, invocation)
            .await
            .map_or(End::Killed, End::Answered)
    }

    /// The context of a new invocation.
    fn context(&self, timeout: Duration) -> Context {
        let mut context = Context::default();
        context.request_id = self.traffic().next_request_id();
        let account = self.traffic().account.clone();
        context.invoked_function_arn = format!("arn:aws:lambda:us-east-1:{account}:function:f");
        let deadline = self.clock.now() + timeout;
        context.deadline = u64::try_from(deadline.timestamp_millis()).unwrap();
        context
    }

    /// What an invocation of a function that may take these actions ends with; `None` when it is killed.
    async fn until_death<T>(
        &self,
        allowed: &'static [&'static str],
        invocation: impl Future<Output = T>,
    ) -> Option<T> {
        let this = Invocation {
            number: self.traffic().invocations,
            allowed,
            death: Arc::default(),
        };
        let death = Arc::clone(&this.death);
        let end = tokio::select! {
            // First of all: an invocation that dies with an answer in its hands hears nothing more.
            biased;
            () = death.notified() => None,
            end = INVOCATION.scope(this, invocation) => Some(end),
        };
        // It may have come to its end in the very step in which it died.
        let end = end.filter(|_| death.notified().now_or_never().is_none());
        let turns = self.traffic().turns.clone();
        if let Some(turns) = turns {
            turns.end();
        }
        end
    }

    /// What strikes any call from now on.
    pub fn set_weather(&self, weather: Option<Weather>) {
        self.traffic().weather = weather;
    }

    /// From now on invocations go on in turns; `None` lets them go.
    pub fn take_turns(&self, turns: Option<Turns>) {
        self.traffic().turns = turns;
    }

    /// Invokes the function, which must not fail.
    pub async fn run(&self, shell: &Shell, payload: Value) -> Summary {
        match self.invoke(shell, payload).await {
            End::Answered(Ok(summary)) => summary,
            end @ (End::Answered(Err(_)) | End::Killed) => {
                panic!("the function did not succeed: {end:?}")
            }
        }
    }

    /// Invokes the function, which must fail.
    pub async fn fail(&self, shell: &Shell, payload: Value) -> Failure {
        match self.invoke(shell, payload).await {
            End::Answered(Err(failure)) => failure,
            end @ (End::Answered(Ok(_)) | End::Killed) => {
                panic!("the function did not fail: {end:?}")
            }
        }
    }

    /// What was delivered to the topic, in order, duplicates included.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.topic.messages()
    }

    /// Every call so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.traffic().calls.clone()
    }

    /// The number of calls so far.
    #[must_use]
    pub fn calls_so_far(&self) -> usize {
        self.traffic().calls.len()
    }

    /// From now on answered calls are recorded.
    pub fn record(&self) {
        self.traffic().record = Some(Vec::new());
    }

    /// What was recorded, in the order of the effects.
    #[must_use]
    pub fn recorded(&self) -> Vec<Exchange> {
        self.traffic().record.clone().unwrap_or_default()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.traffic().calls.clear();
    }

    /// Makes every call of `operation` fail, until [`World::allow`].
    pub fn refuse(&self, operation: &str, refusal: Refusal) {
        self.traffic()
            .refusals
            .insert(operation.to_owned(), refusal);
    }

    /// From now on the functions run in this account, the delegated administrator for Account Management.
    pub fn delegate(&self, account: &str) {
        account.clone_into(&mut self.traffic().account);
        let caller = simulator::Caller::DelegatedAdministrator(account.to_owned());
        self.simulator.set_caller(caller).unwrap();
    }

    /// Lets `operation` through again.
    pub fn allow(&self, operation: &str) {
        self.traffic().refusals.remove(operation);
    }

    /// Kills the function at its call number `at` from now on, counted from zero.
    pub fn kill(&self, at: usize, kill: Kill) {
        let mut traffic = self.traffic();
        traffic.kill = Some((traffic.calls.len() + at, kill));
    }

    /// Loses the answer to the call number `at` from now on; the call takes effect.
    pub fn lose(&self, at: usize) {
        let mut traffic = self.traffic();
        traffic.lost = Some(traffic.calls.len() + at);
    }

    /// Whether the loss is still to come.
    #[must_use]
    pub fn is_to_lose(&self) -> bool {
        self.traffic().lost.is_some()
    }

    /// From now on DynamoDB leaves half of the keys of a batch over.
    pub fn halve_batches(&self) {
        self.traffic().halves_batches = true;
    }

    /// Takes back a kill, or a loss, that did not come to pass.
    pub fn spare(&self) {
        let mut traffic = self.traffic();
        (traffic.kill, traffic.lost) = (None, None);
    }

    /// All rows of the ledger as JSON.
    #[must_use]
    pub fn ledger(&self) -> Vec<Value> {
        self.table.rows()
    }

    /// Leaves nothing of a row of the ledger but its key.
    pub fn break_row(&self, id: &str) {
        self.table.put(&serde_json::json!({"id": {"S": id}}));
    }

    /// A text of a row of the ledger; null when there is none.
    #[must_use]
    pub fn ledger_text(&self, id: &str, attribute: &str) -> Value {
        let mut rows = self.ledger().into_iter();
        let row = rows.find(|row| row["id"]["S"] == id);
        row.map_or(Value::Null, |row| row[attribute]["S"].clone())
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the stack sets for its functions, all of them together.
pub(crate) const USUAL: [(&str, &str); 25] = [
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("ORGANIZATION_ID", "o-exampleorg1"),
    ("LEDGER_TABLE", dynamodb::TABLE),
    (
        "TOPIC_ARN",
        "arn:aws:sns:us-east-1:111122223333:announcements",
    ),
    (
        "ALARMS_TOPIC_ARN",
        "arn:aws:sns:us-east-1:111122223333:alarms",
    ),
    ("RECONCILE_MINUTES", "15"),
    ("MANAGEMENT_ACCOUNT_ID", "111122223333"),
    (
        "QUEUE_URL",
        "https://sqs.us-east-1.amazonaws.com/111122223333/stamper",
    ),
    ("POLICY_SOURCE", "ssm:policy"),
    ("BUCKET", "own"),
    ("ALLOW_ABSENT", "true"),
    ("USE_PRIMARY", "true"),
    ("QUOTA_PERCENT", "80"),
    ("EVENT_DRY_RUN", "false"),
    ("EVENT_REPLACE", "false"),
    ("HAS_CONTACTS", "true"),
    ("HAS_GOVCLOUD", "true"),
    ("SWEEP_DRY_RUN", "false"),
    ("MAX_CHANGE_PERCENT", "10"),
    ("MAX_UNKNOWN_PERCENT", "10"),
    ("PENDING_DAYS", "7"),
    (
        "DEAD_LETTERS",
        "https://sqs.us-east-1.amazonaws.com/111122223333/dead",
    ),
    ("ROUND_WAIT_SECONDS", "60"),
];

fn variable(vars: &[(&str, &str)], name: &str) -> Option<String> {
    vars.iter()
        .chain(&USUAL)
        .find(|(key, _)| *key == name)
        .map(|(_, value)| (*value).to_owned())
}
