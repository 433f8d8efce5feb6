//! Carries the SDK clients' requests to the services of the world, and counts, refuses or kills on the way.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use futures_util::stream;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use simulator::{MANAGEMENT_ACCOUNT_ID, Simulator};
use tokio::sync::Notify;

use super::World;
use super::dynamodb::Table;
use super::executions::Executions;
use super::objects::{self, Objects};
use super::parameters::Parameters;
use super::queue::Queue;
use super::topic::Topic;
use super::trails::Trails;
use super::turns::Turns;
use super::weather::{Strike, Weather};

/// The services of the world, by the beginning of their hosts.
const SERVICES: [&str; 9] = [
    "states",
    "cloudtrail",
    "account",
    "dynamodb",
    "organizations",
    "s3",
    "sns",
    "sqs",
    "ssm",
];

/// The longest that a call takes: enough for two functions to get in each other's way.
const LATENCY_MILLIS: u64 = 20;

/// A call that the function made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The service, as IAM names it.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// The request's body.
    pub body: String,
    /// The number of the invocation that made it.
    pub invocation: u32,
    /// The IAM actions that the invocation's function may take.
    pub allowed: &'static [&'static str],
    /// What happened to it.
    pub fate: Fate,
}

/// What happened to a call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The function died, or gave it up, while it was on its way.
    Dropped,
    /// The service answered.
    Answered,
    /// The function was told otherwise, whatever the service did.
    Struck(Strike),
    /// Its function was killed there.
    Killed(Kill),
    /// It took effect, and its answer was lost.
    Lost,
}

tokio::task_local! {
    /// The invocation that makes a call.
    pub(super) static INVOCATION: Invocation;
}

/// A running invocation.
#[derive(Clone, Debug)]
pub(super) struct Invocation {
    pub(super) number: u32,
    /// The IAM actions that its function may take.
    pub(super) allowed: &'static [&'static str],
    pub(super) death: Arc<Notify>,
}

/// When the function dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kill {
    /// The call is not sent.
    Before,
    /// The call has taken effect; its answer is lost.
    After,
    /// The call has been answered.
    Answered,
}

/// How a service says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// AccessDenied.
    Denied,
    /// HTTP 500.
    Internal,
    /// Too many requests.
    Throttled,
    /// The function's clock is too far off for its signatures.
    Skewed,
    /// The connection is gone.
    Reset,
    /// No answer at all.
    Silence,
    /// An answer that says that all is well, and holds nothing.
    Hollow,
    /// An answer that says that all is well, and cannot be read.
    Garbled,
    /// A list of accounts with none on it.
    NoAccounts,
    /// A list of two accounts, and of one of them AWS does not say which it is.
    AccountWithoutId,
    /// A list of the management account only, and AWS does not say how it is.
    AccountWithoutState,
    /// DynamoDB is busy with another transaction on the same row.
    Conflict,
    /// Another transaction on the same row was faster.
    Overtaken,
}

/// A call that a service of the world answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The service, as IAM names it.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// Where to: `BUCKET/KEY` of S3.
    pub place: String,
    /// The request's body.
    pub request: Vec<u8>,
    /// The answer's HTTP status.
    pub status: u16,
    /// The answer's body.
    pub answer: Vec<u8>,
}

/// What went over the wire, and what is to happen to it.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Every answered call in the order of their effects, where these are recorded.
    pub(super) record: Option<Vec<Exchange>>,
    pub(super) calls: Vec<Call>,
    pub(super) refusals: BTreeMap<String, Refusal>,
    pub(super) kill: Option<(usize, Kill)>,
    /// The call whose answer is lost.
    pub(super) lost: Option<usize>,
    /// The operation whose next answer breaks off.
    pub(super) breaks_off: Option<String>,
    /// DynamoDB leaves half of the keys of a batch over.
    pub(super) halves_batches: bool,
    pub(super) rng: Option<StdRng>,
    pub(super) invocations: u32,
    /// The account that the functions run in.
    pub(super) account: String,
    /// What strikes any call.
    pub(super) weather: Option<Weather>,
    /// Invocations at once go on in turns.
    pub(super) turns: Option<Turns>,
}

/// What is to happen to a call.
struct Verdict {
    /// Which call it is.
    number: usize,
    strike: Option<Strike>,
    kill: Option<Kill>,
    is_lost: bool,
    breaks_off: bool,
    latency: Duration,
}

