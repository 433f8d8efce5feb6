//! The ledger: a DynamoDB table that remembers what was seen and what was announced.
//!
//! | key `id` | row |
//! |---|---|
//! | `progress` | how far the poller has come ([`account_core::progress::Progress`]), and who is scanning |
//! | `open#<request>` | a request whose outcome must be asked for |
//! | `announcement#<uuid>` | an intent, an announcement that is gone, or history (the baseline) |
//! | `odd#<uuid>` | a status row that made no sense and was reported |
//! | `policy` | the version of the policy that was accepted last |
//! | `key` | the key of the fingerprints of own writes |
//! | `link#<account>` | the GovCloud link of an account, as it was last seen |
//! | `pair#<account>` | the GovCloud account that an account's creation request reported |
//! | `findings` | which findings are standing, and since which audit |
//! | `lock#<sweep>` | the execution that sweeps |
//! | `write#<account>#<contact>` | what the stamper last wrote itself, as a fingerprint |
//!
//! Intents and open rows carry `pending`, the key of the sparse index of the same name, until they are settled:
//! `intent` or `open`.
//! Correctness rests on conditional writes; claims only avoid duplicates. No row expires: nobody knows for how long AWS
//! lists a request, and a forgotten one would be announced again.

mod announcements;
mod findings;
mod links;
mod locks;
mod open;
mod policy;
mod progress;
mod row;
mod writes;

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use chrono::{DateTime, TimeDelta, Utc};
use lambda_runtime::Context;

pub use findings::Standing;
pub use links::KnownLink;
pub use open::{Intent, Open, Pending};
pub use policy::Accepted;
pub use writes::{FingerprintKey, NewWrite, OwnWrites, Remembered};

use crate::Error;
use row::{Item, text};

/// IAM action of reading one row.
pub const GET: &str = "dynamodb:GetItem";
/// IAM action of reading several rows.
pub const BATCH_GET: &str = "dynamodb:BatchGetItem";
/// IAM action of writing a row, alone or in a transaction.
pub const PUT: &str = "dynamodb:PutItem";
/// IAM action of changing a row.
pub const UPDATE: &str = "dynamodb:UpdateItem";
/// IAM action of removing an open row.
pub const DELETE: &str = "dynamodb:DeleteItem";
/// IAM action of reading the index `pending`.
pub const QUERY: &str = "dynamodb:Query";

/// `BatchGetItem` takes so many keys.
const KEYS: usize = 100;

/// Who works on something, and until when nobody else may.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The invocation. A write that is sent again because its answer was lost is recognized by it. Lambda may deliver an
    /// event twice under one id: where both could be at work at once, the owner has more than the id in its name.
    pub owner: String,
    /// The invocation is surely over then.
    pub until: DateTime<Utc>,
}

/// A claim outlasts its invocation by this: clocks may differ.
const BEYOND: TimeDelta = TimeDelta::minutes(1);

impl Claim {
    /// The claim of an invocation, until after its deadline.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        let deadline: DateTime<Utc> = context.deadline().into();
        Self {
            owner: context.request_id.clone(),
            until: deadline + BEYOND,
        }
    }

    /// The time until the invocation's deadline.
    #[must_use]
    pub fn time_left(&self, now: DateTime<Utc>) -> Duration {
        (self.until - BEYOND - now).to_std().unwrap_or_default()
    }
}

/// The ledger's table.
#[derive(Clone, Debug)]
pub struct Ledger {
    client: Client,
    table: String,
}

impl Ledger {
    /// The ledger in the table of this name.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// The rows of these keys; those that are not there are left out.
    async fn rows(
        &self,
        mut keys: Vec<String>,
        projection: Option<&str>,
    ) -> Result<Vec<Item>, Error> {
        // DynamoDB refuses a call that names a key twice.
        keys.sort_unstable();
        keys.dedup();
        let mut rows = Vec::new();
        for keys in keys.chunks(KEYS) {
            let key = |id: &String| Item::from([("id".to_owned(), text(id))]);
            let mut keys: Vec<Item> = keys.iter().map(key).collect();
            for round in 0.. {
                let (some, rest) = self.batch_get(keys, projection).await?;
                rows.extend(some);
                if rest.is_empty() {
                    break;
                }
                keys = rest;
                // DynamoDB leaves keys over when it throttles.
                tokio::time::sleep(Duration::from_millis(50 << round.min(6))).await;
            }
        }
        Ok(rows)
    }

    /// The rows of `keys`, and the keys that DynamoDB did not get to.
    async fn batch_get(
        &self,
        keys: Vec<Item>,
        projection: Option<&str>,
    ) -> Result<(Vec<Item>, Vec<Item>), Error> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .set_projection_expression(projection.map(str::to_owned))
            .build()
            .or(Err(Error::unusable(
                BATCH_GET,
                "the request could not be built",
            )))?;
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

    /// The row of a key.
    async fn row(&self, key: &str) -> Result<Option<Item>, Error> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("id", text(key))
            .consistent_read(true);
        let answer = get.send().await.map_err(|error| Error::call(GET, &error))?;
        Ok(answer.item)
    }

    /// Puts a row, unless there is one of its key already; `false` then.
    async fn put_new(&self, row: Item) -> Result<bool, Error> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row));
        written(
            PUT,
            put.condition_expression("attribute_not_exists(id)")
                .send()
                .await,
        )
    }
}

/// Whether a conditional write was made; `false` when its condition did not hold.
fn written<T, E: ProvideErrorMetadata>(
    action: &'static str,
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<bool, Error> {
    match result {
        Ok(_) => Ok(true),
        Err(error) if is_refused_condition(&error) => Ok(false),
        Err(error) => Err(Error::call(action, &error)),
    }
}

fn is_refused_condition<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        == Some("ConditionalCheckFailedException")
}
