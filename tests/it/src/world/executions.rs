//! Step Functions, as far as the functions call it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Response;
use serde_json::{Value, json};

/// Executions and what they do; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Executions(Arc<Mutex<BTreeMap<String, &'static str>>>);

impl Executions {
    /// An execution begins.
    pub fn begin(&self, arn: &str) {
        self.all().insert(arn.to_owned(), "RUNNING");
    }

    /// An execution is stopped, or ends in another way: the functions only ask whether it runs.
    pub fn end(&self, arn: &str) {
        self.all().insert(arn.to_owned(), "ABORTED");
    }

    /// So long after its end AWS knows nothing of an execution.
    pub fn forget(&self, arn: &str) {
        self.all().remove(arn);
    }

    /// Answers `DescribeExecution`.
    pub(super) fn answer(&self, body: &[u8]) -> Response<Vec<u8>> {
        let request: Value = serde_json::from_slice(body).unwrap();
        let arn = request["executionArn"].as_str().unwrap();
        let Some(status) = self.all().get(arn).copied() else {
            let body = json!({"__type": "ExecutionDoesNotExist"}).to_string();
            return Response::builder().status(400).body(body.into()).unwrap();
        };
        let answer = json!({"executionArn": arn, "stateMachineArn": "arn", "status": status, "startDate": 1});
        Response::new(answer.to_string().into_bytes())
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, &'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
