//! Retries: each client makes its four attempts at every call, however many calls failed before.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use account_aws::clients::{Clients, Edge};
use account_aws::metrics::Metrics;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::Response;

/// More than the SDK's bucket of 500 tokens lasts for: three retries of each, at five tokens or more.
const OUTAGE: usize = 40;

/// Services that fail at the first attempt of every call, or, while they are down, at all.
#[derive(Clone, Debug, Default)]
struct Shaky {
    is_down: Arc<AtomicBool>,
}

impl HttpClient for Shaky {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Shaky {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let attempt = request.headers().get("amz-sdk-request").unwrap_or_default();
        let fails = self.is_down.load(Ordering::Relaxed) || attempt.starts_with("attempt=1");
        let (status, body) = match (fails, request.uri()) {
            (true, _) => (500, "{}"),
            (false, uri) if uri.contains("sns.") => {
                let answer = "<PublishResponse><PublishResult/></PublishResponse>";
                (200, answer)
            }
            (false, _) => (200, "{}"),
        };
        let response = Response::builder().status(status);
        let response = response.body(SdkBody::from(body)).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(response).unwrap()))
    }
}

fn clients(services: &Shaky) -> Clients {
    let lookup = |name: &str| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        _ => None,
    };
    let edge = Edge {
        metrics: Metrics::new(&|_: &str| None, std::io::sink()),
        http: SharedHttpClient::new(services.clone()),
        time: SharedTimeSource::new(SystemTimeSource::new()),
    };
    Clients::new(&lookup, &edge).unwrap()
}

impl Shaky {
    /// After an outage, a call that fails once is made again.
    async fn check<T, E: Debug>(&self, service: &str, call: impl AsyncFn() -> Result<T, E>) {
        self.is_down.store(true, Ordering::Relaxed);
        for _ in 0..OUTAGE {
            assert!(call().await.is_err(), "{service}");
        }
        self.is_down.store(false, Ordering::Relaxed);
        let answer = call().await.map(|_| ());
        assert!(answer.is_ok(), "{service}: {answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_uses_no_client_s_retries_up() {
    let services = Shaky::default();
    let clients = clients(&services);
    let client = clients.account();
    services
        .check("account", async || {
            let call = client.get_alternate_contact();
            call.alternate_contact_type("SECURITY".into()).send().await
        })
        .await;
    let client = clients.dynamodb();
    services
        .check("dynamodb", async || {
            let call = client.get_item().table_name("ledger");
            let id = AttributeValue::S("x".to_owned());
            call.key("id", id).send().await
        })
        .await;
    let client = clients.organizations();
    services
        .check("organizations", async || {
            client.list_accounts().send().await
        })
        .await;
    let client = clients.s3();
    services
        .check("s3", async || {
            client.get_object().bucket("own").key("x").send().await
        })
        .await;
    let client = clients.sfn();
    services
        .check("sfn", async || {
            client.describe_execution().execution_arn("x").send().await
        })
        .await;
    let client = clients.sns();
    services
        .check("sns", async || {
            client.publish().topic_arn("x").message("x").send().await
        })
        .await;
    let client = clients.sqs();
    services
        .check("sqs", async || {
            let call = client
                .change_message_visibility()
                .queue_url("https://sqs.us-east-1.amazonaws.com/1/x");
            call.receipt_handle("x").visibility_timeout(1).send().await
        })
        .await;
    let client = clients.ssm();
    services
        .check("ssm", async || {
            client.get_parameter().name("x").send().await
        })
        .await;
}
