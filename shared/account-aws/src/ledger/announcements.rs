//! Announcement rows: intent, claim, mark; and the baseline.

use std::collections::HashMap;

use account_core::announcement::Announcement;
use account_core::creation::Odd;
use account_core::ids::{AccountId, RequestId};
use account_core::progress::Remembered;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::row::{
    BaselineRow, IntentRow, Item, OddRow, PENDING_INTENT, Stage, StageRow, announcement_key, item,
    key, millis, number, odd_key, parse, text, time, write_key,
};
use super::{Claim, Ledger, PUT, UPDATE, written};
use crate::Error;

/// A transaction takes 100 writes.
pub(super) const BATCH: usize = 100;

impl Ledger {
    /// What the ledger holds of these announcements; those it does not hold are left out. A row that cannot be read is
    /// given as the error it is: better one outcome too few than one every tick.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn remembered(
        &self,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Result<Remembered, Error>>, Error> {
        let keys = ids.iter().map(|id| announcement_key(*id)).collect();
        let mut remembered = HashMap::new();
        for row in self.rows(keys, Some("id, stage")).await? {
            if let Some(id) = ids.iter().find(|id| announcement_key(**id) == key(&row)) {
                remembered.insert(*id, parse(row).map(|StageRow { stage }| stage.into()));
            }
        }
        Ok(remembered)
    }

    /// Writes the intent of an announcement, claimed until `claim` ends; `false` when its announcement is on its way or
    /// gone already.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing may be published.
    pub async fn intend(
        &self,
        announcement: &Announcement,
        claim: &Claim,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let row = intent_row(announcement, claim, now);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?))
            .condition_expression("attribute_not_exists(id) OR stage = :baseline OR (stage = :intent AND claim_owner = :owner)")
            .expression_attribute_values(":baseline", text("baseline"))
            .expression_attribute_values(":intent", text("intent"))
            .expression_attribute_values(":owner", text(&claim.owner));
        written(PUT, put.send().await)
    }

    /// Writes an intent and marks the account's writes that it tells of as announced, both or neither; `false` when that
    /// was not to be had: somebody else announced one of them, or wrote over it.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing may be published.
    pub async fn intend_for_writes(
        &self,
        announcement: &Announcement,
        claim: &Claim,
        now: DateTime<Utc>,
        account: &AccountId,
        writes: &[(&str, u64)],
    ) -> Result<bool, Error> {
        let mut updates = Vec::new();
        for (contact, version) in writes {
            let update = Update::builder()
                .table_name(&self.table)
                .key("id", text(write_key(account, contact)))
                .update_expression("REMOVE unannounced")
                .condition_expression("version = :version AND attribute_exists(unannounced)")
                .expression_attribute_values(":version", number(*version))
                .build()
                .or(Err(unbuildable()))?;
            updates.push(TransactWriteItem::builder().update(update).build());
        }
        self.intend_with(announcement, claim, now, updates).await
    }

    /// Writes an intent and the state that it tells of, both or neither; `false` when that was not to be had, as when
    /// the intent is there already or the state has moved on.
    pub(super) async fn intend_with(
        &self,
        announcement: &Announcement,
        claim: &Claim,
        now: DateTime<Utc>,
        state: Vec<TransactWriteItem>,
    ) -> Result<bool, Error> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(&intent_row(announcement, claim, now))?))
            .condition_expression("attribute_not_exists(id)")
            .build()
            .or(Err(unbuildable()))?;
        self.transact([vec![TransactWriteItem::builder().put(put).build()], state].concat())
            .await
    }

    /// All of these writes or none; `false` when a condition did not hold.
    pub(super) async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<bool, Error> {
        let call = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) if has_refused_condition(&error) => Ok(false),
            Err(error) => Err(Error::call(PUT, &error)),
        }
    }

    /// Takes over an intent that nobody is at; `false` when somebody is, or when it is gone.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing may be published.
    pub async fn take(&self, id: Uuid, claim: &Claim, now: DateTime<Utc>) -> Result<bool, Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(announcement_key(id)))
            .update_expression("SET claim_owner = :owner, claim_until = :until")
            .condition_expression(
                "stage = :intent AND (attribute_not_exists(claim_until) OR claim_until < :now OR claim_owner = :owner)",
            )
            .expression_attribute_values(":intent", text("intent"))
            .expression_attribute_values(":owner", text(&claim.owner))
            .expression_attribute_values(":until", millis(claim.until))
            .expression_attribute_values(":now", millis(now));
        written(UPDATE, update.send().await)
    }

    /// Marks an announcement as gone, after it was published. Who held the claim does not matter: it is gone.
    ///
    /// # Errors
    /// When the ledger cannot be written; the announcement then goes out again, with the same id.
    pub async fn mark(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(announcement_key(id)))
            .update_expression(
                "SET stage = :announced, announced = :now REMOVE pending, since, claim_owner, claim_until",
            )
            .condition_expression("stage = :intent")
            .expression_attribute_values(":intent", text("intent"))
            .expression_attribute_values(":announced", text("announced"))
            .expression_attribute_values(":now", time(now));
        written(UPDATE, update.send().await).map(drop)
    }

    /// Lets go of an intent whose publish was refused, so that the next tick takes it.
    ///
    /// # Errors
    /// When the ledger cannot be written; the claim then ends by itself.
    pub async fn release(&self, id: Uuid, claim: &Claim) -> Result<(), Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(announcement_key(id)))
            .update_expression("REMOVE claim_owner, claim_until")
            .condition_expression("stage = :intent AND claim_owner = :owner")
            .expression_attribute_values(":intent", text("intent"))
            .expression_attribute_values(":owner", text(&claim.owner));
        written(UPDATE, update.send().await).map(drop)
    }

    /// Writes down history: requests that ended before the poller first ran. Rows that exist already stay.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn baseline(&self, history: &[(Uuid, RequestId)]) -> Result<(), Error> {
        for history in history.chunks(BATCH) {
            let rows = history
                .iter()
                .map(baseline_row)
                .collect::<Result<Vec<_>, _>>()?;
            self.put_all_new(rows).await?;
        }
        Ok(())
    }

    /// Puts rows, at most 100; those that exist already stay.
    pub(super) async fn put_all_new(&self, rows: Vec<Item>) -> Result<(), Error> {
        if rows.is_empty() || self.put_together(rows.clone()).await? {
            return Ok(());
        }
        // One of the rows came into being meanwhile; alone, the others do not suffer from it.
        for row in rows {
            self.put_new(row).await?;
        }
        Ok(())
    }

    /// Puts new rows in one transaction; `false` when that was not to be had.
    async fn put_together(&self, rows: Vec<Item>) -> Result<bool, Error> {
        let mut puts = Vec::new();
        for row in rows {
            let put = Put::builder().table_name(&self.table).set_item(Some(row));
            let put = put
                .condition_expression("attribute_not_exists(id)")
                .build()
                .or(Err(unbuildable()))?;
            puts.push(TransactWriteItem::builder().put(put).build());
        }
        self.transact(puts).await
    }

    /// Remembers an odd status row; `true` when it is new and has to be reported.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn remember_odd(&self, odd: &Odd, now: DateTime<Utc>) -> Result<bool, Error> {
        let row = OddRow {
            id: odd_key(odd.fingerprint),
            since: now,
            problem: &odd.problem,
        };
        self.put_new(item(&row)?).await
    }
}

