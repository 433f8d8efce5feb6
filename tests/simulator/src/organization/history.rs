//! Finished requests of the past, made up at once.

use std::time::{Duration, SystemTime};

use rand::RngExt;
use serde::Deserialize;

use super::Organization;
use super::request::{FAILURE_REASONS, Request, Row};
use crate::time;

/// Finished requests to add, in no time, without accounts of their own in `ListAccounts`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// How many.
    pub count: usize,
    /// The share that failed, 0 to 1; they go through all documented reasons.
    #[serde(default)]
    pub failed: f64,
    /// The share of the succeeded ones with a GovCloud account, 0 to 1.
    #[serde(default)]
    pub govcloud: f64,
    /// None was completed before (JSON: seconds since 1970).
    #[serde(deserialize_with = "time::read")]
    pub from: SystemTime,
    /// All were completed before (JSON: seconds since 1970).
    #[serde(deserialize_with = "time::read")]
    pub to: SystemTime,
}

impl Organization {
    pub(crate) fn add_history(&mut self, history: &History) {
        let span = history.to.duration_since(history.from).unwrap_or_default();
        let mut reasons = FAILURE_REASONS.into_iter().cycle();
        for number in 0..history.count {
            let completed = history.from + span.mul_f64(self.rng.random());
            let requested = completed - Duration::from_millis(self.rng.random_range(2_000..6_000));
            let name = format!("Past account {number}");
            let request = Request::begun(self.request_id(), name, requested);
            let request = if self.rng.random_bool(history.failed.clamp(0.0, 1.0)) {
                let reason = reasons.next().unwrap_or_default();
                request.failed(completed, reason.to_owned())
            } else {
                let govcloud = self.rng.random_bool(history.govcloud.clamp(0.0, 1.0));
                let govcloud = govcloud.then(|| self.ids.next());
                request.succeeded(completed, self.ids.next(), govcloud)
            };
            self.record(&request, completed);
            let id = request.id.clone();
            self.requests.seen.put(&id, Row::Request(request).into());
        }
    }
}
