//! Sweeps in the world: the steps and batches in the order of the state machine, with its retries and catches.

use std::time::Duration;

use account_aws::Error;
use account_aws::clients::Clients;
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::retries::Retries;
use super::{IN_TIME, World, variable};

/// The ARN of an execution, but for its name.
const EXECUTION: &str =
    "arn:aws:states:us-east-1:111122223333:execution:account-lifecycle-organization-sweep";

/// How a sweep ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The state machine succeeded; the last state of the sweep.
    Done(Value),
    /// It failed, with the name of an error.
    Failed(String),
}

/// What a test does to the world before a step or a batch is made, once, however often the state machine then tries: it
/// gets the step's name and the sweep's state, or the batch's item.
pub(crate) type Meddle<'a> = &'a mut dyn FnMut(&World, &str, &Value);

/// A sweep that is to run.
#[expect(missing_debug_implementations, reason = "holds a closure")]
pub struct Sweeping<'a> {
    /// The name of the execution.
    pub name: &'a str,
    /// What the execution is started with.
    pub input: Value,
    /// Variables beside (or instead of) the usual ones.
    pub vars: &'a [(&'a str, &'a str)],
    /// The Lambda timeout of the batches.
    pub timeout: Duration,
    /// The Lambda timeout of the steps.
    pub step_timeout: Duration,
    /// Whether one process takes the batches of a round, as it may be on Lambda; else each has a new one.
    pub is_warm: bool,
}

impl<'a> Sweeping<'a> {
    /// A sweep with the variables as usual.
    #[must_use]
    pub fn new(name: &'a str, input: Value) -> Self {
        Self {
            name,
            input,
            vars: &[],
            timeout: Duration::from_secs(180),
            step_timeout: Duration::from_secs(900),
            is_warm: false,
        }
    }

    /// The ARN of the execution.
    #[must_use]
    pub fn execution(&self) -> String {
        format!("{EXECUTION}:{}", self.name)
    }
}

impl World {
    /// Sweeps.
    pub async fn sweep(&self, sweeping: &Sweeping<'_>) -> Ended {
        self.sweep_with(sweeping, &mut |_, _, _| ()).await
    }

    /// Sweeps, and lets a test meddle.
    pub async fn sweep_with(&self, sweeping: &Sweeping<'_>, meddle: Meddle<'_>) -> Ended {
        let arn = sweeping.execution();
        self.executions.begin(&arn);
        let ended = Run {
            world: self,
            sweeping,
            arn: &arn,
            started: self.clock.now().to_rfc3339(),
            sweeper: self.cold_sweeper(sweeping.vars),
        }
        .run(meddle)
        .await;
        self.executions.end(&arn);
        ended
    }

    /// Gives an execution the lock of the contact sweeps.
    pub fn give_lock(&self, execution: &str) {
        let row = json!({"id": {"S": "lock#contacts"}, "holder": {"S": execution}});
        self.table.put(&row);
    }

    /// A cold start of the sweep's steps.
    #[must_use]
    pub fn cold_sweeper(&self, vars: &[(&str, &str)]) -> organization_sweep::Shell {
        let lookup = |name: &str| variable(vars, name);
        let edge = self.edge();
        let config = organization_sweep::Config::from_vars(&lookup).unwrap();
        let clients = Clients::new(&lookup, &edge).unwrap();
        organization_sweep::Shell::new(config, &clients, edge.time)
    }

    /// A cold start of the auditor.
    #[must_use]
    pub fn cold_auditor(&self, vars: &[(&str, &str)]) -> govcloud_auditor::Shell {
        let lookup = |name: &str| variable(vars, name);
        let edge = self.edge();
        let config = govcloud_auditor::Config::from_vars(&lookup).unwrap();
        let clients = Clients::new(&lookup, &edge).unwrap();
        govcloud_auditor::Shell::new(config, &clients, edge.time)
    }

    /// Invokes the auditor; `None` when it is killed.
    pub async fn audit(
        &self,
        shell: &govcloud_auditor::Shell,
        payload: Value,
        timeout: Duration,
    ) -> Option<Result<Value, Error>> {
        let context = self.context(timeout);
        let invocation = govcloud_auditor::handle(shell, LambdaEvent::new(payload, context));
        let answer = self
            .until_death(&govcloud_auditor::ACTIONS, invocation)
            .await?;
        Some(answer.map(|answer| serde_json::to_value(answer).unwrap()))
    }
}

/// One execution.
struct Run<'a> {
    world: &'a World,
    sweeping: &'a Sweeping<'a>,
    arn: &'a str,
    started: String,
    sweeper: organization_sweep::Shell,
}

/// However much there was to do, or however early it was killed.
fn answered_in_time(begun: Instant, timeout: Duration) {
    let left = timeout.saturating_sub(begun.elapsed());
    assert!(IN_TIME <= left, "{left:?} before the deadline");
}

