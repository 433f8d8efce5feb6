//! The stamper's queue, as far as the stamper calls it.

use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use serde_json::{Value, json};

/// What waits in it, and for how long messages were held back, by receipt; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Queue(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    waiting: u64,
    held_back: Vec<(String, u64)>,
}

impl Queue {
    /// Every hold-back so far: receipt and seconds.
    #[must_use]
    pub fn held_back(&self) -> Vec<(String, u64)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .held_back
            .clone()
    }

    /// From now on so many messages wait.
    pub fn wait(&self, messages: u64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .waiting = messages;
    }

    /// Answers `ChangeMessageVisibility` and `GetQueueAttributes`.
    pub(super) fn answer(&self, operation: &str, body: &[u8]) -> Response<Vec<u8>> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if operation == "GetQueueAttributes" {
            let count = queue.waiting.to_string();
            let answer = json!({"Attributes": {"ApproximateNumberOfMessages": count}});
            return Response::new(answer.to_string().into_bytes());
        }
        let request: Value = serde_json::from_slice(body).unwrap();
        let receipt = request["ReceiptHandle"].as_str().unwrap().to_owned();
        let seconds = request["VisibilityTimeout"].as_u64().unwrap();
        queue.held_back.push((receipt, seconds));
        Response::new(b"{}".to_vec())
    }
}
