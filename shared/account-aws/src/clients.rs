//! The SDK's configuration without `aws-config`: credentials and region from Lambda's own variables.

use std::fs;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_account::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::Error;
use crate::env::{Lookup, optional, required};
use crate::metrics::Metrics;

const ACCOUNT: &str = "AWS_ENDPOINT_URL_ACCOUNT";
const CLOUDTRAIL: &str = "AWS_ENDPOINT_URL_CLOUDTRAIL";
const DYNAMODB: &str = "AWS_ENDPOINT_URL_DYNAMODB";
const ORGANIZATIONS: &str = "AWS_ENDPOINT_URL_ORGANIZATIONS";
const SFN: &str = "AWS_ENDPOINT_URL_SFN";
const S3: &str = "AWS_ENDPOINT_URL_S3";
const SNS: &str = "AWS_ENDPOINT_URL_SNS";
const SQS: &str = "AWS_ENDPOINT_URL_SQS";
const SSM: &str = "AWS_ENDPOINT_URL_SSM";

/// The roots that AWS's endpoints chain to. The system's 150 would take longer to read than all the rest of a start.
const ROOTS: &[u8] = include_bytes!("roots.pem");

/// A file of roots to trust instead, by OpenSSL's name for it.
const OTHER_ROOTS: &str = "SSL_CERT_FILE";

/// A connection that was not used for so long is given up: between two invocations the function is frozen, and what it
/// held open may be dead. To find that out costs a failed call and half a second of waiting.
const IDLE: Duration = Duration::from_secs(20);

/// What the clients stand on; tests bring their own connector and clock.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Carries the requests.
    pub http: SharedHttpClient,
    /// Wall-clock time for signatures, claims and announcements.
    pub time: SharedTimeSource,
    /// Where invocations are counted.
    pub metrics: Metrics,
}

impl Edge {
    /// The network and the system's clock. Trusted are [Amazon's own roots], or those in the file that `SSL_CERT_FILE`
    /// names.
    ///
    /// [Amazon's own roots]: https://www.amazontrust.com/repository
    ///
    /// # Errors
    /// [`Error::Variable`] when that file holds no certificate.
    pub fn real(vars: &impl Lookup) -> Result<Self, Error> {
        let tls = TlsContext::builder().with_trust_store(trusted(vars)?);
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.build().or(Err(Error::Variable {
                name: OTHER_ROOTS,
                problem: "cannot be used",
                expected: CERTIFICATES,
            }))?)
            .pool_idle_timeout(IDLE)
            .build_https();
        Ok(Self {
            http,
            time: SharedTimeSource::new(SystemTimeSource::new()),
            metrics: Metrics::new(vars, io::stdout()),
        })
    }
}

const END: &str = "-----END CERTIFICATE-----";
const CERTIFICATES: &str = "the path of a file with certificates in PEM";

fn trusted(vars: &impl Lookup) -> Result<TrustStore, Error> {
    let Some(file) = optional::<String>(vars, OTHER_ROOTS, CERTIFICATES)? else {
        return Ok(TrustStore::empty().with_pem_certificate(ROOTS));
    };
    let text = fs::read_to_string(file).unwrap_or_default();
    let usable = text.split_inclusive(END).filter(|pem| is_usable(pem));
    let usable: Vec<_> = usable.collect();
    if usable.is_empty() {
        return Err(Error::Variable {
            name: OTHER_ROOTS,
            problem: "names no file with certificates",
            expected: CERTIFICATES,
        });
    }
    let empty = TrustStore::empty();
    Ok(usable
        .into_iter()
        .fold(empty, TrustStore::with_pem_certificate))
}

/// A system's bundle may hold what the TLS library does not take; the HTTP client would panic at it.
fn is_usable(pem: &str) -> bool {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .is_ok_and(|certificate| RootCertStore::empty().add(certificate).is_ok())
}

/// Makes clients; each function makes only those it needs.
#[derive(Clone, Debug)]
pub struct Clients {
    base: SdkConfig,
    /// Endpoints of single services, by the variable that names them.
    endpoints: Vec<(&'static str, String)>,
    metrics: Metrics,
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
        let mut endpoints = Vec::new();
        for name in [
            ACCOUNT,
            CLOUDTRAIL,
            DYNAMODB,
            ORGANIZATIONS,
            S3,
            SFN,
            SNS,
            SQS,
            SSM,
        ] {
            if let Some(url) = optional::<String>(vars, name, "a URL")? {
                endpoints.push((name, url));
            }
        }
        Ok(Self {
            base: base(vars, edge)?,
            endpoints,
            metrics: edge.metrics.clone(),
        })
    }

