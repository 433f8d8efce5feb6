//! The GovCloud links of accounts, as they were last seen, and what creation requests reported of them.

use std::collections::HashMap;

use account_core::announcement::Announcement;
use account_core::govcloud::RememberedLink;
use account_core::ids::AccountId;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::{DateTime, Utc};

use super::announcements::BATCH;
use super::row::{LinkRow, PairRow, item, key, link_key, number, pair_key, parse};
use super::{Claim, Ledger, PUT};
use crate::Error;

/// What the ledger knows of an account's link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownLink {
    /// The link as it was last seen; `None` before the first audit.
    pub link: Option<RememberedLink>,
    /// The GovCloud account that the creation request reported.
    pub reported: Option<AccountId>,
}

impl Ledger {
    /// What is known of these accounts' links, or [`Error::LedgerRow`] where a row of the account is broken.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub async fn known_links(
        &self,
        accounts: &[AccountId],
    ) -> Result<HashMap<AccountId, Result<KnownLink, Error>>, Error> {
        let keys = accounts
            .iter()
            .flat_map(|account| [link_key(account), pair_key(account)]);
        let mut rows = HashMap::new();
        for row in self.rows(keys.collect(), None).await? {
            rows.insert(key(&row).to_owned(), row);
        }
        let mut known = |account| {
            let link = rows.remove(&link_key(account)).map(parse).transpose()?;
            let pair = rows.remove(&pair_key(account)).map(parse).transpose()?;
            Ok(KnownLink {
                link: link.map(|LinkRow { link, .. }| link),
                reported: pair.map(|PairRow { govcloud, .. }| govcloud),
            })
        };
        let known = accounts.iter().map(|id| (id.clone(), known(id)));
        Ok(known.collect())
    }

    /// Remembers links that were seen for the first time; those that are known already stay.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn first_links(&self, links: &[(AccountId, RememberedLink)]) -> Result<(), Error> {
        for links in links.chunks(BATCH) {
            let rows = links
                .iter()
                .map(|(account, link)| item(&LinkRow::new(account, link)));
            self.put_all_new(rows.collect::<Result<_, _>>()?).await?;
        }
        Ok(())
    }

    /// Remembers a link that has changed together with the intent to announce it, both or neither; `false` when somebody
    /// else did.
    ///
    /// # Errors
    /// The ledger cannot be written; then nothing may be published.
    pub async fn change_link(
        &self,
        account: &AccountId,
        next: &RememberedLink,
        announcement: &Announcement,
        claim: &Claim,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(&LinkRow::new(account, next))?))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(next.version - 1))
            .build()
            .or(Err(Error::unusable(PUT, "the request could not be built")))?;
        let state = vec![TransactWriteItem::builder().put(put).build()];
        self.intend_with(announcement, claim, now, state).await
    }

    /// Remembers the GovCloud account that a creation request reported. AWS lists the request for an unknown time only.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn remember_pair(
        &self,
        account: &AccountId,
        govcloud: &AccountId,
    ) -> Result<(), Error> {
        let row = PairRow {
            id: pair_key(account),
            govcloud: govcloud.clone(),
        };
        self.put_new(item(&row)?).await.map(drop)
    }
}
