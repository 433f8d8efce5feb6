//! The organization: its accounts, its creation requests, and what time does to them.

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod contacts;
pub(crate) mod creation;
pub(crate) mod history;
pub(crate) mod links;
pub(crate) mod request;
mod units;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::SystemTime;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::Options;
use crate::listing::{Listed, Tokens};
use crate::store::Store;
use access::Access;
use account::{Account, AccountState, Look};
use contacts::Contacts;
use creation::{Creation, Finished};
use links::Links;
use request::Row;

pub(crate) use units::{exists as unit_exists, parent as unit_parent};

/// The organization's id.
pub const ORGANIZATION_ID: &str = "o-exampleorg1";
/// The management account's id.
pub const MANAGEMENT_ACCOUNT_ID: &str = "111122223333";

/// The tags of one resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags(pub(crate) BTreeMap<String, String>);

impl Listed for Tags {
    fn state(&self) -> &str {
        ""
    }
}

/// What will happen by itself.
#[derive(Debug)]
enum Due {
    Finish(Box<Creation>),
    Suspend(String),
    Activate(String),
}

impl Due {
    fn is_about(&self, account: &str) -> bool {
        match self {
            Self::Finish(_) => false,
            Self::Suspend(id) | Self::Activate(id) => id == account,
        }
    }
}

/// The whole state behind the service.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) accounts: Store<Account>,
    pub(crate) requests: Store<Row>,
    pub(crate) tags: Store<Tags>,
    pub(crate) contacts: Contacts,
    pub(crate) links: Links,
    pub(crate) access: Access,
    pub(crate) look: Look,
    pub(crate) tokens: Tokens,
    finished: Vec<Finished>,
    emails: HashSet<String>,
    account_limit: usize,
    account_count: usize,
    closures: VecDeque<SystemTime>,
    agenda: BTreeMap<(SystemTime, u64), Due>,
    serial: u64,
    ids: Ids,
    rng: StdRng,
}

impl Organization {
    pub(crate) fn new(options: &Options, now: SystemTime) -> Self {
        let mut rng = StdRng::seed_from_u64(options.seed);
        let mut organization = Self {
            accounts: Store::new(options.lag),
            requests: Store::new(options.lag),
            tags: Store::new(options.lag),
            contacts: Contacts::new(options.lag),
            links: Links::new(options.lag),
            access: Access::new(options),
            look: Look {
                paths: options.paths,
                old_status: options.old_status,
            },
            tokens: Tokens::new(options.seed),
            finished: Vec::new(),
            emails: HashSet::new(),
            account_limit: options.account_limit,
            account_count: 0,
            closures: VecDeque::new(),
            agenda: BTreeMap::new(),
            serial: 0,
            ids: Ids {
                offset: rng.random_range(0..Ids::SPAN),
                count: 0,
            },
            rng,
        };
        organization.found(options.accounts, now);
        organization
    }

    /// Lets happen what is due.
    pub(crate) fn settle(&mut self, now: SystemTime) {
        while let Some(entry) = self
            .agenda
            .first_entry()
            .filter(|entry| entry.key().0 <= now)
        {
            let ((at, _), due) = entry.remove_entry();
            match due {
                Due::Finish(creation) => self.complete(*creation, at),
                Due::Suspend(id) => self.set_state(&id, AccountState::Suspended, at),
                Due::Activate(id) => self.activate(&id, at),
            }
        }
        self.accounts.settle(now);
        self.requests.settle(now);
        self.tags.settle(now);
        self.contacts.settle(now);
        self.links.settle(now);
    }

    fn plan(&mut self, at: SystemTime, due: Due) {
        self.serial += 1;
        self.agenda.insert((at, self.serial), due);
    }
}

/// Account ids: twelve digits, in an order of the seed, never one twice.
#[derive(Debug)]
struct Ids {
    offset: u64,
    count: u64,
}

impl Ids {
    const FIRST: u64 = 100_000_000_000;
    const SPAN: u64 = 900_000_000_000;
    /// Shares no factor with `SPAN`, so every id comes once before one comes again.
    const STEP: u64 = 618_033_988_751;

    fn next(&mut self) -> String {
        self.count += 1;
        let id = Self::FIRST + (self.offset + self.count * Self::STEP % Self::SPAN) % Self::SPAN;
        let id = id.to_string();
        if id == MANAGEMENT_ACCOUNT_ID {
            self.next()
        } else {
            id
        }
    }
}