    /// Clients of another configuration, as `aws-config` makes it.
    #[must_use]
    pub const fn from_config(base: SdkConfig, metrics: Metrics) -> Self {
        Self {
            base,
            endpoints: Vec::new(),
            metrics,
        }
    }

    /// Where invocations are counted, and what they use of AWS's quotas.
    #[must_use]
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Contacts of accounts.
    #[must_use]
    pub fn account(&self) -> aws_sdk_account::Client {
        aws_sdk_account::Client::from_conf(self.account_config().build())
    }

    /// Its configuration, for clients that have something else in it: to make a client twice costs twice.
    pub(crate) fn account_config(&self) -> aws_sdk_account::config::Builder {
        let config = aws_sdk_account::config::Builder::from(&self.at(ACCOUNT));
        config.retry_partition(retries(ACCOUNT))
    }

    /// Trails.
    #[must_use]
    pub fn cloudtrail(&self) -> aws_sdk_cloudtrail::Client {
        let config = aws_sdk_cloudtrail::config::Builder::from(&self.at(CLOUDTRAIL));
        let config = config.retry_partition(retries(CLOUDTRAIL)).build();
        aws_sdk_cloudtrail::Client::from_conf(config)
    }

    /// The ledger.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::config::Builder::from(&self.at(DYNAMODB));
        aws_sdk_dynamodb::Client::from_conf(config.retry_partition(retries(DYNAMODB)).build())
    }

    /// Creation requests and accounts.
    #[must_use]
    pub fn organizations(&self) -> aws_sdk_organizations::Client {
        aws_sdk_organizations::Client::from_conf(self.organizations_config().build())
    }

    /// Its configuration, as [`Clients::account_config`].
    pub(crate) fn organizations_config(&self) -> aws_sdk_organizations::config::Builder {
        let config = aws_sdk_organizations::config::Builder::from(&self.at(ORGANIZATIONS));
        config.retry_partition(retries(ORGANIZATIONS))
    }

    /// Announcements.
    #[must_use]
    pub fn sns(&self) -> aws_sdk_sns::Client {
        let config = aws_sdk_sns::config::Builder::from(&self.at(SNS));
        aws_sdk_sns::Client::from_conf(config.retry_partition(retries(SNS)).build())
    }

    /// Executions of sweeps.
    #[must_use]
    pub fn sfn(&self) -> aws_sdk_sfn::Client {
        let config = aws_sdk_sfn::config::Builder::from(&self.at(SFN));
        aws_sdk_sfn::Client::from_conf(config.retry_partition(retries(SFN)).build())
    }

    /// The stack's own bucket; the policy, where it is an S3 object.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.at(S3));
        // A local endpoint has no host name for each bucket.
        let is_local = self.endpoints.iter().any(|(service, _)| *service == S3)
            || self.base.endpoint_url().is_some();
        let config = config
            .retry_partition(retries(S3))
            .force_path_style(is_local);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// The stamper's queue.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        let config = aws_sdk_sqs::config::Builder::from(&self.at(SQS));
        aws_sdk_sqs::Client::from_conf(config.retry_partition(retries(SQS)).build())
    }

    /// The policy, where it is a parameter.
    #[must_use]
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        let config = aws_sdk_ssm::config::Builder::from(&self.at(SSM));
        aws_sdk_ssm::Client::from_conf(config.retry_partition(retries(SSM)).build())
    }

    fn at(&self, name: &str) -> SdkConfig {
        let mut config = self.base.to_builder();
        if let Some((_, url)) = self.endpoints.iter().find(|(service, _)| *service == name) {
            config.set_endpoint_url(Some(url.clone()));
        }
        config.build()
    }
}

/// A client that is made when it is first needed: to make one takes as much as a call of a warm function, and most
/// invocations do without it.
#[derive(Clone, Debug)]
pub struct OnDemand<C> {
    clients: Clients,
    make: fn(&Clients) -> C,
    made: OnceLock<C>,
}

impl<C> OnDemand<C> {
    /// Makes it so: `OnDemand::new(&clients, Clients::sqs)`.
    pub fn new(clients: &Clients, make: fn(&Clients) -> C) -> Self {
        Self {
            clients: clients.clone(),
            make,
            made: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self) -> &C {
        self.made.get_or_init(|| (self.make)(&self.clients))
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

/// Three dozen failed calls empty the SDK's bucket of tokens, and from then on a call that fails once is not made again.
/// Here four attempts bound each call; the limiters, and the times that functions have, bound them all.
fn retries(service: &'static str) -> RetryPartition {
    RetryPartition::custom(service)
        .token_bucket(TokenBucket::unlimited())
        .build()
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
