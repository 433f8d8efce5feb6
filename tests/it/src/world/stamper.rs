//! The contact stamper in the world.

use std::time::Duration;

use account_aws::Error;
use account_aws::clients::Clients;
use contact_stamper::{Config, Shell};
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};

use super::{World, variable};

/// One record of the queue.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The message, and its receipt.
    pub id: String,
    /// The body.
    pub body: String,
    /// How often it came.
    pub receives: u32,
}

impl Delivery {
    /// The record as Lambda passes it on.
    #[must_use]
    pub fn record(&self) -> Value {
        json!({
            "messageId": self.id,
            "receiptHandle": self.id,
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": self.receives.to_string()},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
        })
    }
}

impl World {
    /// A cold start of the stamper, with `vars` set beside (or instead of) the usual variables.
    #[must_use]
    pub fn cold_stamper(&self, vars: &[(&str, &str)]) -> Shell {
        let lookup = |name: &str| variable(vars, name);
        let edge = self.edge();
        let config = Config::from_vars(&lookup).unwrap();
        let clients = Clients::new(&lookup, &edge).unwrap();
        Shell::new(config, &clients, edge.time)
    }

    /// Invokes the stamper; `None` when it is killed.
    pub async fn stamp(&self, shell: &Shell, payload: Value) -> Option<Result<Value, Error>> {
        self.stamp_within(shell, payload, Duration::from_secs(180))
            .await
    }

    /// Invokes the stamper with a Lambda timeout; `None` when it is killed.
    pub async fn stamp_within(
        &self,
        shell: &Shell,
        payload: Value,
        timeout: Duration,
    ) -> Option<Result<Value, Error>> {
        let context = self.context(timeout);
        let invocation = contact_stamper::handle(shell, LambdaEvent::new(payload, context));
        let answer = self
            .until_death(&contact_stamper::ACTIONS, invocation)
            .await?;
        Some(answer.map(|answer| serde_json::to_value(answer).unwrap()))
    }

    /// Delivers records to the stamper, which must answer, and says which of them come again.
    pub async fn deliver(&self, shell: &Shell, deliveries: &[Delivery]) -> Vec<String> {
        self.try_deliver(shell, deliveries).await.unwrap()
    }

    /// Delivers records to the stamper and says which of them come again; `None` when it is killed.
    pub async fn try_deliver(&self, shell: &Shell, deliveries: &[Delivery]) -> Option<Vec<String>> {
        let records: Vec<_> = deliveries.iter().map(Delivery::record).collect();
        let answer = self
            .stamp(shell, json!({"Records": records}))
            .await?
            .unwrap();
        let failures = answer["batchItemFailures"].as_array().unwrap().iter();
        let ids = failures.map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned());
        Some(ids.collect())
    }
}
