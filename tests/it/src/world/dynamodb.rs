//! The ledger's table in an embedded DynamoDB.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dynoxide::{Database, DynoxideError};
use http::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::index::Index;

/// The table's name.
pub const TABLE: &str = "ledger";

/// How `template.yaml` makes the table, under this name.
#[must_use]
pub fn definition(name: &str) -> Value {
    json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "pending", "AttributeType": "S"},
            {"AttributeName": "since", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [{
            "IndexName": "pending",
            "KeySchema": [
                {"AttributeName": "pending", "KeyType": "HASH"},
                {"AttributeName": "since", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }],
    })
}

/// A database with nothing but the table, as `template.yaml` makes it.
pub(super) fn table() -> Database {
    let database = Database::memory().unwrap();
    database
        .create_table(serde_json::from_value(definition(TABLE)).unwrap())
        .unwrap();
    database
}

/// The ledger's table.
#[derive(Clone)]
pub(super) struct Table {
    database: Arc<Database>,
    /// Where the index lags.
    index: Option<Arc<Mutex<Index>>>,
}

impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Table")
    }
}

impl Table {
    /// A new table, whose index shows each write after a while of its own, by this seed.
    pub(super) fn new(lag: Duration, seed: u64) -> Self {
        let index = (!lag.is_zero()).then(|| Arc::new(Mutex::new(Index::new(lag, seed))));
        Self {
            database: Arc::new(table()),
            index,
        }
    }

    /// `halves` leaves half of the keys of a batch over, as DynamoDB does under load.
    pub(super) fn answer(&self, request: &Request<Vec<u8>>, halves: bool) -> Response<Vec<u8>> {
        let target = request.headers()["x-amz-target"].to_str().unwrap();
        let operation = target.rsplit('.').next().unwrap();
        let body = request.body();
        let Some(index) = &self.index else {
            return self.operate(operation, body, halves);
        };
        let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
        if operation == "Query" {
            return reply(body, |request| index.now().query(request));
        }
        let answer = self.operate(operation, body, halves);
        if !matches!(operation, "BatchGetItem" | "GetItem") {
            index.note(body, |id| self.row(id));
        }
        answer
    }

    fn operate(&self, operation: &str, body: &[u8], halves: bool) -> Response<Vec<u8>> {
        let database = &self.database;
        match operation {
            "BatchGetItem" if halves => self.half(body),
            "BatchGetItem" => reply(body, |request| database.batch_get_item(request)),
            "DeleteItem" => reply(body, |request| database.delete_item(request)),
            "GetItem" => reply(body, |request| database.get_item(request)),
            "PutItem" => reply(body, |request| database.put_item(request)),
            "Query" => reply(body, |request| database.query(request)),
            "TransactWriteItems" => reply(body, |request| database.transact_write_items(request)),
            "UpdateItem" => reply(body, |request| database.update_item(request)),
            other => panic!("the table does not know {other}"),
        }
    }

    fn half(&self, body: &[u8]) -> Response<Vec<u8>> {
        let mut request: Value = serde_json::from_slice(body).unwrap();
        let mut rest = request["RequestItems"].clone();
        let keys = request["RequestItems"][TABLE]["Keys"]
            .as_array_mut()
            .unwrap();
        let half = keys.len().div_ceil(2);
        let left = keys.split_off(half);
        let mut answer = serde_json::to_value(
            self.database
                .batch_get_item(serde_json::from_value(request).unwrap())
                .unwrap(),
        )
        .unwrap();
        if !left.is_empty() {
            rest[TABLE]["Keys"] = left.into();
            answer["UnprocessedKeys"] = rest;
        }
        Response::new(answer.to_string().into_bytes())
    }

    pub(super) fn put(&self, row: &Value) {
        let put = json!({"TableName": TABLE, "Item": row});
        let put = serde_json::from_value(put).unwrap();
        self.database.put_item(put).unwrap();
    }

    /// A row; null where there is none.
    fn row(&self, id: &str) -> Value {
        let get = json!({"TableName": TABLE, "Key": {"id": {"S": id}}, "ConsistentRead": true});
        let get = serde_json::from_value(get).unwrap();
        let answer = serde_json::to_value(self.database.get_item(get).unwrap()).unwrap();
        answer["Item"].clone()
    }

    pub(super) fn rows(&self) -> Vec<Value> {
        let scan = serde_json::from_value(json!({"TableName": TABLE})).unwrap();
        let answer = serde_json::to_value(self.database.scan(scan).unwrap()).unwrap();
        answer["Items"].as_array().cloned().unwrap_or_default()
    }
}

fn reply<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Response<Vec<u8>> {
    let request = serde_json::from_slice(body).unwrap();
    let (status, body) = match operation(request) {
        Ok(answer) => (200, serde_json::to_vec(&answer).unwrap()),
        Err(error) => (error.status_code(), error.to_json().into_bytes()),
    };
    Response::builder().status(status).body(body).unwrap()
}
