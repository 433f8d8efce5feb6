//! A simulator, a client of each service on it, and what all tests ask them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sdk_account as account;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::config::retry::RetryConfig;
use aws_sdk_organizations::config::{BehaviorVersion, Config, Region};
use aws_sdk_organizations::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_organizations::types::{CreateAccountState, CreateAccountStatus};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use simulator::{Options, Simulator};
use tokio::time::Instant;

/// Begins at a fixed time and follows tokio's clock.
#[derive(Debug)]
struct Clock(Instant);

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_800_000_000) + self.0.elapsed()
    }
}

/// A simulator and clients that do not retry.
pub(crate) struct Bench {
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    pub(crate) account: account::Client,
    pub(crate) clock: SharedTimeSource,
}

impl Bench {
    pub(crate) fn new(options: Options) -> Self {
        let clock = SharedTimeSource::new(Clock(Instant::now()));
        let simulator = Simulator::new(options, clock.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .sleep_impl(TokioSleep::new())
            .time_source(clock.clone())
            .http_client(simulator.http_client())
            .build();
        Self {
            account: account_client(&simulator, &clock),
            simulator,
            client: Client::from_conf(config),
            clock,
        }
    }

    /// Asks for an account and returns the request's id.
    pub(crate) async fn create(&self, email: &str) -> String {
        let call = self
            .client
            .create_account()
            .account_name("New")
            .email(email)
            .send();
        call.await
            .unwrap()
            .create_account_status
            .unwrap()
            .id
            .unwrap()
    }

    pub(crate) async fn describe(&self, id: &str) -> CreateAccountStatus {
        let call = self
            .client
            .describe_create_account_status()
            .create_account_request_id(id);
        call.send().await.unwrap().create_account_status.unwrap()
    }

    /// The request as it is when it is no longer in progress.
    pub(crate) async fn finished(&self, id: &str) -> CreateAccountStatus {
        loop {
            let status = self.describe(id).await;
            if status.state != Some(CreateAccountState::InProgress) {
                return status;
            }
            wait(1.0).await;
        }
    }

    /// All pages of one scan.
    pub(crate) async fn scan(&self, states: &[CreateAccountState]) -> Vec<CreateAccountStatus> {
        let mut rows = Vec::new();
        let mut token = None;
        loop {
            let call = self
                .client
                .list_create_account_status()
                .set_next_token(token);
            let page = call.set_states(Some(states.to_vec())).send().await.unwrap();
            rows.extend(page.create_account_statuses.unwrap());
            token = page.next_token;
            if token.is_none() {
                return rows;
            }
        }
    }
}

fn account_client(simulator: &Simulator, clock: &SharedTimeSource) -> account::Client {
    let config = account::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .sleep_impl(TokioSleep::new())
        .time_source(clock.clone())
        .http_client(simulator.http_client())
        .build();
    account::Client::from_conf(config)
}

pub(crate) async fn wait(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

/// The code of an error and the reason or type in its body.
pub(crate) fn code<T, E>(result: Result<T, SdkError<E>>) -> String
where
    T: std::fmt::Debug,
    E: ProvideErrorMetadata + std::fmt::Debug,
{
    let error = result.unwrap_err();
    let code = error.code().unwrap_or("no code").to_owned();
    let body = error
        .raw_response()
        .and_then(|it| it.body().bytes())
        .unwrap_or_default();
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let reasons = ["Reason", "Type", "reason"];
    match reasons.iter().find_map(|it| body[it].as_str()) {
        Some(reason) => format!("{code} {reason}"),
        None => code,
    }
}

/// Status, code and text of an error.
pub(crate) fn refusal<T, E>(result: Result<T, SdkError<E>>) -> (u16, String, String)
where
    T: std::fmt::Debug,
    E: ProvideErrorMetadata + std::fmt::Debug,
{
    let error = result.unwrap_err();
    let status = error.raw_response().unwrap().status().as_u16();
    let code = error.code().unwrap_or("no code").to_owned();
    (status, code, error.message().unwrap_or_default().to_owned())
}