/// What keeps a step or a batch from being made: the name of the error.
type Refused = String;

/// What Step Functions calls it when an invocation is killed.
const KILLED: &str = "Lambda.Unknown";

impl Run<'_> {
    async fn run(mut self, meddle: Meddle<'_>) -> Ended {
        let input = &self.sweeping.input;
        meddle(self.world, "begin", &Value::Null);
        let mut state = match self.step(json!({"step": "begin", "input": input})).await {
            Ok(state) => state,
            Err(error) if error == "SweepRunning" => return Ended::Failed(error),
            Err(error) => return self.fail(Value::Null, "begin", error).await,
        };
        loop {
            let next = state["next"].as_str().unwrap().to_owned();
            if next == "done" {
                return Ended::Done(state);
            }
            meddle(self.world, &next, &state);
            let name = if next == "batches" {
                tokio::time::sleep(Duration::from_secs(state["wait"].as_u64().unwrap())).await;
                self.batches(&state, meddle).await;
                meddle(self.world, "collect", &state);
                "collect".to_owned()
            } else {
                next
            };
            // What Step Functions carries between states is 256 KiB at the most; this is far below.
            assert!(state.to_string().len() < 4_096, "{state}");
            state = match self.step(json!({"step": name, "sweep": state})).await {
                Ok(state) => state,
                Err(error) => return self.fail(state, &name, error).await,
            };
        }
    }

    /// A step, made again where the state machine would.
    async fn step(&mut self, mut payload: Value) -> Result<Value, Refused> {
        payload["execution"] = self.arn.into();
        payload["started"] = self.started.as_str().into();
        let mut retries = Retries::of_step(payload["step"].as_str().unwrap());
        loop {
            let begun = Instant::now();
            let timeout = self.sweeping.step_timeout;
            let event = LambdaEvent::new(payload.clone(), self.world.context(timeout));
            let invocation = organization_sweep::handle(&self.sweeper, event);
            let ended = self
                .world
                .until_death(&organization_sweep::ACTIONS, Box::pin(invocation))
                .await;
            answered_in_time(begun, timeout);
            let error = match ended {
                Some(Ok(state)) => return Ok(serde_json::to_value(state).unwrap()),
                Some(Err(error)) => error.kind().to_owned(),
                None => {
                    self.sweeper = self.world.cold_sweeper(self.sweeping.vars);
                    KILLED.to_owned()
                }
            };
            let Some(wait) = retries.wait(&error) else {
                return Err(error);
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn fail(&mut self, state: Value, step: &str, error: Refused) -> Ended {
        let failed = json!({"step": step, "error": error});
        let payload =
            json!({"step": "fail", "input": self.sweeping.input, "sweep": state, "failed": failed});
        let _ = self.step(payload).await;
        Ended::Failed(error)
    }

    /// The batches one after the other, each made again where the state machine would. One that fails in the end is
    /// caught, and the next one follows.
    async fn batches(&self, state: &Value, meddle: Meddle<'_>) {
        let place = |member: &str| state["items"][member].as_str().unwrap().to_owned();
        let items = format!("{}/{}", place("bucket"), place("key"));
        let items = self.world.objects.get(&items).unwrap();
        let items: Vec<Value> = serde_json::from_str(&items).unwrap();
        let mut warm = None;
        for item in items {
            meddle(self.world, "batch", &item);
            let payload = json!({
                "step": "batch",
                "sweep": state["id"],
                "kind": state["kind"],
                "phase": state["phase"],
                "round": state["round"],
                "item": item,
            });
            let mut retries = Retries::of_batch(&state["kind"]);
            while let Err(error) = self.batch(&payload, &mut warm).await {
                let Some(wait) = retries.wait(&error) else {
                    break;
                };
                tokio::time::sleep(wait).await;
            }
        }
    }

    /// A batch, once.
    async fn batch(
        &self,
        payload: &Value,
        warm: &mut Option<contact_stamper::Shell>,
    ) -> Result<(), Refused> {
        let (timeout, vars) = (self.sweeping.timeout, self.sweeping.vars);
        let begun = Instant::now();
        let end = if payload["kind"] == "contacts" {
            let stamper = warm.take().unwrap_or_else(|| self.world.cold_stamper(vars));
            let invocation = self.world.stamp_within(&stamper, payload.clone(), timeout);
            let end = Box::pin(invocation).await;
            *warm = Some(stamper).filter(|_| self.sweeping.is_warm && end.is_some());
            end
        } else {
            let auditor = self.world.cold_auditor(vars);
            Box::pin(self.world.audit(&auditor, payload.clone(), timeout)).await
        };
        answered_in_time(begun, timeout);
        match end {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(error.kind().to_owned()),
            None => Err(KILLED.to_owned()),
        }
    }
}
