//! The control endpoint: every method of the library over HTTP.

use http::Request;
use serde_json::{Value, json};
use simulator::Options;

use crate::bench::{Bench, wait};

impl Bench {
    async fn control(&self, method: &str, body: Value) -> (u16, Value) {
        let request = Request::post(format!("/_simulator/{method}")).body(body.to_string());
        let response = self.simulator.answer(request.unwrap()).await.unwrap();
        let answer = serde_json::from_slice(response.body()).unwrap();
        (response.status().as_u16(), answer)
    }
}

#[tokio::test(start_paused = true)]
async fn the_world_moves_over_http() {
    let bench = Bench::new(Options::default());
    let done = (200, json!({}));
    let history = json!({ "count": 20, "failed": 1.0, "from": 1.7e9, "to": 1.71e9 });
    assert_eq!(bench.control("add_history", history).await, done);
    let row = json!({ "Id": "car-12345678", "State": "DREAMING" });
    assert_eq!(bench.control("add_row", row).await, done);
    let start = json!({ "govcloud": true, "duration": 0.5, "name": "Pair" });
    let (status, started) = bench.control("start", start).await;
    assert_eq!(status, 200);
    let hour = json!({ "duration": 3600, "outcome": { "fail": "UNHEARD_OF" } });
    let (_, slow) = bench.control("start", hour).await;
    wait(0.5).await;

    let pair = bench.describe(started["id"].as_str().unwrap()).await;
    assert_eq!(pair.account_name.as_deref(), Some("Pair"));
    assert!(pair.gov_cloud_account_id.is_some());
    assert_eq!(bench.scan(&[]).await.len(), 23);
    assert_eq!(bench.control("forget", slow.clone()).await, done);
    assert_eq!(bench.scan(&[]).await.len(), 22);
    let finish = json!({ "id": slow["id"], "outcome": { "fail": "INVALID_EMAIL" } });
    assert_eq!(bench.control("finish", finish).await, done);
    let (_, finished) = bench.control("terminal_requests", json!({})).await;
    let last = finished.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["id"], &last["state"]),
        (&slow["id"], &json!("FAILED"))
    );
    assert_eq!(last["completed"], 1_800_000_000.5);
    assert_eq!(bench.control("erase", slow.clone()).await, done);
    assert_eq!(bench.control("erase", slow).await.0, 400, "it is gone");
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_and_faults_set_over_http() {
    let bench = Bench::new(Options::default());
    let script = json!([{ "operation": "ListAccounts", "calls": [2], "kind": "throttle" }]);
    bench.control("set_faults", script).await;
    for _ in 0..3 {
        let _either = bench.client.list_accounts().send().await;
    }
    let (_, calls) = bench.control("calls", json!({})).await;
    assert_eq!(
        calls,
        json!({ "ListAccounts": { "calls": 3, "throttled": 1, "failed": 0 } })
    );
    bench.control("reset_calls", json!({})).await;
    assert_eq!(bench.control("calls", json!({})).await.1, json!({}));
}

#[tokio::test(start_paused = true)]
async fn nonsense_is_refused_with_a_reason() {
    let bench = Bench::new(Options::default());
    for (method, body, reason) in [
        ("fly", json!({}), "no such method: fly"),
        (
            "forget",
            json!({ "id": "car-x" }),
            "no such creation request: car-x",
        ),
        (
            "set_faults",
            json!([{ "kind": "boredom" }]),
            "unknown variant `boredom`",
        ),
        (
            "start",
            json!({ "colour": "red" }),
            "unknown field `colour`",
        ),
    ] {
        let (status, answer) = bench.control(method, body).await;
        let error = answer["error"].as_str().unwrap();
        assert!(status == 400 && error.contains(reason), "{error}");
    }
}
