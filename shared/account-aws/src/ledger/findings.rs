//! Which findings about GovCloud links are standing: those of one audit, kept in the bucket.

use account_core::announcement::Announcement;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::{DateTime, Utc};

use super::row::{FINDINGS, FindingsRow, item, number, parse};
use super::{Claim, Ledger, PUT};
use crate::Error;

impl Ledger {
    /// The version of the findings that are standing, 0 before the first.
    ///
    /// # Errors
    /// The ledger cannot be read, or its row is broken.
    pub async fn findings_version(&self) -> Result<u64, Error> {
        let row = self.row(FINDINGS).await?.map(parse).transpose()?;
        Ok(row.map_or(0, |FindingsRow { version, .. }| version))
    }

    /// Makes `version` the standing one, in place of the one before it, together with the intent to announce what
    /// changed, both or neither; `false` when somebody else did.
    ///
    /// # Errors
    /// The ledger cannot be written; then nothing may be published.
    pub async fn change_findings(
        &self,
        version: u64,
        announcement: &Announcement,
        claim: &Claim,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let row = FindingsRow {
            id: FINDINGS.to_owned(),
            version,
        };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(&row)?));
        let put = if version == 1 {
            put.condition_expression("attribute_not_exists(id)")
        } else {
            put.condition_expression("version = :before")
                .expression_attribute_values(":before", number(version - 1))
        };
        let put = put
            .build()
            .or(Err(Error::unusable(PUT, "the request could not be built")))?;
        let state = vec![TransactWriteItem::builder().put(put).build()];
        self.intend_with(announcement, claim, now, state).await
    }
}
