//! What the stamper wrote itself: never the values, only their keyed hash.

use account_core::ids::AccountId;
use account_core::stamp::{Fingerprint, OwnWrite};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::row::{KEY, KeyRow, WriteRow, item, parse, text, write_key};
use super::{GET, Ledger, PUT, written};
use crate::Error;

/// The key of the fingerprints. It never leaves the ledger.
#[derive(Clone)]
pub struct FingerprintKey(Vec<u8>);

impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FingerprintKey(…)")
    }
}

impl FingerprintKey {
    /// The fingerprint of a contact's values, in the order given.
    #[must_use]
    pub fn fingerprint<'a>(&self, values: impl IntoIterator<Item = &'a str>) -> Fingerprint {
        // A key of any length will do, so there is no error to speak of.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return Fingerprint(String::new());
        };
        for value in values {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            mac.update(&(value.len() as u64).to_be_bytes());
            mac.update(value.as_bytes());
        }
        let hash = mac.finalize().into_bytes();
        Fingerprint(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// An own write as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// For the decision.
    pub own: OwnWrite,
    /// Counts the writes of this contact; part of the announcement's id.
    pub version: u64,
    /// What was done, where that is not yet announced.
    pub unannounced: Option<String>,
}

impl Ledger {
    /// The key of the fingerprints; the first call ever makes it.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn fingerprint_key(&self, new: Uuid) -> Result<FingerprintKey, Error> {
        let row = KeyRow {
            id: KEY.to_owned(),
            key: new.simple().to_string(),
        };
        if self.put_new(item(&row)?).await? {
            return Ok(FingerprintKey(row.key.into_bytes()));
        }
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("id", text(KEY))
            .consistent_read(true);
        let answer = get.send().await.map_err(|error| Error::call(GET, &error))?;
        let missing = || Error::LedgerRow {
            row: KEY.to_owned(),
            problem: "it came and went",
        };
        let KeyRow { key, .. } = parse(answer.item.ok_or_else(missing)?)?;
        Ok(FingerprintKey(key.into_bytes()))
    }

    /// What was last written to a contact. `contact` is its type, or `PRIMARY`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn own_write(
        &self,
        account: &AccountId,
        contact: &str,
    ) -> Result<Option<Remembered>, Error> {
        let key = write_key(account, contact);
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("id", text(key))
            .consistent_read(true);
        let answer = get.send().await.map_err(|error| Error::call(GET, &error))?;
        let Some(item) = answer.item else {
            return Ok(None);
        };
        let WriteRow {
            fingerprint,
            at,
            writes,
            version,
            unannounced,
            ..
        } = parse(item)?;
        Ok(Some(Remembered {
            own: OwnWrite {
                fingerprint: Fingerprint(fingerprint),
                at,
                writes,
            },
            version,
            unannounced,
        }))
    }

    /// Remembers a write that is about to be made, in place of `before`; `None` when somebody else was faster.
    /// `is_own` says that it goes over the last own write, and so is no contest.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing may be written to the account.
    #[expect(clippy::too_many_arguments, reason = "all that a row of a write holds")]
    pub async fn intend_write(
        &self,
        account: &AccountId,
        contact: &str,
        change: &str,
        fingerprint: &Fingerprint,
        before: Option<&Remembered>,
        is_own: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Remembered>, Error> {
        let recent = before.filter(|before| now - before.own.at < TimeDelta::days(1));
        let contests = recent.map_or(0, |before| before.own.writes);
        let next = Remembered {
            own: OwnWrite {
                fingerprint: fingerprint.clone(),
                at: now,
                writes: if is_own { contests } else { contests + 1 },
            },
            version: before.map_or(0, |before| before.version) + 1,
            unannounced: Some(change.to_owned()),
        };
        let row = WriteRow {
            id: write_key(account, contact),
            fingerprint: fingerprint.0.clone(),
            at: now,
            writes: next.own.writes,
            version: next.version,
            unannounced: next.unannounced.clone(),
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(id)"),
            Some(before) => put
                .condition_expression("version = :before")
                .expression_attribute_values(
                    ":before",
                    AttributeValue::N(before.version.to_string()),
                ),
        };
        Ok(written(PUT, put.send().await)?.then_some(next))
    }

    /// Takes a write back that AWS refused, so that it is neither announced nor waited for.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn take_write_back(
        &self,
        account: &AccountId,
        contact: &str,
        refused: &Remembered,
        before: Option<&Remembered>,
    ) -> Result<(), Error> {
        let none = || OwnWrite {
            fingerprint: Fingerprint(String::new()),
            at: DateTime::UNIX_EPOCH,
            writes: 0,
        };
        let own = before.map_or_else(none, |before| before.own.clone());
        let row = WriteRow {
            id: write_key(account, contact),
            fingerprint: own.fingerprint.0,
            at: own.at,
            writes: own.writes,
            version: refused.version,
            unannounced: before.and_then(|before| before.unannounced.clone()),
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?));
        let put = put
            .condition_expression("version = :refused")
            .expression_attribute_values(
                ":refused",
                AttributeValue::N(refused.version.to_string()),
            );
        written(PUT, put.send().await).map(drop)
    }
}
