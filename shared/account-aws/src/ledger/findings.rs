//! Which findings about GovCloud links are standing: those of one audit, kept in the bucket.

use account_core::announcement::Announcement;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::{DateTime, Utc};

use super::row::{FINDINGS, FindingsRow, Item, item, number, parse};
use super::{Claim, Ledger, PUT, written};
use crate::Error;

/// The findings that are standing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Counts their changes; 0 where nothing was ever found.
    pub version: u64,
    /// When the audit began that told of them last; `None` where none ever did.
    pub audited: Option<DateTime<Utc>>,
}

impl Ledger {
    /// The findings that are standing.
    ///
    /// # Errors
    /// The ledger cannot be read, or its row is broken.
    pub async fn findings(&self) -> Result<Standing, Error> {
        let row = self.row(FINDINGS).await?.map(parse).transpose()?;
        Ok(row.map_or(
            Standing::default(),
            |FindingsRow {
                 version, audited, ..
             }| Standing { version, audited },
        ))
    }

    /// Remembers that an audit told nothing new: these are still standing, unless somebody else has changed them.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn keep_findings(&self, standing: &Standing) -> Result<(), Error> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row(standing)?))
            .condition_expression(condition(standing.version))
            .expression_attribute_values(":before", number(standing.version));
        written(PUT, put.send().await).map(drop)
    }

    /// Makes `standing` the findings in place of the version before, together with the intent to announce what changed,
    /// both or neither; `false` when somebody else did.
    ///
    /// # Errors
    /// The ledger cannot be written; then nothing may be published.
    pub async fn change_findings(
        &self,
        standing: &Standing,
        announcement: &Announcement,
        claim: &Claim,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let before = standing.version.saturating_sub(1);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row(standing)?))
            .condition_expression(condition(before))
            .expression_attribute_values(":before", number(before))
            .build()
            .or(Err(Error::unusable(PUT, "the request could not be built")))?;
        let state = vec![TransactWriteItem::builder().put(put).build()];
        self.intend_with(announcement, claim, now, state).await
    }
}

fn row(standing: &Standing) -> Result<Item, Error> {
    item(&FindingsRow {
        id: FINDINGS.to_owned(),
        version: standing.version,
        audited: standing.audited,
    })
}

/// That version `before` is standing.
fn condition(before: u64) -> &'static str {
    if before == 0 {
        "attribute_not_exists(id) OR version = :before"
    } else {
        "version = :before"
    }
}
