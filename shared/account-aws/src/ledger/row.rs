//! Keys, and rows as typed structs.

use std::collections::{BTreeMap, HashMap};

use account_core::announcement::timestamp;
use account_core::govcloud::RememberedLink;
use account_core::ids::{AccountId, OrganizationId, RequestId};
use account_core::sweep::Sweep;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Error;

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const PROGRESS: &str = "progress";
pub(super) const OPEN: &str = "open#";
pub(super) const ANNOUNCEMENT: &str = "announcement#";

pub(super) const POLICY: &str = "policy";
pub(super) const KEY: &str = "key";

pub(super) const FINDINGS: &str = "findings";

/// Values of the attribute `pending`, one for each kind of row that needs work.
pub(super) const PENDING_INTENT: &str = "intent";
pub(super) const PENDING_OPEN: &str = "open";

pub(super) fn open_key(request: &RequestId) -> String {
    format!("{OPEN}{request}")
}

pub(super) fn announcement_key(id: Uuid) -> String {
    format!("{ANNOUNCEMENT}{id}")
}

pub(super) fn odd_key(fingerprint: Uuid) -> String {
    format!("odd#{fingerprint}")
}

pub(super) fn write_key(account: &AccountId, contact: &str) -> String {
    format!("write#{account}#{contact}")
}

pub(super) fn link_key(account: &AccountId) -> String {
    format!("link#{account}")
}

pub(super) fn pair_key(account: &AccountId) -> String {
    format!("pair#{account}")
}

pub(super) fn lock_key(sweep: Sweep) -> String {
    format!("lock#{}", sweep.as_str())
}

/// How far an announcement has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    /// It must go out and is not yet marked as gone.
    Intent,
    /// It is gone.
    Announced,
    /// It is history and was never meant to go.
    Baseline,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ProgressRow {
    pub(super) id: String,
    pub(super) organization: OrganizationId,
    pub(super) started: DateTime<Utc>,
    pub(super) complete: bool,
    pub(super) listed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scanned: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OpenRow {
    pub(super) id: String,
    pub(super) unknown_since: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct IntentRow {
    pub(super) id: String,
    pub(super) stage: Stage,
    pub(super) pending: String,
    pub(super) since: DateTime<Utc>,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) attributes: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) claim_owner: Option<String>,
    /// Milliseconds since 1970, so that conditions can compare it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) claim_until: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BaselineRow {
    pub(super) id: String,
    pub(super) stage: Stage,
    pub(super) request: RequestId,
}

/// The stage of any announcement row.
#[derive(Debug, Deserialize)]
pub(super) struct StageRow {
    pub(super) stage: Stage,
}

#[derive(Debug, Serialize)]
pub(super) struct OddRow<'a> {
    pub(super) id: String,
    pub(super) since: DateTime<Utc>,
    pub(super) problem: &'a str,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PolicyRow {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) accepted: DateTime<Utc>,
    /// A sweep's gate has passed this version, or a person has.
    #[serde(default)]
    pub(super) passed: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LinkRow {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) link: RememberedLink,
}

impl LinkRow {
    pub(super) fn new(account: &AccountId, link: &RememberedLink) -> Self {
        Self {
            id: link_key(account),
            link: link.clone(),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PairRow {
    pub(super) id: String,
    pub(super) govcloud: AccountId,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FindingsRow {
    pub(super) id: String,
    pub(super) version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) audited: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LockRow {
    pub(super) id: String,
    /// The ARN of an execution.
    pub(super) holder: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeyRow {
    pub(super) id: String,
    pub(super) key: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WriteRow {
    pub(super) id: String,
    pub(super) fingerprint: String,
    pub(super) at: DateTime<Utc>,
    pub(super) writes: u32,
    pub(super) version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unannounced: Option<String>,
    /// The sweep that wrote it, whose report tells of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sweep: Option<String>,
}

pub(super) fn parse<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    let row = key(&item).to_owned();
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).or(Err(Error::LedgerRow {
        row,
        problem: "its attributes are not those of such a row",
    }))
}

pub(super) fn item(row: &impl Serialize) -> Result<Item, Error> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(row).or(Err(Error::LedgerRow {
        row: "(new)".to_owned(),
        problem: "it cannot be written",
    }))
}

pub(super) fn key(item: &Item) -> &str {
    item.get("id")
        .and_then(|id| id.as_s().ok())
        .map_or("(without id)", String::as_str)
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A time as rows hold it, in the form of announcements.
pub(super) fn time(time: DateTime<Utc>) -> AttributeValue {
    text(timestamp(time))
}

pub(super) fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(super) fn millis(time: DateTime<Utc>) -> AttributeValue {
    AttributeValue::N(time.timestamp_millis().to_string())
}
