//! The control endpoint: every method of the library over HTTP.

use aws_sdk_account::types::AlternateContactType;
use http::Request;
use serde_json::{Value, json};
use simulator::Options;

use crate::bench::{Bench, refusal, wait};

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
        json!({ "ListAccounts": { "calls": 3, "throttled": 1, "failed": 0, "odd": 0 } })
    );
    bench.control("reset_calls", json!({})).await;
    assert_eq!(bench.control("calls", json!({})).await.1, json!({}));
}

#[tokio::test(start_paused = true)]
async fn contacts_and_accounts_are_seen_and_moved_over_http() {
    let bench = Bench::new(Options::default());
    let done = (200, json!({}));
    let id = bench.member().await;
    let about = |members: Value| {
        let mut body = members;
        body["account"] = json!(id);
        body
    };
    let fields = json!({ "Name": "n", "Title": "t", "EmailAddress": " a@b.c", "PhoneNumber": "1" });
    let put = about(json!({ "contact_type": "SECURITY", "fields": fields }));
    assert_eq!(bench.control("set_alternate_contact", put).await, done);
    let fields = json!({ "FullName": "n", "AddressLine1": "a", "City": "c", "PostalCode": "p",
        "CountryCode": "de", "PhoneNumber": "+49" });
    let put = about(json!({ "fields": fields }));
    assert_eq!(bench.control("set_primary_contact", put).await, done);
    let (_, stored) = bench.control("contacts", about(json!({}))).await;
    assert_eq!(stored["alternate"]["SECURITY"]["EmailAddress"], "a@b.c");
    assert_eq!(stored["primary"]["CountryCode"], "DE");
    assert_eq!(stored["verification"], "PENDING");
    let remove = about(json!({ "contact_type": "SECURITY" }));
    let removed = bench.control("remove_alternate_contact", remove).await;
    assert_eq!(removed, done);
    let (_, stored) = bench.control("contacts", about(json!({}))).await;
    assert_eq!(stored["alternate"], json!({}));

    let state = about(json!({ "state": "SUSPENDED" }));
    assert_eq!(bench.control("set_state", state).await, done);
    let (_, accounts) = bench.control("accounts", json!({})).await;
    assert_eq!(accounts.as_object().unwrap().len(), 10);
    assert_eq!(accounts[&id], "SUSPENDED");
    let trusted = bench.control("set_trusted_access", json!(false)).await;
    assert_eq!(trusted, done);
    let put = bench.put(&id, AlternateContactType::Billing).send().await;
    assert!(refusal(put).2.contains("must first enable trusted access"));
    let caller = json!({ "member": id });
    assert_eq!(bench.control("set_caller", caller).await, done);
    let own = bench.account.get_contact_information().send().await;
    assert_eq!(own.unwrap().contact_information.unwrap().full_name(), "n");
}

#[tokio::test(start_paused = true)]
async fn accounts_and_links_come_and_go_over_http() {
    let bench = Bench::new(Options::default());
    let done = (200, json!({}));
    let (_, added) = bench.control("add_accounts", json!({ "count": 3 })).await;
    let id = added[2].as_str().unwrap();
    assert_eq!(bench.simulator.accounts().len(), 13);
    let about = json!({ "account": id });

    let set = json!({ "account": id, "govcloud": "999988887777", "state": "ODD" });
    assert_eq!(bench.control("set_link", set).await, done);
    let link = json!({ "GovCloudAccountId": "999988887777", "AccountState": "ODD" });
    let links = (200, json!({ id: link }));
    assert_eq!(bench.control("links", json!({})).await, links);
    let status = async || {
        let call = bench.account.get_gov_cloud_account_information();
        let answer = call.standard_account_id(id).send().await;
        answer
            .err()
            .map(|error| error.raw_response().unwrap().status().as_u16())
    };
    assert_eq!(status().await, None);
    let once = json!({ "account": id, "calls": 1 });
    assert_eq!(bench.control("set_link_unavailable", once).await, done);
    assert_eq!((status().await, status().await), (Some(424), None));
    let unavailable = bench.control("set_link_unavailable", about.clone());
    assert_eq!(unavailable.await, done);
    assert_eq!((status().await, status().await), (Some(424), Some(424)));
    let available = bench.control("set_link_available", about.clone());
    assert_eq!(available.await, done);
    assert_eq!(status().await, None);
    assert_eq!(bench.control("clear_link", about.clone()).await, done);
    assert_eq!(status().await, Some(404));

    assert_eq!(bench.control("set_paths", json!(false)).await, done);
    assert_eq!(bench.control("set_old_status", json!(true)).await, done);
    let account = bench.account(id).await;
    assert_eq!((account.paths, account.state), (None, None));
    let to = |unit: &str| json!({ "account": id, "unit": unit });
    let moved = bench.control("move_account", to("ou-exam-sandboxes"));
    assert_eq!(moved.await, done);
    assert_eq!(bench.control("move_account", to("x")).await.0, 400);
    assert_eq!(bench.control("remove_account", about.clone()).await, done);
    assert_eq!(status().await, Some(403));
    assert_eq!(bench.control("remove_account", about).await.0, 400);
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
        (
            "contacts",
            json!({ "account": "000000000000" }),
            "no such account: 000000000000",
        ),
        (
            "remove_alternate_contact",
            json!({ "account": "111122223333", "contact_type": "BILLING" }),
            "account 111122223333 has no such contact",
        ),
        (
            "set_primary_contact",
            json!({ "account": "111122223333", "fields": { "City": "c" } }),
            "no such contact can be: [object has missing required properties",
        ),
        (
            "clear_link",
            json!({ "account": "111122223333" }),
            "account 111122223333 has no link",
        ),
        (
            "remove_account",
            json!({ "account": "111122223333" }),
            "the management account does not leave",
        ),
        (
            "set_link_unavailable",
            json!({ "account": "111122223333", "call": 1 }),
            "unknown field `call`",
        ),
        (
            "set_faults",
            json!([{ "kind": "reset", "account": "x" }]),
            "no account id: `x`",
        ),
    ] {
        let (status, answer) = bench.control(method, body).await;
        let error = answer["error"].as_str().unwrap();
        assert!(status == 400 && error.contains(reason), "{error}");
    }
}
