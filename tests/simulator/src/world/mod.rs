//! What a test may see and do that no caller of AWS can.

mod accounts;
mod contacts;
mod links;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fault::{Fault, Script};
use crate::organization::creation::{Finished, Outcome, Start};
use crate::organization::history::History;
use crate::organization::request::Row;
use crate::organization::{Organization, Tags};
use crate::simulator::{Count, Simulator};

/// There is no creation request of this id, or none that this can be done to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such creation request: {0}")]
pub struct NoSuchRequest(String);

/// The world of accounts, contacts and links cannot be moved like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// No account has this id.
    #[error("no such account: {0}")]
    NoSuchAccount(String),
    /// No unit has this id.
    #[error("no such unit: {0}")]
    NoSuchUnit(String),
    /// The account has no alternate contact of this type.
    #[error("account {0} has no such contact")]
    NoSuchContact(String),
    /// Nobody could have written such a contact; the reason is that of the service.
    #[error("no such contact can be: {0}")]
    Invalid(String),
    /// The account has no GovCloud account.
    #[error("account {0} has no link")]
    NoSuchLink(String),
    /// An organization has its management account for ever.
    #[error("the management account does not leave")]
    Management,
}

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

    fn on<T>(
        &self,
        account: &str,
        act: impl FnOnce(&mut Organization) -> T,
    ) -> Result<T, Impossible> {
        let organization = &mut self.settled().organization;
        if organization.accounts.newest(account).is_none() {
            return Err(Impossible::NoSuchAccount(account.to_owned()));
        }
        Ok(act(organization))
    }
}

fn found(id: &str, found: bool) -> Result<(), NoSuchRequest> {
    if found {
        Ok(())
    } else {
        Err(NoSuchRequest(id.to_owned()))
    }
}
