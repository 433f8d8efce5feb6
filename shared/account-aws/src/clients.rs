//! The SDK's configuration without `aws-config`: credentials and region from Lambda's own variables.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::Error;
use crate::env::{Lookup, optional, required};

/// What the clients stand on; tests bring their own connector and clock.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Carries the requests.
    pub http: SharedHttpClient,
    /// Wall-clock time for signatures, claims and announcements.
    pub time: SharedTimeSource,
}

impl Edge {
    /// The network and the system's clock.
    #[must_use]
    pub fn real() -> Self {
        let provider = Provider::Rustls(CryptoMode::Ring);
        Self {
            http: aws_smithy_http_client::Builder::new()
                .tls_provider(provider)
                .build_https(),
            time: SharedTimeSource::new(SystemTimeSource::new()),
        }
    }
}

/// One client for each service the functions call.
#[derive(Clone, Debug)]
pub struct Clients {
    /// The ledger.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Creation requests and accounts.
    pub organizations: aws_sdk_organizations::Client,
    /// Announcements.
    pub sns: aws_sdk_sns::Client,
}

impl Clients {
    /// Clients with the credentials and region that Lambda puts into the environment ([Lambda's variables]), and the
    /// endpoints of `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL` ([service-specific endpoints]), if any.
    ///
    /// [Lambda's variables]: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    /// [service-specific endpoints]: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    ///
    /// # Errors
    /// [`Error::Variable`] when one of Lambda's variables is missing.
    pub fn new(vars: &impl Lookup, edge: &Edge) -> Result<Self, Error> {
        let base = base(vars, edge)?;
        let at = |name| -> Result<SdkConfig, Error> {
            let special: Option<String> = optional(vars, name, "a URL")?;
            Ok(match special {
                Some(url) => base.to_builder().endpoint_url(url).build(),
                None => base.clone(),
            })
        };
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::new(&at("AWS_ENDPOINT_URL_DYNAMODB")?),
            organizations: aws_sdk_organizations::Client::new(&at(
                "AWS_ENDPOINT_URL_ORGANIZATIONS",
            )?),
            sns: aws_sdk_sns::Client::new(&at("AWS_ENDPOINT_URL_SNS")?),
        })
    }
}

fn base(vars: &impl Lookup, edge: &Edge) -> Result<SdkConfig, Error> {
    let region: String = required(vars, "AWS_REGION", "a region such as us-east-1")?;
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials(vars)?))
        .http_client(edge.http.clone())
        .time_source(edge.time.clone())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::standard().with_max_attempts(4))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .operation_attempt_timeout(Duration::from_secs(15))
                .operation_timeout(Duration::from_secs(60))
                .build(),
        );
    config.set_endpoint_url(optional(vars, "AWS_ENDPOINT_URL", "a URL")?);
    Ok(config.build())
}

fn credentials(vars: &impl Lookup) -> Result<Credentials, Error> {
    let expected = "credentials, as Lambda sets them from the function's role";
    Ok(Credentials::new(
        required::<String>(vars, "AWS_ACCESS_KEY_ID", expected)?,
        required::<String>(vars, "AWS_SECRET_ACCESS_KEY", expected)?,
        optional(vars, "AWS_SESSION_TOKEN", expected)?,
        None,
        "lambda-environment",
    ))
}
