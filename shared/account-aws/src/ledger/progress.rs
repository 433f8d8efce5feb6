//! The poller's own row: how far it has come, and who is scanning.

use account_core::ids::OrganizationId;
use account_core::progress::Progress;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::row::{PROGRESS, ProgressRow, item, millis, parse, text, time};
use super::{Claim, GET, Ledger, UPDATE, written};
use crate::Error;

impl Ledger {
    /// How far the poller has come. The first call ever writes down that it starts now.
    ///
    /// # Errors
    /// The ledger cannot be read or written, or was begun for another organization: the ids of its announcements are
    /// made of that one, and all of history would be news.
    pub async fn progress(
        &self,
        organization: &OrganizationId,
        now: DateTime<Utc>,
    ) -> Result<Progress, Error> {
        if let Some(progress) = self.read_progress(organization).await? {
            return Ok(progress);
        }
        let new = Progress::new(now);
        let row = ProgressRow {
            id: PROGRESS.to_owned(),
            organization: organization.clone(),
            started: new.started,
            complete: new.complete,
            listed: new.listed,
            scanned: new.scanned,
        };
        if self.put_new(item(&row)?).await? {
            return Ok(new);
        }
        let missing = || Error::LedgerRow {
            row: PROGRESS.to_owned(),
            problem: "it came and went",
        };
        self.read_progress(organization).await?.ok_or_else(missing)
    }

    /// Whether the ledger is this organization's, or new.
    ///
    /// # Errors
    /// The ledger cannot be read, or was begun for another organization.
    pub async fn check_organization(&self, organization: &OrganizationId) -> Result<(), Error> {
        self.read_progress(organization).await.map(drop)
    }

    async fn read_progress(&self, configured: &OrganizationId) -> Result<Option<Progress>, Error> {
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
            organization,
            started,
            complete,
            listed,
            scanned,
            ..
        } = parse(item)?;
        if organization != *configured {
            return Err(Error::WrongOrganization {
                ledger: organization,
                configured: configured.clone(),
            });
        }
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
                "attribute_exists(id) AND (attribute_not_exists(scan_until) OR scan_until < :now OR scan_owner = :owner)",
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
            .expression_attribute_values(":scanned", time(scanned));
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
