//! The links of accounts with their GovCloud accounts.

use std::collections::BTreeMap;

use super::Impossible;
use crate::organization::links::Link;
use crate::simulator::Simulator;

impl Simulator {
    /// The link of every account that has one, whatever reads see.
    #[must_use]
    pub fn links(&self) -> BTreeMap<String, Link> {
        self.settled().organization.links.all()
    }

    /// Links an account with a GovCloud account, in place of a link that it has; an activation
    /// on its way is off. Neither the id nor the state is held to any rule: both may be empty,
    /// and the state may be one that nobody knows. Reads see it after the lag.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_link(&self, account: &str, govcloud: &str, state: &str) -> Result<(), Impossible> {
        let now = self.clock().now();
        self.on(account, |it| it.link(account, govcloud, state, now))
    }

    /// Takes the link of an account away.
    ///
    /// # Errors
    /// When there is no such account, or it has no link.
    pub fn clear_link(&self, account: &str) -> Result<(), Impossible> {
        let now = self.clock().now();
        if !self.on(account, |it| it.unlink(account, now))? {
            return Err(Impossible::NoSuchLink(account.to_owned()));
        }
        Ok(())
    }

    /// Makes the link of an account unavailable, whether there is one or not: the next `calls`
    /// answers of `GetGovCloudAccountInformation` about it are HTTP 424, without a number all
    /// of them. A call that is refused for another reason does not count.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_link_unavailable(
        &self,
        account: &str,
        calls: Option<u64>,
    ) -> Result<(), Impossible> {
        let calls = calls.unwrap_or(u64::MAX);
        self.on(account, |it| it.links.set_unavailable(account, calls))
    }

    /// Makes the link of an account available again.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_link_available(&self, account: &str) -> Result<(), Impossible> {
        self.set_link_unavailable(account, Some(0))
    }
}
