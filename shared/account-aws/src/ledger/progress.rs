//! The poller's own row: how far it has come, and who is scanning.

use account_core::progress::Progress;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, Utc};

use super::row::{PROGRESS, ProgressRow, item, millis, parse, text};
use super::{Claim, GET, Ledger, PUT, UPDATE, written};
use crate::Error;

impl Ledger {
    /// How far the poller has come. The first call ever writes down that it starts now.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn progress(&self, now: DateTime<Utc>) -> Result<Progress, Error> {
        if let Some(progress) = self.read_progress().await? {
            return Ok(progress);
        }
        let new = Progress::new(now);
        let row = ProgressRow {
            id: PROGRESS.to_owned(),
            started: new.started,
            complete: new.complete,
            listed: new.listed,
            scanned: new.scanned,
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?));
        if written(
            PUT,
            put.condition_expression("attribute_not_exists(id)")
                .send()
                .await,
        )? {
            return Ok(new);
        }
        let missing = || Error::LedgerRow {
            row: PROGRESS.to_owned(),
            problem: "it came and went",
        };
        self.read_progress().await?.ok_or_else(missing)
    }

    async fn read_progress(&self) -> Result<Option<Progress>, Error> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("id", text(PROGRESS))
            .consistent_read(true);
        let answer = get.send().await.map_err(|error| Error::call(GET, &error))?;
        let Some(item) = answer.item else {
            return Ok(None);
        };
        let ProgressRow {
            started,
            complete,
            listed,
            scanned,
            ..
        } = parse(item)?;
        Ok(Some(Progress {
            started,
            complete,
            listed,
            scanned,
        }))
    }

    /// Claims the long scan; `false` while somebody else holds it.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn claim_scan(&self, claim: &Claim, now: DateTime<Utc>) -> Result<bool, Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(PROGRESS))
            .update_expression("SET scan_owner = :owner, scan_until = :until")
            .condition_expression(
                "attribute_exists(id) AND (attribute_not_exists(scan_until) OR scan_until < :now)",
            )
            .expression_attribute_values(":owner", text(&claim.owner))
            .expression_attribute_values(":until", millis(claim.until))
            .expression_attribute_values(":now", millis(now));
        written(UPDATE, update.send().await)
    }

    /// Writes down that the scan begun at `scanned` reached its last page and saw `listed` requests.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn finish_scan(&self, listed: u32, scanned: DateTime<Utc>) -> Result<(), Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(PROGRESS))
            .update_expression(
                "SET complete = :true, listed = :listed, scanned = :scanned REMOVE scan_owner, scan_until",
            )
            .condition_expression("attribute_exists(id)")
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .expression_attribute_values(":listed", AttributeValue::N(listed.to_string()))
            .expression_attribute_values(":scanned", text(scanned.to_rfc3339_opts(SecondsFormat::Millis, true)));
        // Without the row the next tick starts the baseline afresh, which is what removing it asks for.
        written(UPDATE, update.send().await).map(drop)
    }

    /// Gives the long scan up, so that the next tick may take it.
    ///
    /// # Errors
    /// When the ledger cannot be written; the claim then ends by itself.
    pub async fn release_scan(&self, claim: &Claim) -> Result<(), Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(PROGRESS))
            .update_expression("REMOVE scan_owner, scan_until")
            .condition_expression("scan_owner = :owner")
            .expression_attribute_values(":owner", text(&claim.owner));
        written(UPDATE, update.send().await).map(drop)
    }
}
