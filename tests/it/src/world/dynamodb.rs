//! The ledger's table in an embedded DynamoDB.

use std::fmt;
use std::sync::Arc;

use dynoxide::{Database, DynoxideError};
use http::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

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

/// A table as `template.yaml` makes it.
#[derive(Clone)]
pub(super) struct Table(Arc<Database>);

impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Table")
    }
}

impl Table {
    pub(super) fn new() -> Self {
        let database = Database::memory().unwrap();
        database
            .create_table(serde_json::from_value(definition(TABLE)).unwrap())
            .unwrap();
        Self(Arc::new(database))
    }

    /// `halves` leaves half of the keys of a batch over, as DynamoDB does under load.
    pub(super) fn answer(&self, request: &Request<Vec<u8>>, halves: bool) -> Response<Vec<u8>> {
        let target = request.headers()["x-amz-target"].to_str().unwrap();
        let database = &self.0;
        let body = request.body();
        match target.rsplit('.').next().unwrap() {
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
        let database = &self.0;
        let mut answer = serde_json::to_value(
            database
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
        self.0.put_item(put).unwrap();
    }

    pub(super) fn rows(&self) -> Vec<Value> {
        let scan = serde_json::from_value(json!({"TableName": TABLE})).unwrap();
        let answer = serde_json::to_value(self.0.scan(scan).unwrap()).unwrap();
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
