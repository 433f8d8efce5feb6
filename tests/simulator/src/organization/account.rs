//! Accounts: found with the organization or created, moved, closed.

use std::time::{Duration, SystemTime};

use rand::RngExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::units::{ROOT, UNITS, path};
use super::{Due, MANAGEMENT_ACCOUNT_ID, ORGANIZATION_ID, Organization};
use crate::listing::Listed;
use crate::time;

/// How long an account stays in `PENDING_CLOSURE`.
const CLOSURE: Duration = Duration::from_secs(60);
/// "Within a rolling 30 day period" (`CloseAccount` of the model).
const CLOSURE_PERIOD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// `AccountState` of the model. By itself an account goes from `ACTIVE` over `PENDING_CLOSURE`
/// to `SUSPENDED`. The older field `Status` was retired on 9 September 2026 and is shown only on
/// demand ([`Options::old_status`](crate::Options::old_status)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountState {
    /// Not yet usable.
    PendingActivation,
    /// In use.
    Active,
    /// Out of use, but can come back.
    Suspended,
    /// Being closed.
    PendingClosure,
    /// Closed for good.
    Closed,
}

impl AccountState {
    fn as_str(self) -> &'static str {
        match self {
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Closed => "CLOSED",
        }
    }

    /// `AccountStatus` of the model, which is older and knows three values. How it showed the
    /// other two is not documented: here as accounts that cannot be used.
    fn old(self) -> &'static str {
        match self {
            Self::Active | Self::PendingClosure | Self::Suspended => self.as_str(),
            Self::PendingActivation | Self::Closed => Self::Suspended.as_str(),
        }
    }

    /// `AwsAccountState` of Account Management, which has no `PENDING_CLOSURE`: an account that
    /// is being closed is out of use already.
    pub(crate) fn without_closure(self) -> &'static str {
        match self {
            Self::PendingClosure => Self::Suspended.as_str(),
            Self::PendingActivation | Self::Active | Self::Suspended | Self::Closed => {
                self.as_str()
            }
        }
    }
}

/// How accounts are shown: the model changed in its time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// With `Paths`.
    pub(crate) paths: bool,
    /// With `Status` in place of `State`.
    pub(crate) old_status: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    email: String,
    pub(crate) name: String,
    pub(crate) state: AccountState,
    pub(crate) parent: String,
    pub(crate) joined_method: &'static str,
    pub(crate) joined: SystemTime,
}

/// How an account joined that was not created here.
pub(crate) const INVITED: &str = "INVITED";

/// The account's ARN. It carries the management account's id, too.
pub(crate) fn arn(id: &str) -> String {
    format!("arn:aws:organizations::{MANAGEMENT_ACCOUNT_ID}:account/{ORGANIZATION_ID}/{id}")
}

impl Account {
    /// A new account: it begins in the root.
    pub(super) fn created(id: String, name: &str, email: String, at: SystemTime) -> Self {
        Self {
            id,
            email,
            name: name.to_owned(),
            state: AccountState::Active,
            parent: ROOT.to_owned(),
            joined_method: "CREATED",
            joined: time::millis(at),
        }
    }

    /// `Account` of the model.
    pub(crate) fn wire(&self, look: Look) -> Value {
        let mut account = json!({
            "Id": self.id,
            "Arn": arn(&self.id),
            "Email": self.email,
            "Name": self.name,
            "JoinedMethod": self.joined_method,
            "JoinedTimestamp": time::seconds(self.joined),
        });
        let (name, state) = if look.old_status {
            ("Status", self.state.old())
        } else {
            ("State", self.state.as_str())
        };
        account[name] = state.into();
        if look.paths {
            account["Paths"] = json!([format!("{}{}/", path(&self.parent), self.id)]);
        }
        account
    }
}

impl Listed for Account {
    fn state(&self) -> &str {
        ""
    }
}

