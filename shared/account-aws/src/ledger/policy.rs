//! Which version of the policy was accepted last. The document itself holds personal data and is kept in the bucket.

use chrono::{DateTime, Utc};

use super::row::{POLICY, PolicyRow, item, parse, text};
use super::{GET, Ledger, PUT};
use crate::Error;

impl Ledger {
    /// The version of the policy that was accepted last.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn accepted_policy(&self) -> Result<Option<String>, Error> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("id", text(POLICY))
            .consistent_read(true);
        let answer = get.send().await.map_err(|error| Error::call(GET, &error))?;
        let Some(item) = answer.item else {
            return Ok(None);
        };
        let PolicyRow { version, .. } = parse(item)?;
        Ok(Some(version))
    }

    /// Remembers that this version of the policy was accepted.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn accept_policy(&self, version: &str, now: DateTime<Utc>) -> Result<(), Error> {
        let row = PolicyRow {
            id: POLICY.to_owned(),
            version: version.to_owned(),
            accepted: now,
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
}