impl Verdict {
    fn fate(&self) -> Fate {
        match (self.kill, self.strike) {
            (Some(kill), _) => Fate::Killed(kill),
            (None, Some(strike)) => Fate::Struck(strike),
            (None, None) if self.is_lost || self.breaks_off => Fate::Lost,
            (None, None) => Fate::Answered,
        }
    }
}

impl Traffic {
    pub(super) fn next_request_id(&mut self) -> String {
        self.invocations += 1;
        format!("00000000-0000-4000-8000-{:012}", self.invocations)
    }

    /// Takes note of a call and says what is to happen to it, where its turn has not said so.
    fn admit(&mut self, mut call: Call, fate: Option<Kill>) -> Verdict {
        for action in call.actions() {
            assert!(
                call.allowed.contains(&action.as_str()),
                "the function's role does not allow {action}"
            );
        }
        let number = self.calls.len();
        let latency = self
            .rng
            .as_mut()
            .map_or(1, |rng| rng.random_range(1..=LATENCY_MILLIS));
        let refused = self.refusals.get(&call.operation).map(|refusal| Strike {
            refusal: *refusal,
            is_made: false,
        });
        let verdict = Verdict {
            number,
            strike: refused.or_else(|| self.weather.as_mut()?.strike(&call.operation)),
            kill: self
                .kill
                .take_if(|(at, _)| *at == number)
                .map(|(_, kill)| kill)
                .or(fate),
            is_lost: self.lost.take_if(|at| *at == number).is_some(),
            breaks_off: self
                .breaks_off
                .take_if(|it| *it == call.operation)
                .is_some(),
            latency: Duration::from_millis(latency),
        };
        // Until it has come so far.
        call.fate = Fate::Dropped;
        self.calls.push(call);
        verdict
    }
}

impl World {
    /// Breaks the answer to the next call of `operation` off; the call takes effect.
    pub fn break_off(&self, operation: &str) {
        self.traffic().breaks_off = Some(operation.to_owned());
    }
}

impl Call {
    /// The IAM actions that the call takes.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        // Of a transaction, DynamoDB asks for the actions in it.
        if self.operation == "TransactWriteItems" {
            return written(&self.body);
        }
        vec![format!("{}:{}", self.service, self.operation)]
    }

    /// Whether the service got the call.
    #[must_use]
    pub const fn is_made(&self) -> bool {
        match self.fate {
            Fate::Struck(strike) => strike.is_made,
            Fate::Killed(kill) => !matches!(kill, Kill::Before),
            Fate::Dropped => false,
            Fate::Answered | Fate::Lost => true,
        }
    }

    /// Whether its function died there, or lost the answer.
    #[must_use]
    pub const fn is_crash(&self) -> bool {
        matches!(self.fate, Fate::Killed(_) | Fate::Lost)
    }

    /// Whether the call changes anything outside the function.
    #[must_use]
    pub fn has_effect(&self) -> bool {
        let reads = ["BatchGet", "Describe", "Get", "List", "Query"];
        !reads.iter().any(|read| self.operation.starts_with(read))
    }
}

/// The way to all services of a world.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    pub(super) objects: Objects,
    pub(super) parameters: Parameters,
    pub(super) queue: Queue,
    pub(super) executions: Executions,
    pub(super) simulator: Simulator,
    pub(super) topic: Topic,
    pub(super) trails: Trails,
    pub(super) table: Table,
    pub(super) traffic: Arc<Mutex<Traffic>>,
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.carry(request).await })
    }
}