impl Organization {
    /// The accounts of the first day.
    pub(super) fn found(&mut self, count: usize, now: SystemTime) {
        self.contacts.found(MANAGEMENT_ACCOUNT_ID);
        let mut management = self.grown(MANAGEMENT_ACCOUNT_ID.to_owned(), now);
        management.name = "Management".to_owned();
        management.joined_method = INVITED;
        self.show(management);
        self.add_members(count.saturating_sub(1), now);
    }

    /// Adds members, spread over the units.
    pub(crate) fn add_members(&mut self, count: usize, now: SystemTime) -> Vec<String> {
        (0..count).map(|_| self.add_member(now)).collect()
    }

    fn add_member(&mut self, now: SystemTime) -> String {
        let id = self.ids.next();
        let mut account = self.grown(id.clone(), now);
        account.parent = UNITS[self.rng.random_range(0..UNITS.len())].0.to_owned();
        self.inherit(&account);
        self.show(account);
        id
    }

    /// An account that joined within the year before.
    fn grown(&mut self, id: String, now: SystemTime) -> Account {
        let age = Duration::from_secs(self.rng.random_range(86_400..31_536_000));
        let number = self.serial;
        self.serial += 1;
        let email = format!("account-{number}@example.com");
        Account::created(id, &format!("Account {number}"), email, now - age)
    }

    /// Reads see the account at once.
    fn show(&mut self, account: Account) {
        self.count(&account);
        self.accounts.seen.put(&account.id.clone(), account.into());
    }

    pub(super) fn join(&mut self, account: Account, at: SystemTime) {
        self.inherit(&account);
        self.count(&account);
        self.accounts.write(at, &account.id.clone(), account);
    }

    fn inherit(&mut self, account: &Account) {
        let contacts = &mut self.contacts;
        contacts.inherit(MANAGEMENT_ACCOUNT_ID, &account.id, &account.name);
    }

    fn count(&mut self, account: &Account) {
        self.emails.insert(account.email.to_lowercase());
        self.account_count += 1;
    }

    pub(super) fn is_taken(&self, email: &str) -> bool {
        self.emails.contains(&email.to_lowercase())
    }

    pub(super) fn is_full(&self) -> bool {
        self.account_limit <= self.account_count
    }

    /// Begins to close an account.
    pub(crate) fn close(&mut self, id: &str, now: SystemTime) {
        self.closures.push_back(now);
        self.set_state(id, AccountState::PendingClosure, now);
        self.plan(now + CLOSURE, Due::Suspend(id.to_owned()));
    }

    /// Puts an account into a state; a closure on its way is off.
    pub(crate) fn put_state(&mut self, id: &str, state: AccountState, now: SystemTime) {
        self.agenda
            .retain(|_, due| !matches!(due, Due::Suspend(closing) if closing == id));
        self.set_state(id, state, now);
    }

    /// Takes an account out of the organization; its address stays taken.
    pub(crate) fn leave(&mut self, id: &str) {
        self.agenda.retain(|_, due| !due.is_about(id));
        self.accounts.erase(id);
        self.links.erase(id);
        self.account_count -= 1;
    }

    /// How many accounts are being closed.
    pub(crate) fn closing(&self) -> usize {
        self.agenda
            .values()
            .filter(|due| matches!(due, Due::Suspend(_)))
            .count()
    }

    /// Whether the quota of 30 days is used up: 250 or 20 % of the members, at most 1,000.
    pub(crate) fn closed_enough(&mut self, now: SystemTime) -> bool {
        while self
            .closures
            .pop_front_if(|at| *at + CLOSURE_PERIOD <= now)
            .is_some()
        {}
        let quota = ((self.account_count - 1) / 5).clamp(250, 1000);
        quota <= self.closures.len()
    }

    pub(super) fn set_state(&mut self, id: &str, state: AccountState, at: SystemTime) {
        self.change(id, at, |account| account.state = state);
    }

    /// Writes a changed copy of an account, if there is such an account.
    pub(crate) fn change(&mut self, id: &str, at: SystemTime, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.accounts.newest(id) {
            let mut account = Account::clone(account);
            change(&mut account);
            self.accounts.write(at, id, account);
        }
    }
}
