//! The simulator as the HTTP client of an SDK client: no sockets.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;

use crate::Simulator;

impl Simulator {
    /// An HTTP client that brings every request here, whatever its host.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }
}

impl HttpClient for Simulator {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let (simulator, settings) = (self.clone(), settings.clone());
        SharedHttpConnector::new(Connector {
            simulator,
            settings,
        })
    }
}

/// Read timeouts are the connector's work.
#[derive(Debug)]
struct Connector {
    simulator: Simulator,
    settings: HttpConnectorSettings,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let simulator = self.simulator.clone();
        let timeout = self.settings.read_timeout();
        HttpConnectorFuture::new(async move {
            let answer = call(&simulator, request);
            match timeout {
                None => answer.await,
                Some(timeout) => tokio::time::timeout(timeout, answer)
                    .await
                    .unwrap_or_else(|elapsed| Err(ConnectorError::timeout(elapsed.into()))),
            }
        })
    }
}

async fn call(simulator: &Simulator, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    // Read to its end: the client watches its upload and gives up when that stalls.
    let body = body
        .collect()
        .await
        .map_err(ConnectorError::user)?
        .to_bytes();
    let request = http::Request::from_parts(parts, body);
    let response = simulator.answer(request).await?.map(SdkBody::from);
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}
