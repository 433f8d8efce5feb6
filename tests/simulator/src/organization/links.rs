//! Which accounts have an account in AWS GovCloud (US), as Account Management tells it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::{Due, Organization};
use crate::listing::Listed;
use crate::store::Store;

/// How long the GovCloud account of a new pair stays in `PENDING_ACTIVATION`, from the moment
/// its request succeeds. AWS does not say how long that takes.
const ACTIVATION: Duration = Duration::from_secs(60);

/// What `GetGovCloudAccountInformation` answers. Both are required by the model, and the state
/// is one of `PENDING_ACTIVATION`, `ACTIVE`, `SUSPENDED` and `CLOSED` (`AwsAccountState`); a
/// test may write what it likes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Link {
    /// The id of the GovCloud account.
    pub gov_cloud_account_id: String,
    /// Its state.
    pub account_state: String,
}

impl Link {
    fn new(govcloud: &str, state: &str) -> Self {
        Self {
            gov_cloud_account_id: govcloud.to_owned(),
            account_state: state.to_owned(),
        }
    }
}

/// Nothing after it was cleared.
#[derive(Debug)]
struct Kept(Option<Link>);

impl Listed for Kept {
    fn state(&self) -> &str {
        ""
    }
}

/// The links by their standard accounts.
#[derive(Debug)]
pub(crate) struct Links {
    kept: Store<Kept>,
    /// How many calls find the link of an account unavailable.
    unavailable: BTreeMap<String, u64>,
}

impl Links {
    pub(super) fn new(lag: Duration) -> Self {
        Self {
            kept: Store::new(lag),
            unavailable: BTreeMap::new(),
        }
    }

    pub(super) fn settle(&mut self, now: SystemTime) {
        self.kept.settle(now);
    }

    /// The link of an account as reads see it.
    pub(crate) fn seen(&self, account: &str) -> Option<&Link> {
        self.kept.seen.get(account)?.0.as_ref()
    }

    /// The newest link of an account.
    pub(crate) fn newest(&self, account: &str) -> Option<&Link> {
        self.kept.newest(account)?.0.as_ref()
    }

    /// The newest link of every account that has one.
    pub(crate) fn all(&self) -> BTreeMap<String, Link> {
        let link =
            |(account, kept): (&str, &Arc<Kept>)| Some((account.to_owned(), kept.0.clone()?));
        self.kept.all().into_iter().filter_map(link).collect()
    }

    fn put(&mut self, now: SystemTime, account: &str, link: Option<Link>) {
        self.kept.write(now, account, Kept(link));
    }

    pub(super) fn erase(&mut self, account: &str) {
        self.kept.erase(account);
    }

    /// Makes a link unavailable for so many calls.
    pub(crate) fn set_unavailable(&mut self, account: &str, calls: u64) {
        self.unavailable.insert(account.to_owned(), calls);
    }

    /// Whether a call finds the link of an account unavailable; that call is used up.
    pub(crate) fn is_unavailable(&mut self, account: &str) -> bool {
        match self.unavailable.get_mut(account) {
            Some(calls) if 0 < *calls => {
                *calls -= 1;
                true
            }
            _ => false,
        }
    }
}

impl Organization {
    /// Links the accounts of a new pair.
    pub(super) fn pair(&mut self, account: &str, govcloud: &str, at: SystemTime) {
        let link = Link::new(govcloud, "PENDING_ACTIVATION");
        self.links.put(at, account, Some(link));
        self.plan(at + ACTIVATION, Due::Activate(account.to_owned()));
    }

    /// The GovCloud account of a pair can be used.
    pub(super) fn activate(&mut self, account: &str, at: SystemTime) {
        if let Some(link) = self.links.newest(account) {
            let link = Link::new(&link.gov_cloud_account_id, "ACTIVE");
            self.links.put(at, account, Some(link));
        }
    }

    /// Links an account, to no matter what.
    pub(crate) fn link(&mut self, account: &str, govcloud: &str, state: &str, now: SystemTime) {
        self.put_link(account, Some(Link::new(govcloud, state)), now);
    }

    /// Takes the link of an account away; false if it has none.
    pub(crate) fn unlink(&mut self, account: &str, now: SystemTime) -> bool {
        let found = self.links.newest(account).is_some();
        if found {
            self.put_link(account, None, now);
        }
        found
    }

    /// Writes a link; an activation on its way is off.
    fn put_link(&mut self, account: &str, link: Option<Link>, now: SystemTime) {
        self.agenda
            .retain(|_, due| !matches!(due, Due::Activate(pending) if pending == account));
        self.links.put(now, account, link);
    }
}
