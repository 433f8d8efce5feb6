//! The table's index, which shows a write of the table only after a while, as DynamoDB's may.

use std::collections::VecDeque;
use std::time::Duration;

use dynoxide::Database;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::dynamodb::{TABLE, table};

/// A second table, which lags behind the first one.
pub(super) struct Index {
    lag: Duration,
    /// What rows became, since when; null where they were deleted.
    hidden: VecDeque<(Instant, String, Value)>,
    shown: Database,
}

impl Index {
    pub(super) fn new(lag: Duration) -> Self {
        Self {
            lag,
            hidden: VecDeque::new(),
            shown: table(),
        }
    }

    /// Takes note of what the rows of a write have become.
    pub(super) fn note(&mut self, body: &[u8], read: impl Fn(&str) -> Value) {
        for id in written(body) {
            let row = read(&id);
            self.hidden.push_back((Instant::now(), id, row));
        }
    }

    /// The table as the index shows it now.
    pub(super) fn now(&mut self) -> &Database {
        let due = |(since, _, _): &mut (Instant, String, Value)| self.lag <= since.elapsed();
        while let Some((_, id, row)) = self.hidden.pop_front_if(due) {
            self.show(&id, &row);
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
