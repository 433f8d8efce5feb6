//! Announcement rows: intent, claim, mark; and the baseline.

use std::collections::HashMap;
use std::time::Duration;

use account_core::announcement::Announcement;
use account_core::creation::Odd;
use account_core::ids::{AccountId, RequestId};
use account_core::progress::Remembered;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem, Update};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::row::{
    BaselineRow, IntentRow, Item, OddRow, PENDING_INTENT, Stage, StageRow, announcement_key, item,
    key, millis, number, odd_key, parse, text, time, write_key,
};
use super::{BATCH_GET, Claim, Ledger, PUT, UPDATE, written};
use crate::Error;

/// `BatchGetItem` takes 100 keys, a transaction 100 writes.
const BATCH: usize = 100;

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
        let mut remembered = HashMap::new();
        for ids in ids.chunks(BATCH) {
            let mut keys: Vec<Item> = ids
                .iter()
                .map(|id| Item::from([("id".to_owned(), text(announcement_key(*id)))]))
                .collect();
            for round in 0.. {
                let (rows, rest) = self.batch_get(keys).await?;
                for row in rows {
                    if let Some(id) = ids.iter().find(|id| announcement_key(**id) == key(&row)) {
                        remembered.insert(*id, parse(row).map(|StageRow { stage }| stage.into()));
                    }
                }
                if rest.is_empty() {
                    break;
                }
                keys = rest;
                // DynamoDB leaves keys over when it throttles.
                tokio::time::sleep(Duration::from_millis(50 << round.min(6))).await;
            }
        }
        Ok(remembered)
    }

    /// The rows of `keys`, and the keys that DynamoDB did not get to.
    async fn batch_get(&self, keys: Vec<Item>) -> Result<(Vec<Item>, Vec<Item>), Error> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .projection_expression("id, stage")
            .build()
            .or(Err(Error::Unavailable {
                action: BATCH_GET,
                problem: "the request could not be built".to_owned(),
            }))?;
        let call = self
            .client
            .batch_get_item()
            .request_items(&self.table, request);
        let answer = call
            .send()
            .await
            .map_err(|error| Error::call(BATCH_GET, &error))?;
        let rows = answer
            .responses
            .unwrap_or_default()
            .remove(&self.table)
            .unwrap_or_default();
        let rest = answer
            .unprocessed_keys
            .unwrap_or_default()
            .remove(&self.table)
            .map(|rest| rest.keys);
        Ok((rows, rest.unwrap_or_default()))
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
    /// was not to be had, as when the intent is there already.
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
        let unbuildable = || Error::Unavailable {
            action: PUT,
            problem: "the request could not be built".to_owned(),
        };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(&intent_row(announcement, claim, now))?))
            .condition_expression("attribute_not_exists(id)")
            .build()
            .or(Err(unbuildable()))?;
        let mut call = self
            .client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(put).build());
        for (contact, version) in writes {
            let update = Update::builder()
                .table_name(&self.table)
                .key("id", text(write_key(account, contact)))
                .update_expression("REMOVE unannounced")
                .condition_expression("version = :version")
                .expression_attribute_values(":version", number(*version))
                .build()
                .or(Err(unbuildable()))?;
            call = call.transact_items(TransactWriteItem::builder().update(update).build());
        }
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_cancelled(&error) => Ok(false),
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
            if !self.put_together(rows.clone()).await? {
                // One of the rows came into being meanwhile; alone, the others do not suffer from it.
                for row in rows {
                    self.put_new(row).await?;
                }
            }
        }
        Ok(())
    }

    /// Puts new rows in one transaction; `false` when that was not to be had.
    async fn put_together(&self, rows: Vec<Item>) -> Result<bool, Error> {
        let mut call = self.client.transact_write_items();
        for row in rows {
            let put = Put::builder().table_name(&self.table).set_item(Some(row));
            let put = put
                .condition_expression("attribute_not_exists(id)")
                .build()
                .or(Err(Error::Unavailable {
                    action: PUT,
                    problem: "the request could not be built".to_owned(),
                }))?;
            call = call.transact_items(TransactWriteItem::builder().put(put).build());
        }
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_cancelled(&error) => Ok(false),
            Err(error) => Err(Error::call(PUT, &error)),
        }
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

fn is_cancelled<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        == Some("TransactionCanceledException")
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