impl Connector {
    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (parts, body) = request
            .try_into_http1x()
            .map_err(|error| ConnectorError::user(error.into()))?
            .into_parts();
        // Read to its end: the SDK watches uploads and takes an unread body for a stalled one.
        let body = body
            .collect()
            .await
            .map_err(ConnectorError::user)?
            .to_bytes();
        let request = Request::from_parts(parts, body.to_vec());
        let call = read(&request)?;
        let (service, operation) = (call.service, call.operation.clone());
        let mut fate = None;
        let turns = {
            let traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
            traffic.turns.clone()
        };
        if let Some(turns) = turns
            && turns.is_at(&call)
        {
            fate = turns.wait(call.invocation).await;
        }
        let (verdict, halves) = {
            let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
            (traffic.admit(call, fate), traffic.halves_batches)
        };
        if verdict.kill == Some(Kill::Before) {
            self.arrive(&verdict);
            return die().await;
        }
        tokio::time::sleep(verdict.latency).await;
        let response = match verdict.strike {
            Some(strike) => {
                if strike.is_made {
                    let _ = self.answer(&operation, service, request, halves).await;
                }
                self.arrive(&verdict);
                refuse(service, strike.refusal).await
            }
            None => {
                let answer = self.answer_and_record(&operation, service, request, halves);
                let answer = answer.await;
                self.arrive(&verdict);
                answer
            }
        };
        match verdict.kill {
            Some(Kill::After) => return die().await,
            Some(Kill::Answered) => INVOCATION.with(|it| it.death.notify_one()),
            Some(Kill::Before) | None => (),
        }
        if verdict.is_lost {
            return Err(ConnectorError::io("connection reset by peer".into()));
        }
        let body = |whole: Vec<u8>| {
            if verdict.breaks_off {
                broken_off()
            } else {
                SdkBody::from(whole)
            }
        };
        HttpResponse::try_from(response?.map(body))
            .map_err(|error| ConnectorError::user(error.into()))
    }

    /// The call has come to where its fate is settled.
    fn arrive(&self, verdict: &Verdict) {
        let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        traffic.calls[verdict.number].fate = verdict.fate();
    }

    async fn answer_and_record(
        &self,
        operation: &str,
        service: &'static str,
        request: Request<Vec<u8>>,
        halves: bool,
    ) -> Result<Response<Vec<u8>>, ConnectorError> {
        let (place, body) = (objects::place(&request), request.body().clone());
        let response = self.answer(operation, service, request, halves).await?;
        let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(record) = &mut traffic.record {
            record.push(Exchange {
                service,
                operation: operation.to_owned(),
                place,
                request: body,
                status: response.status().as_u16(),
                answer: response.body().clone(),
            });
        }
        Ok(response)
    }

    /// Answers in peace.
    pub(super) async fn serve(
        &self,
        service: &'static str,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, ConnectorError> {
        let operation = operation(service, &request);
        self.answer(&operation, service, request, false).await
    }

    async fn answer(
        &self,
        operation: &str,
        service: &'static str,
        request: Request<Vec<u8>>,
        halves: bool,
    ) -> Result<Response<Vec<u8>>, ConnectorError> {
        match service {
            "account" | "organizations" => self.simulator.answer(request).await,
            "cloudtrail" => Ok(self.trails.answer(operation, &request)),
            "s3" => Ok(self.objects.answer(&request, may_list(&request))),
            "states" => Ok(self.executions.answer(request.body())),
            "sqs" => Ok(self.queue.answer(operation, request.body())),
            "ssm" => Ok(self.parameters.answer(request.body())),
            "dynamodb" => Ok(self.table.answer(&request, halves)),
            _ => Ok(self.topic.answer(request.body())),
        }
    }
}

/// The body of an answer whose connection is gone before its end.
fn broken_off() -> SdkBody {
    let end: Result<Frame<Bytes>, _> = Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    SdkBody::from_body_1_x(StreamBody::new(stream::iter([end])))
}

/// The function hears nothing any more; the invocation is dropped.
async fn die() -> Result<HttpResponse, ConnectorError> {
    INVOCATION.with(|it| it.death.notify_one());
    std::future::pending().await
}

fn read(request: &Request<Vec<u8>>) -> Result<Call, ConnectorError> {
    let host = request.uri().host().unwrap_or_default();
    // S3 puts the bucket before its own name.
    let names = |service: &str| host.starts_with(service) || host.contains(&format!(".{service}."));
    let service = SERVICES
        .into_iter()
        .find(|service| names(service))
        .ok_or_else(|| ConnectorError::user(format!("nobody is at {host}").into()))?;
    let operation = operation(service, request);
    let body = String::from_utf8_lossy(request.body()).into_owned();
    let Invocation {
        number, allowed, ..
    } = INVOCATION.get();
    Ok(Call {
        service,
        operation,
        body,
        invocation: number,
        allowed,
        fate: Fate::Answered,
    })
}

