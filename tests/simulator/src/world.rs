//! What a test may see and do that no caller of AWS can.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fault::{Fault, Script};
use crate::operations::fields;
use crate::organization::access::Caller;
use crate::organization::account::AccountState;
use crate::organization::contacts::{ContactType, Fields};
use crate::organization::creation::{Finished, Outcome, Start};
use crate::organization::history::History;
use crate::organization::request::Row;
use crate::organization::{Organization, Tags};
use crate::refusal::Refusal;
use crate::simulator::{Count, Simulator};

/// There is no creation request of this id, or none that this can be done to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such creation request: {0}")]
pub struct NoSuchRequest(String);

/// The world of accounts and contacts cannot be moved like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// No account has this id.
    #[error("no such account: {0}")]
    NoSuchAccount(String),
    /// The account has no alternate contact of this type.
    #[error("account {0} has no such contact")]
    NoSuchContact(String),
    /// Nobody could have written such a contact; the reason is that of the service.
    #[error("no such contact can be: {0}")]
    Invalid(String),
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

    /// Every account with its state, whatever reads see.
    #[must_use]
    pub fn accounts(&self) -> BTreeMap<String, AccountState> {
        let state = self.settled();
        let accounts = state.organization.accounts.all().into_iter();
        accounts.map(|(id, it)| (id.to_owned(), it.state)).collect()
    }

    /// Puts an account into a state. Organizations shows it as any write, after the lag.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_state(&self, account: &str, state: AccountState) -> Result<(), Impossible> {
        let now = self.clock().now();
        self.on(account, |it| it.put_state(account, state, now))
    }

    /// Sets the tags of an account, now; reads see it after the lag.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_tags(
        &self,
        account: &str,
        tags: BTreeMap<String, String>,
    ) -> Result<(), Impossible> {
        let now = self.clock().now();
        self.on(account, |it| it.tags.write(now, account, Tags(tags)))
    }

    /// The contacts of an account as they are stored, whatever reads see:
    /// `{"alternate": {"BILLING": {"Name": …}}, "primary": {…}, "verification": "PENDING"}`.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn contacts(&self, account: &str) -> Result<Value, Impossible> {
        self.on(account, |it| it.contacts.stored(account))
    }

    /// Puts an alternate contact as somebody else does: held to the rules of the service, seen
    /// by reads after the lag, but neither counted nor limited. `fields` are those of
    /// `PutAlternateContact`.
    ///
    /// # Errors
    /// When there is no such account, or the service would not take the fields.
    pub fn set_alternate_contact(
        &self,
        account: &str,
        contact_type: ContactType,
        fields: Value,
    ) -> Result<(), Impossible> {
        let now = self.clock().now();
        let fields = contact(fields, fields::alternate)?;
        self.on(account, |it| {
            let contacts = &mut it.contacts;
            contacts.put_alternate(now, account, contact_type, fields);
        })
    }

    /// Removes an alternate contact as somebody else does.
    ///
    /// # Errors
    /// When there is no such account, or no such contact.
    pub fn remove_alternate_contact(
        &self,
        account: &str,
        contact_type: ContactType,
    ) -> Result<(), Impossible> {
        let now = self.clock().now();
        let removed = |it: &mut Organization| {
            let contacts = &mut it.contacts;
            contacts.remove_alternate(now, account, contact_type)
        };
        if !self.on(account, removed)? {
            return Err(Impossible::NoSuchContact(account.to_owned()));
        }
        Ok(())
    }

    /// Replaces a primary contact as somebody else does, with the same rules as for alternate
    /// contacts. `fields` are those of `ContactInformation`.
    ///
    /// # Errors
    /// When there is no such account, or the service would not take the fields.
    pub fn set_primary_contact(&self, account: &str, fields: Value) -> Result<(), Impossible> {
        let now = self.clock().now();
        let fields = contact(fields, fields::primary)?;
        self.on(account, |it| it.contacts.put_primary(now, account, fields))
    }

    /// From now on this account calls Account Management.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_caller(&self, caller: Caller) -> Result<(), Impossible> {
        let id = caller.id().to_owned();
        self.on(&id, |it| it.access.caller = caller)
    }

    /// Switches Account Management's trusted access to the organization.
    pub fn set_trusted_access(&self, trusted: bool) {
        self.settled().organization.access.trusted = trusted;
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

fn contact(
    fields: Value,
    rules: fn(Fields) -> Result<Fields, Refusal>,
) -> Result<Fields, Impossible> {
    let fields =
        serde_json::from_value(fields).map_err(|error| Impossible::Invalid(error.to_string()))?;
    rules(fields).map_err(|refusal| Impossible::Invalid(refusal.message))
}

fn found(id: &str, found: bool) -> Result<(), NoSuchRequest> {
    if found {
        Ok(())
    } else {
        Err(NoSuchRequest(id.to_owned()))
    }
}
