//! What a test may see and do that no caller of AWS can.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fault::{Fault, Script};
use crate::organization::Tags;
use crate::organization::creation::{Finished, Outcome, Start};
use crate::organization::history::History;
use crate::organization::request::Row;
use crate::simulator::{Count, Simulator};

/// There is no creation request of this id, or none that this can be done to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such creation request: {0}")]
pub struct NoSuchRequest(String);

impl Simulator {
    /// What happened to the calls, by operation.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, Count> {
        self.settled().counts.clone()
    }

    /// Begins to count anew.
    pub fn reset_calls(&self) {
        self.settled().counts.clear();
    }

    /// Replaces the fault script; call numbers in it begin at 1 again.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.settled().faults = Script::new(faults);
    }

    /// Makes every token given out so far invalid.
    pub fn expire_tokens(&self) {
        self.settled().organization.tokens.expire();
    }

    /// Adds finished requests; reads see them at once.
    pub fn add_history(&self, history: &History) {
        self.settled().organization.add_history(history);
    }

    /// Adds a row to the listing exactly as given; it is described if it has an `Id`.
    /// Reads see it at once.
    pub fn add_row(&self, row: Value) {
        let id = row["Id"].as_str().map(str::to_owned);
        let requests = &mut self.settled().organization.requests;
        requests.seen.append(id.as_deref(), Row::Raw(row).into());
    }

    /// Begins a request, beyond any limit, and returns its id.
    #[must_use]
    pub fn start(&self, start: Start) -> String {
        let now = self.clock().now();
        self.settled()
            .organization
            .start(start, Tags::default(), now)
            .id
    }

    /// Ends a request that is in progress, now.
    ///
    /// # Errors
    /// When no request of this id is in progress.
    pub fn finish(&self, id: &str, outcome: Outcome) -> Result<(), NoSuchRequest> {
        let now = self.clock().now();
        found(id, self.settled().organization.finish(id, outcome, now))
    }

    /// Stops listing a request; it is still described.
    ///
    /// # Errors
    /// When reads do not see a request of this id.
    pub fn forget(&self, id: &str) -> Result<(), NoSuchRequest> {
        found(id, self.settled().organization.requests.seen.forget(id))
    }

    /// Removes a request: neither listed nor described, and never finished.
    ///
    /// # Errors
    /// When there is no request of this id.
    pub fn erase(&self, id: &str) -> Result<(), NoSuchRequest> {
        found(id, self.settled().organization.erase(id))
    }

    /// Every request that ever finished, also those that reads do not see (yet, or any more);
    /// raw rows are not among them.
    #[must_use]
    pub fn terminal_requests(&self) -> Vec<Finished> {
        self.settled().organization.finished().to_vec()
    }
}

fn found(id: &str, found: bool) -> Result<(), NoSuchRequest> {
    if found {
        Ok(())
    } else {
        Err(NoSuchRequest(id.to_owned()))
    }
}