/// What a request asks for.
fn operation(service: &str, request: &Request<Vec<u8>>) -> String {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok());
    match (target.and_then(|target| target.split_once('.')), service) {
        (Some((_, operation)), _) => operation.to_owned(),
        (None, "account") => capitalized(request.uri().path().trim_start_matches('/')),
        (None, "s3") if request.method() == Method::PUT => "PutObject".to_owned(),
        (None, "s3") => "GetObject".to_owned(),
        (None, _) => action(request.body()),
    }
}

/// Whether the one who asks may list the bucket; roles name the stack's own only. Whoever is no function may.
fn may_list(request: &Request<Vec<u8>>) -> bool {
    let is_own = objects::place(request).starts_with("own/");
    INVOCATION
        .try_with(|it| is_own && it.allowed.contains(&"s3:ListBucket"))
        .unwrap_or(true)
}

/// The actions in a transaction of DynamoDB.
fn written(transaction: &str) -> Vec<String> {
    let transaction: Value = serde_json::from_str(transaction).unwrap();
    let items = transaction["TransactItems"].as_array().unwrap();
    let names = items.iter().flat_map(|it| it.as_object().unwrap().keys());
    names.map(|name| format!("dynamodb:{name}Item")).collect()
}

/// What the Query protocol asks for.
fn action(body: &[u8]) -> String {
    let mut form = form_urlencoded::parse(body);
    let action = form.find(|(name, _)| name == "Action");
    action.map_or_else(String::new, |(_, action)| action.into_owned())
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

async fn refuse(service: &str, refusal: Refusal) -> Result<Response<Vec<u8>>, ConnectorError> {
    let is_json = !matches!(service, "s3" | "sns");
    let (status, code) = match refusal {
        Refusal::Hollow => return Ok(Response::new(b"{}".to_vec())),
        Refusal::Garbled => return Ok(Response::new(b"{".to_vec())),
        Refusal::NoAccounts => return Ok(accounts("")),
        Refusal::AccountWithoutId => {
            let two = r#"{"Id":"444455556666","State":"ACTIVE"},{"State":"ACTIVE"}"#;
            return Ok(accounts(two));
        }
        Refusal::AccountWithoutState => {
            let one = format!(r#"{{"Id":"{MANAGEMENT_ACCOUNT_ID}"}}"#);
            return Ok(accounts(&one));
        }
        Refusal::Silence => std::future::pending().await,
        Refusal::Reset => return Err(ConnectorError::io("connection reset by peer".into())),
        Refusal::Internal => (500, "InternalError"),
        Refusal::Throttled => throttled(service),
        Refusal::Skewed if service == "s3" => (403, "RequestTimeTooSkewed"),
        Refusal::Skewed if is_json => (403, "InvalidSignatureException"),
        Refusal::Skewed => (403, "SignatureDoesNotMatch"),
        Refusal::Denied if service == "sns" => (403, "AuthorizationError"),
        Refusal::Denied if service == "s3" => (403, "AccessDenied"),
        Refusal::Denied => (400, "AccessDeniedException"),
        Refusal::Conflict | Refusal::Overtaken => (400, "TransactionCanceledException"),
    };
    let body = match service {
        "s3" => format!("<Error><Code>{code}</Code><Message>no</Message></Error>"),
        "sns" => format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        ),
        _ => {
            let reason = if refusal == Refusal::Overtaken {
                "ConditionalCheckFailed"
            } else {
                "TransactionConflict"
            };
            let reasons = format!(r#"[{{"Code":"None"}},{{"Code":"{reason}"}}]"#);
            format!(r#"{{"__type":"{code}","message":"no","CancellationReasons":{reasons}}}"#)
        }
    };
    let response = Response::builder().status(status).body(body.into_bytes());
    response.map_err(|error| ConnectorError::user(error.into()))
}

fn accounts(all: &str) -> Response<Vec<u8>> {
    Response::new(format!(r#"{{"Accounts":[{all}]}}"#).into_bytes())
}

/// What each service calls it.
fn throttled(service: &str) -> (u16, &'static str) {
    match service {
        "account" => (429, "TooManyRequestsException"),
        "organizations" => (400, "TooManyRequestsException"),
        "s3" => (503, "SlowDown"),
        "sns" => (429, "Throttled"),
        _ => (400, "ThrottlingException"),
    }
}
