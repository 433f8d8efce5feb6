//! The stamper's queue, as far as the stamper calls it.

use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use serde_json::Value;

/// For how long messages were held back, by receipt; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Queue(Arc<Mutex<Vec<(String, u64)>>>);

impl Queue {
    /// Every hold-back so far: receipt and seconds.
    #[must_use]
    pub fn held_back(&self) -> Vec<(String, u64)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Answers `ChangeMessageVisibility`.
    pub(super) fn answer(&self, body: &[u8]) -> Response<Vec<u8>> {
        let request: Value = serde_json::from_slice(body).unwrap();
        let receipt = request["ReceiptHandle"].as_str().unwrap().to_owned();
        let seconds = request["VisibilityTimeout"].as_u64().unwrap();
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((receipt, seconds));
        Response::new(b"{}".to_vec())
    }
}
