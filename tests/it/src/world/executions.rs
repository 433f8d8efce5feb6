//! Step Functions, as far as the functions call it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use serde_json::{Value, json};

/// The executions that run; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Executions(Arc<Mutex<BTreeSet<String>>>);

impl Executions {
    /// An execution begins.
    pub fn begin(&self, arn: &str) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(arn.to_owned());
    }

    /// An execution ends.
    pub fn end(&self, arn: &str) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(arn);
    }

    /// Answers `DescribeExecution`; AWS knows nothing of executions that ended long ago.
    pub(super) fn answer(&self, body: &[u8]) -> Response<Vec<u8>> {
        let request: Value = serde_json::from_slice(body).unwrap();
        let arn = request["executionArn"].as_str().unwrap();
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !running.contains(arn) {
            let body = json!({"__type": "ExecutionDoesNotExist"}).to_string();
            return Response::builder().status(400).body(body.into()).unwrap();
        }
        let answer = json!({"executionArn": arn, "stateMachineArn": "arn", "status": "RUNNING", "startDate": 1});
        Response::new(answer.to_string().into_bytes())
    }
}
