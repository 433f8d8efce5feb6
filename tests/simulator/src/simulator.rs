//! One simulated organization: takes requests, keeps count, answers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::result::ConnectorError;
use http::{Request, Response};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use serde_json::Value;

use crate::fault::{FaultKind, Script};
use crate::listing::Paging;
use crate::operations::{self, Call, Operation};
use crate::organization::Organization;
use crate::quota::Quotas;
use crate::refusal::Refusal;
use crate::service::Service;
use crate::{Options, control, wire};

/// Longer than any client waits.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

/// What happened to the calls of one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Every call that arrived.
    pub calls: u64,
    /// Refused for its rate, by quota or by fault.
    pub throttled: u64,
    /// Not answered with success for any other reason.
    pub failed: u64,
    /// Pages of a listing that came empty, or with a token that was used before.
    pub odd: u64,
}

/// A simulated organization; clones share it.
#[derive(Clone)]
pub struct Simulator {
    clock: SharedTimeSource,
    latency: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) organization: Organization,
    pub(crate) faults: Script,
    pub(crate) counts: BTreeMap<String, Count>,
    quotas: Option<Quotas>,
    empty_pages: f64,
    rng: StdRng,
}

/// What becomes of a request.
enum Reply {
    Answer(Response<Vec<u8>>),
    Dropped,
    Silence,
}

/// An SDK client prints its HTTP client: not the whole world.
impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").finish_non_exhaustive()
    }
}

impl Simulator {
    /// A new organization. All its time comes from `clock`; latency and timeouts are slept
    /// on tokio's clock, so that a paused runtime makes them virtual.
    #[must_use]
    pub fn new(options: Options, clock: SharedTimeSource) -> Self {
        let state = State {
            organization: Organization::new(&options, clock.now()),
            faults: Script::new(options.faults),
            counts: BTreeMap::new(),
            quotas: options.quotas.then(Quotas::default),
            empty_pages: options.empty_pages.clamp(0.0, 1.0),
            rng: StdRng::seed_from_u64(options.seed),
        };
        Self {
            clock,
            latency: options.latency,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Answers one HTTP request, of the service or of the control endpoint.
    ///
    /// # Errors
    /// When a fault drops the connection or lets the client wait for ever.
    pub async fn answer<B: AsRef<[u8]>>(
        &self,
        request: Request<B>,
    ) -> Result<Response<Vec<u8>>, ConnectorError> {
        if let Some(name) = request.uri().path().strip_prefix(control::PATH) {
            return Ok(control::answer(self, name, request.body().as_ref()));
        }
        let reply = self.reply(&request);
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        match reply {
            Reply::Answer(response) => Ok(response),
            Reply::Dropped => Err(ConnectorError::io("connection reset by peer".into())),
            Reply::Silence => {
                tokio::time::sleep(FOREVER).await;
                Err(ConnectorError::timeout("no answer".into()))
            }
        }
    }

    fn reply<B: AsRef<[u8]>>(&self, request: &Request<B>) -> Reply {
        let mut state = self.settled();
        let id = state.rng.random();
        let Some(operation) = wire::operation(request) else {
            let refusal = Err(Refusal::unknown_operation());
            return Reply::Answer(wire::respond(Service::Organizations, refusal, id));
        };
        let fault = state.fault(operation, request.body().as_ref());
        if let Some(reply) = state.unapplied(operation.name, fault) {
            return reply;
        }
        let result = match state.refusal(operation, fault) {
            Some(refusal) => Err(refusal),
            None => state.run(operation, fault, request.body().as_ref(), self.clock.now()),
        };
        let lost = fault == Some(FaultKind::Lost);
        state.count(operation.name, result.as_ref().err(), lost);
        if lost {
            Reply::Dropped
        } else {
            Reply::Answer(wire::respond(operation.service, result, id))
        }
    }

    /// The state as of now.
    pub(crate) fn settled(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.organization.settle(self.clock.now());
        state
    }

    pub(crate) fn clock(&self) -> &SharedTimeSource {
        &self.clock
    }
}

impl State {
    /// What goes wrong with a call. Account Management is asked about the caller's own account
    /// when no account is named.
    fn fault(&mut self, operation: &Operation, body: &[u8]) -> Option<FaultKind> {
        let account = operations::named_account(body).or_else(|| match operation.service {
            Service::Account => Some(self.organization.access.caller.id().to_owned()),
            Service::Organizations => None,
        });
        self.faults.next(operation.name, account.as_deref())
    }

    /// The reply to a call that is not applied at all.
    fn unapplied(&mut self, name: &str, fault: Option<FaultKind>) -> Option<Reply> {
        let reply = match fault {
            Some(FaultKind::Timeout) => Reply::Silence,
            Some(FaultKind::Reset) => Reply::Dropped,
            _ => return None,
        };
        self.count(name, None, true);
        Some(reply)
    }

    fn refusal(&self, operation: &Operation, fault: Option<FaultKind>) -> Option<Refusal> {
        fault?.refusal(operation, self.organization.access.caller.id())
    }

    fn run(
        &mut self,
        operation: &Operation,
        fault: Option<FaultKind>,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Vec<u8>, Refusal> {
        let quotas = self.quotas.as_mut();
        if quotas.is_some_and(|quotas| !quotas.take(operation.name, now)) {
            return Err(operation.service.throttled());
        }
        let paging = self.paging(fault);
        if operation.name.starts_with("List") && is_odd(paging, body) {
            self.counts
                .entry(operation.name.to_owned())
                .or_default()
                .odd += 1;
        }
        let call = Call {
            operation: operation.name,
            body,
            now,
            paging,
        };
        (operation.run)(&mut self.organization, &call)
    }

    fn paging(&mut self, fault: Option<FaultKind>) -> Paging {
        match fault {
            Some(FaultKind::RepeatToken) => Paging::Repeat,
            Some(FaultKind::Empty) => Paging::Empty,
            _ if self.rng.random_bool(self.empty_pages) => Paging::Empty,
            _ => Paging::Normal,
        }
    }

    fn count(&mut self, name: &str, refusal: Option<&Refusal>, dropped: bool) {
        let count = self.counts.entry(name.to_owned()).or_default();
        count.calls += 1;
        match refusal {
            Some(refusal) if refusal.is_throttle() => count.throttled += 1,
            Some(_) => count.failed += 1,
            None if dropped => count.failed += 1,
            None => (),
        }
    }
}

/// Whether a page comes otherwise than it should; a first page has no token to repeat.
fn is_odd(paging: Paging, body: &[u8]) -> bool {
    match paging {
        Paging::Normal => false,
        Paging::Empty => true,
        Paging::Repeat => serde_json::from_slice::<Value>(body)
            .is_ok_and(|request| request["NextToken"].is_string()),
    }
}
