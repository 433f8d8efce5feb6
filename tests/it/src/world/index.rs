//! The table's index, which shows a write of the table only after a while, as DynamoDB's may.

use std::collections::BTreeMap;
use std::time::Duration;

use dynoxide::Database;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::dynamodb::{TABLE, table};

/// A second table, which lags behind the first one: each write by a time of its own, but those of one row in their order.
pub(super) struct Index {
    /// The longest that a write is not shown.
    lag: Duration,
    rng: StdRng,
    /// When what becomes of which row is shown, and which write that is; null where the row is deleted.
    hidden: BTreeMap<(Instant, u64), (String, Value)>,
    /// When the last write of each row is shown.
    last: BTreeMap<String, Instant>,
    writes: u64,
    shown: Database,
}

impl Index {
    pub(super) fn new(lag: Duration, seed: u64) -> Self {
        Self {
            lag,
            rng: StdRng::seed_from_u64(seed),
            hidden: BTreeMap::new(),
            last: BTreeMap::new(),
            writes: 0,
            shown: table(),
        }
    }

    /// Takes note of what the rows of a write have become.
    pub(super) fn note(&mut self, body: &[u8], read: impl Fn(&str) -> Value) {
        for id in written(body) {
            let row = read(&id);
            let due = Instant::now() + self.rng.random_range(Duration::ZERO..=self.lag);
            let last = self.last.entry(id.clone()).or_insert(due);
            *last = due.max(*last);
            self.writes += 1;
            self.hidden.insert((*last, self.writes), (id, row));
        }
    }

    /// The table as the index shows it now.
    pub(super) fn now(&mut self) -> &Database {
        let later = self.hidden.split_off(&(Instant::now(), u64::MAX));
        for (id, row) in std::mem::replace(&mut self.hidden, later).values() {
            self.show(id, row);
        }
        &self.shown
    }

    fn show(&self, id: &str, row: &Value) {
        if row.is_null() {
            let delete = json!({"TableName": TABLE, "Key": {"id": {"S": id}}});
            let delete = serde_json::from_value(delete).unwrap();
            self.shown.delete_item(delete).unwrap();
        } else {
            let put = json!({"TableName": TABLE, "Item": row});
            self.shown
                .put_item(serde_json::from_value(put).unwrap())
                .unwrap();
        }
    }
}

/// The ids of the rows that a write names.
fn written(body: &[u8]) -> Vec<String> {
    let request: Value = serde_json::from_slice(body).unwrap();
    let one = |write: &Value| {
        let id = |member: &str| write[member]["id"]["S"].as_str().map(str::to_owned);
        id("Item").or_else(|| id("Key"))
    };
    let Some(all) = request["TransactItems"].as_array() else {
        return one(&request).into_iter().collect();
    };
    let writes = all
        .iter()
        .flat_map(|item| item.as_object().unwrap().values());
    writes.filter_map(one).collect()
}
