//! Which version of the policy was accepted last. The document itself holds personal data and is kept in the bucket.

use chrono::{DateTime, Utc};

use super::row::{POLICY, PolicyRow, item, parse, text};
use super::{Ledger, PUT, UPDATE, written};
use crate::Error;

/// The policy that was accepted last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its version.
    pub version: String,
    /// A sweep's gate has passed it, or a person has: events may replace and remove by it.
    pub passed: bool,
}

impl Ledger {
    /// The policy that was accepted last, if one ever was.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn accepted_policy(&self) -> Result<Option<Accepted>, Error> {
        let row = self.row(POLICY).await?.map(parse).transpose()?;
        Ok(row.map(
            |PolicyRow {
                 version, passed, ..
             }| Accepted { version, passed },
        ))
    }

    /// Remembers that this version of the policy was accepted. It has to pass a gate anew.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn accept_policy(&self, version: &str, now: DateTime<Utc>) -> Result<(), Error> {
        let row = PolicyRow {
            id: POLICY.to_owned(),
            version: version.to_owned(),
            accepted: now,
            passed: false,
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?));
        put.send()
            .await
            .map(drop)
            .map_err(|error| Error::call(PUT, &error))
    }

    /// Remembers that this version of the policy has passed a gate; `false` when another one is accepted by now.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn pass_policy(&self, version: &str) -> Result<bool, Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(POLICY))
            .update_expression("SET passed = :true")
            .condition_expression("version = :version")
            .expression_attribute_values(
                ":true",
                aws_sdk_dynamodb::types::AttributeValue::Bool(true),
            )
            .expression_attribute_values(":version", text(version));
        written(UPDATE, update.send().await)
    }
}