fn unbuildable() -> Error {
    Error::unusable(PUT, "the request could not be built")
}

/// Whether a condition did not hold. A transaction may also be cancelled because another one is under way, or because
/// DynamoDB is busy: that says nothing about its conditions.
fn has_refused_condition(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return false;
    };
    let mut reasons = cancelled.cancellation_reasons().iter();
    reasons.any(|reason| reason.code() == Some("ConditionalCheckFailed"))
}

fn intent_row(announcement: &Announcement, claim: &Claim, now: DateTime<Utc>) -> IntentRow {
    IntentRow {
        id: announcement_key(announcement.id),
        stage: Stage::Intent,
        pending: PENDING_INTENT.to_owned(),
        since: now,
        subject: announcement.subject.clone(),
        body: announcement.body.clone(),
        attributes: announcement.attributes.clone(),
        claim_owner: Some(claim.owner.clone()),
        claim_until: Some(claim.until.timestamp_millis()),
    }
}

fn baseline_row((id, request): &(Uuid, RequestId)) -> Result<Item, Error> {
    item(&BaselineRow {
        id: announcement_key(*id),
        stage: Stage::Baseline,
        request: request.clone(),
    })
}

impl From<Stage> for Remembered {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Intent | Stage::Announced => Self::Announced,
            Stage::Baseline => Self::Baseline,
        }
    }
}
