//! Rows that need work: open requests and intents.

use account_core::announcement::Announcement;
use account_core::ids::RequestId;
use chrono::{DateTime, Utc};

use super::row::{
    ANNOUNCEMENT, IntentRow, Item, OPEN, OpenRow, PENDING_INTENT, PENDING_OPEN, key, open_key,
    parse, text, time,
};
use super::{DELETE, Ledger, QUERY, UPDATE, written};
use crate::Error;

/// At most so many rows of a kind are taken up in one invocation; the others wait for the next.
const TAKEN_UP: usize = 500;

/// What earlier invocations left to be done, oldest first.
#[derive(Debug, Default)]
pub struct Pending {
    /// Announcements that are not marked as gone.
    pub intents: Vec<Intent>,
    /// Requests whose outcome is not known.
    pub open: Vec<Open>,
    /// Rows that could not be read.
    pub broken: Vec<Error>,
}

/// An announcement that must go out.
#[derive(Debug)]
pub struct Intent {
    /// What must go out.
    pub announcement: Announcement,
    /// Until then somebody is at it.
    pub claimed_until: Option<DateTime<Utc>>,
    /// When it was written.
    pub since: DateTime<Utc>,
}

/// A request whose outcome must be asked for.
#[derive(Clone, Debug)]
pub struct Open {
    /// The request.
    pub request: RequestId,
    /// Since when AWS has answered nothing that makes sense.
    pub unknown_since: Option<DateTime<Utc>>,
}

impl Ledger {
    /// Remembers that the outcome of `request` must be asked for, and that AWS knew of it just `now`.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn open(&self, request: &RequestId, now: DateTime<Utc>) -> Result<(), Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(open_key(request)))
            .update_expression(
                "SET pending = :open, since = if_not_exists(since, :now) REMOVE unknown_since",
            )
            .expression_attribute_values(":open", text(PENDING_OPEN))
            .expression_attribute_values(":now", time(now));
        update
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::call(UPDATE, &error))
    }

    /// Remembers that AWS has answered nothing that makes sense of an open request since `now`.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn doubt(&self, request: &RequestId, now: DateTime<Utc>) -> Result<(), Error> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", text(open_key(request)))
            .update_expression("SET unknown_since = if_not_exists(unknown_since, :now)")
            // A row that was closed meanwhile must not come back.
            .condition_expression("attribute_exists(id)")
            .expression_attribute_values(":now", time(now));
        written(UPDATE, update.send().await).map(drop)
    }

    /// Forgets an open request, once its outcome is safe elsewhere.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn close(&self, request: &RequestId) -> Result<(), Error> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("id", text(open_key(request)));
        delete
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::call(DELETE, &error))
    }

    /// What needs work. The index may lag: what is missing now is there at the next tick, and what is settled already
    /// is refused by the conditions of the next write.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub async fn pending(&self) -> Result<Pending, Error> {
        let mut pending = Pending::default();
        for kind in [PENDING_OPEN, PENDING_INTENT] {
            for row in self.query(kind).await? {
                pending.add(row);
            }
        }
        Ok(pending)
    }

    async fn query(&self, kind: &str) -> Result<Vec<Item>, Error> {
        let mut rows = Vec::new();
        let mut start = None;
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("pending")
                .key_condition_expression("pending = :kind")
                .expression_attribute_values(":kind", text(kind))
                .limit(100)
                .set_exclusive_start_key(start);
            let answer = query
                .send()
                .await
                .map_err(|error| Error::call(QUERY, &error))?;
            rows.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() || TAKEN_UP <= rows.len() {
                return Ok(rows);
            }
        }
    }
}

impl Pending {
    fn add(&mut self, item: Item) {
        let result = if key(&item).starts_with(OPEN) {
            open(item).map(|open| self.open.push(open))
        } else {
            intent(item).map(|intent| self.intents.push(intent))
        };
        if let Err(error) = result {
            self.broken.push(error);
        }
    }
}

fn open(item: Item) -> Result<Open, Error> {
    let row: OpenRow = parse(item)?;
    match row.id.strip_prefix(OPEN).unwrap_or_default().parse() {
        Ok(request) => Ok(Open {
            request,
            unknown_since: row.unknown_since,
        }),
        Err(_) => Err(Error::LedgerRow {
            row: row.id,
            problem: "its key names no creation request",
        }),
    }
}

fn intent(item: Item) -> Result<Intent, Error> {
    let IntentRow {
        id,
        subject,
        body,
        attributes,
        claim_until,
        since,
        ..
    } = parse(item)?;
    match id.strip_prefix(ANNOUNCEMENT).unwrap_or_default().parse() {
        Ok(uuid) => Ok(Intent {
            announcement: Announcement {
                id: uuid,
                subject,
                body,
                attributes,
            },
            claimed_until: claim_until.and_then(DateTime::from_timestamp_millis),
            since,
        }),
        Err(_) => Err(Error::LedgerRow {
            row: id,
            problem: "its key names no announcement",
        }),
    }
}
