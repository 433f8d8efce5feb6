//! Rows that need work: open requests and intents.

use account_core::announcement::Announcement;
use account_core::ids::RequestId;
use chrono::{DateTime, Utc};

use super::row::{
    ANNOUNCEMENT, IntentRow, Item, OPEN, OpenRow, PENDING, item, key, open_key, parse, text,
};
use super::{DELETE, Ledger, PUT, QUERY, written};
use crate::Error;

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
}

/// A request whose outcome must be asked for.
#[derive(Clone, Debug)]
pub struct Open {
    /// The request.
    pub request: RequestId,
    /// When it was first seen.
    pub since: DateTime<Utc>,
}

impl Ledger {
    /// Remembers that the outcome of `request` must be asked for.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn open(&self, request: &RequestId, now: DateTime<Utc>) -> Result<(), Error> {
        let row = OpenRow {
            id: open_key(request),
            pending: PENDING.to_owned(),
            since: now,
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?));
        // The first sighting counts: it tells for how long the request has been open.
        written(
            PUT,
            put.condition_expression("attribute_not_exists(id)")
                .send()
                .await,
        )
        .map(drop)
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

    /// Everything that needs work. The index may lag: what is missing now is there at the next tick, and what is
    /// settled already is refused by the conditions of the next write.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub async fn pending(&self) -> Result<Pending, Error> {
        let mut pending = Pending::default();
        let mut start = None;
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("pending")
                .key_condition_expression("pending = :pending")
                .expression_attribute_values(":pending", text(PENDING))
                .set_exclusive_start_key(start);
            let answer = query
                .send()
                .await
                .map_err(|error| Error::call(QUERY, &error))?;
            for row in answer.items.unwrap_or_default() {
                pending.add(row);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(pending);
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
            since: row.since,
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
        }),
        Err(_) => Err(Error::LedgerRow {
            row: id,
            problem: "its key names no announcement",
        }),
    }
}
