//! The accounts: how many there are, how they stand, how they are shown, and which one calls.

use std::collections::BTreeMap;

use super::Impossible;
use crate::organization::access::Caller;
use crate::organization::account::{AccountState, INVITED};
use crate::organization::{MANAGEMENT_ACCOUNT_ID, Tags, unit_exists};
use crate::simulator::Simulator;

impl Simulator {
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

    /// Makes an account one that was invited, now; reads see it after the lag.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_invited(&self, account: &str) -> Result<(), Impossible> {
        let now = self.clock().now();
        self.on(account, |it| {
            it.change(account, now, |account| account.joined_method = INVITED);
        })
    }

    /// Moves an account into a unit, or into the root, now; reads see it after the lag.
    ///
    /// # Errors
    /// When there is no such account or unit.
    pub fn move_account(&self, account: &str, unit: &str) -> Result<(), Impossible> {
        if !unit_exists(unit) {
            return Err(Impossible::NoSuchUnit(unit.to_owned()));
        }
        let now = self.clock().now();
        self.on(account, |it| {
            it.change(account, now, |account| account.parent = unit.to_owned());
        })
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

    /// Adds members beyond any limit, spread over the units, and returns their ids. They joined
    /// within the year before, and reads see them at once.
    #[must_use]
    pub fn add_accounts(&self, count: usize) -> Vec<String> {
        let now = self.clock().now();
        self.settled().organization.add_members(count, now)
    }

    /// An account leaves the organization, at once: it is neither listed nor described, and
    /// Account Management denies it. Its address stays taken.
    ///
    /// # Errors
    /// When there is no such account, or it is the management account.
    pub fn remove_account(&self, account: &str) -> Result<(), Impossible> {
        if account == MANAGEMENT_ACCOUNT_ID {
            return Err(Impossible::Management);
        }
        self.on(account, |it| it.leave(account))
    }

    /// Shows accounts with or without their `Paths`.
    pub fn set_paths(&self, shown: bool) {
        self.settled().organization.look.paths = shown;
    }

    /// Shows accounts with the retired `Status` in place of `State`, or not.
    pub fn set_old_status(&self, shown: bool) {
        self.settled().organization.look.old_status = shown;
    }

    /// From now on this account calls Account Management.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_caller(&self, caller: Caller) -> Result<(), Impossible> {
        let id = caller.id().to_owned();
        self.on(&id, |it| it.access.caller = caller)
    }

    /// Gives the organization all features, or consolidated billing only. That changes what it says, and nothing else.
    pub fn set_all_features(&self, all: bool) {
        self.settled().organization.access.all_features = all;
    }

    /// Switches Account Management's trusted access to the organization.
    pub fn set_trusted_access(&self, trusted: bool) {
        self.settled().organization.access.trusted = trusted;
    }
}
