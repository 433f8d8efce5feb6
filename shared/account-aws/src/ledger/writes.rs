//! What the stamper wrote itself: never the values, only their keyed hash.

use std::collections::HashMap;

use account_core::ids::AccountId;
use account_core::stamp::{Fingerprint, OwnWrite};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::row::{KEY, KeyRow, WriteRow, item, key, number, parse, write_key};
use super::{Ledger, PUT, UPDATE, text, written};
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
    /// The sweep that did it, if one did.
    pub sweep: Option<String>,
}

/// Own writes, by account and contact.
#[derive(Debug, Default)]
pub struct OwnWrites(HashMap<String, Result<Remembered, Error>>);

impl OwnWrites {
    /// What was last written to a contact of an account.
    ///
    /// # Errors
    /// [`Error::LedgerRow`] when the row is broken; those of other contacts may be right.
    pub fn get(&self, account: &AccountId, contact: &str) -> Result<Option<&Remembered>, &Error> {
        let write = self.0.get(&write_key(account, contact));
        write.map(Result::as_ref).transpose()
    }
}

/// A write that is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewWrite<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The contact's type, or `PRIMARY`.
    pub contact: &'a str,
    /// `added`, `replaced` or `removed`.
    pub change: &'a str,
    /// Of what is written.
    pub fingerprint: &'a Fingerprint,
    /// The own write before.
    pub before: Option<&'a Remembered>,
    /// It goes over the last own write, and so is no contest.
    pub is_own: bool,
    /// The sweep that writes, if one does.
    pub sweep: Option<&'a str>,
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
        let missing = || Error::LedgerRow {
            row: KEY.to_owned(),
            problem: "it came and went",
        };
        let KeyRow { key, .. } = parse(self.row(KEY).await?.ok_or_else(missing)?)?;
        Ok(FingerprintKey(key.into_bytes()))
    }

    /// What was last written to these contacts of these accounts, by account and contact. A contact is its type, or
    /// `PRIMARY`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn own_writes(
        &self,
        accounts: &[AccountId],
        contacts: &[&str],
    ) -> Result<OwnWrites, Error> {
        let keys = accounts
            .iter()
            .flat_map(|account| contacts.iter().map(|contact| write_key(account, contact)));
        let mut writes = HashMap::new();
        for row in self.rows(keys.collect(), None).await? {
            let id = key(&row).to_owned();
            writes.insert(id, parse::<WriteRow>(row).map(Remembered::from));
        }
        Ok(OwnWrites(writes))
    }

    /// Remembers a write that is about to be made; `None` when somebody else was faster.
    ///
    /// # Errors
    /// When the ledger cannot be written; then the contact may not be written.
    pub async fn intend_write(
        &self,
        write: &NewWrite<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Remembered>, Error> {
        let before = write.before;
        let contests = contests(before, now);
        let next = Remembered {
            own: OwnWrite {
                fingerprint: write.fingerprint.clone(),
                at: now,
                writes: if write.is_own { contests } else { contests + 1 },
            },
            version: before.map_or(0, |before| before.version) + 1,
            // A sweep tells of its writes in its report.
            unannounced: write.sweep.is_none().then(|| write.change.to_owned()),
            sweep: write.sweep.map(str::to_owned),
        };
        let row = WriteRow::new(write.account, write.contact, &next);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(id)"),
            Some(before) => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before.version)),
        };
        Ok(written(PUT, put.send().await)?.then_some(next))
    }

    /// Takes back that a write counts: nobody knows whether it was made, so nobody can have contested it. Somebody who saw
    /// it made may have announced it meanwhile: that stays.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn uncount_write(
        &self,
        account: &AccountId,
        contact: &str,
        write: &Remembered,
        before: Option<&Remembered>,
    ) -> Result<(), Error> {
        let writes = contests(before, write.own.at);
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(write_key(account, contact)))
            .update_expression("SET writes = :writes")
            .condition_expression("version = :version")
            .expression_attribute_values(":writes", number(writes.into()))
            .expression_attribute_values(":version", number(write.version));
        written(UPDATE, update.send().await).map(drop)
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
        let none = || Remembered {
            own: OwnWrite {
                fingerprint: Fingerprint(String::new()),
                at: DateTime::UNIX_EPOCH,
                writes: 0,
            },
            version: 0,
            unannounced: None,
            sweep: None,
        };
        let restored = Remembered {
            version: refused.version,
            ..before.cloned().unwrap_or_else(none)
        };
        self.put_write(account, contact, &restored).await
    }

    /// Puts a row again, unless somebody else wrote meanwhile.
    async fn put_write(
        &self,
        account: &AccountId,
        contact: &str,
        write: &Remembered,
    ) -> Result<(), Error> {
        let row = WriteRow::new(account, contact, write);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(write.version));
        written(PUT, put.send().await).map(drop)
    }
}

/// How often the stamper had written over somebody else's when it writes again `now`: a day ends a contest.
fn contests(before: Option<&Remembered>, now: DateTime<Utc>) -> u32 {
    let recent = before.filter(|before| now - before.own.at < TimeDelta::days(1));
    recent.map_or(0, |before| before.own.writes)
}

impl WriteRow {
    fn new(account: &AccountId, contact: &str, write: &Remembered) -> Self {
        Self {
            id: write_key(account, contact),
            fingerprint: write.own.fingerprint.0.clone(),
            at: write.own.at,
            writes: write.own.writes,
            version: write.version,
            unannounced: write.unannounced.clone(),
            sweep: write.sweep.clone(),
        }
    }
}

impl From<WriteRow> for Remembered {
    fn from(row: WriteRow) -> Self {
        Self {
            own: OwnWrite {
                fingerprint: Fingerprint(row.fingerprint),
                at: row.at,
                writes: row.writes,
            },
            version: row.version,
            unannounced: row.unannounced,
            sweep: row.sweep,
        }
    }
}
