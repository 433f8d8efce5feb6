//! The protocol itself, below what an SDK shows.

use http::{Request, Response};
use serde_json::{Value, json};
use simulator::Options;

use crate::bench::Bench;

/// The header that names an operation.
pub(crate) fn target(operation: &str) -> String {
    format!("AWSOrganizationsV20161128.{operation}")
}

async fn call(bench: &Bench, request: Request<&str>) -> (Response<()>, Value) {
    let (parts, body) = bench.simulator.answer(request).await.unwrap().into_parts();
    (
        Response::from_parts(parts, ()),
        serde_json::from_slice(&body).unwrap(),
    )
}

#[tokio::test(start_paused = true)]
async fn an_answer_has_a_request_id_and_times_in_seconds() {
    let bench = Bench::new(Options::default());
    let request = Request::post("/").header("x-amz-target", target("CreateAccount"));
    let body = r#"{"AccountName": "New", "Email": "new@example.com"}"#;
    let (response, answer) = call(&bench, request.body(body).unwrap()).await;

    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "application/x-amz-json-1.1"
    );
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    assert_eq!(
        id.split('-').map(str::len).collect::<Vec<_>>(),
        [8, 4, 4, 4, 12]
    );
    let status = &answer["CreateAccountStatus"];
    assert_eq!(status["RequestedTimestamp"], 1_800_000_000.0);
    assert_eq!(status["State"], "IN_PROGRESS");
    assert_eq!(
        status.as_object().unwrap().len(),
        4,
        "absent members are left out: {status}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_operation_is_refused() {
    let bench = Bench::new(Options::default());
    let unknown = Request::post("/")
        .header("x-amz-target", target("ListRoots"))
        .body("{}");
    let other = Request::post("/")
        .header("x-amz-target", "DynamoDB_20120810.GetItem")
        .body("{}");
    let none = Request::post("/").body("{}");
    let path = Request::post("/x")
        .header("x-amz-target", target("ListAccounts"))
        .body("{}");
    let capital = Request::post("/GetContactInformation").body("{}");
    let region = Request::post("/listRegions").body("{}");
    let accounts = Request::post("/listAccounts").body("{}");
    let get = Request::get("/getContactInformation").body("{}");
    let target = Request::post("/").header("x-amz-target", target("GetContactInformation"));
    let target = target.body("{}");
    for request in [
        unknown, other, none, path, capital, region, accounts, get, target,
    ] {
        let (response, answer) = call(&bench, request.unwrap()).await;
        assert_eq!(
            (response.status().as_u16(), &answer["__type"]),
            (400, &json!("UnknownOperationException"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_not_what_the_model_says_is_refused() {
    let bench = Bench::new(Options::default());
    for body in [
        "",
        "{",
        r#"{"MaxResults": "many"}"#,
        r#"{"States": "FAILED"}"#,
    ] {
        let request = Request::post("/");
        let request = request.header("x-amz-target", target("ListCreateAccountStatus"));
        let (response, answer) = call(&bench, request.body(body).unwrap()).await;
        assert_eq!(response.status(), 400);
        assert_eq!(answer["__type"], "SerializationException", "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_carries_type_text_and_reason() {
    let bench = Bench::new(Options::default());
    let request = Request::post("/");
    let request = request.header("x-amz-target", target("DescribeCreateAccountStatus"));
    let (_, answer) = call(&bench, request.body("{}").unwrap()).await;
    assert_eq!(
        answer,
        json!({
            "__type": "InvalidInputException",
            "Message": "You must include a value for all required parameters.",
            "Reason": "INPUT_REQUIRED",
        })
    );
}

#[tokio::test(start_paused = true)]
async fn account_management_speaks_rest() {
    let bench = Bench::new(Options::default());
    let post = |path: &str, body| Request::post(path).body(body).unwrap();
    let (response, answer) = call(&bench, post("/getContactInformation", "{}")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(answer["ContactInformation"]["CountryCode"], "US");
    assert_eq!(answer["VerificationStatus"], "VERIFIED");

    let typed = r#"{"AlternateContactType": "BILLING"}"#;
    let (response, answer) = call(&bench, post("/getAlternateContact", typed)).await;
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "ResourceNotFoundException"
    );
    let text = "No contact of the inputted alternate contact type found.";
    assert_eq!(answer, json!({ "message": text }));

    let put = r#"{"AlternateContactType": "BILLING", "Name": "n", "Title": "t",
        "EmailAddress": "a@b.c", "PhoneNumber": "1", "Unknown": "x"}"#;
    let (response, answer) = call(&bench, post("/putAlternateContact", put)).await;
    assert_eq!((response.status().as_u16(), answer), (200, json!({})));
    let (_, answer) = call(&bench, post("/getAlternateContact", typed)).await;
    let mut expected: Value = serde_json::from_str(put).unwrap();
    expected.as_object_mut().unwrap().remove("Unknown");
    assert_eq!(answer, json!({ "AlternateContact": expected }));
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_is_not_what_the_model_says_is_refused() {
    let bench = Bench::new(Options::default());
    for (body, code, said) in [
        (
            "{}",
            "ValidationException",
            r#"[object has missing required properties (["ContactInformation"])]"#,
        ),
        (
            r#"{"ContactInformation": {"City": ""}}"#,
            "ValidationException",
            r#"[object has missing required properties (["FullName","AddressLine1","PostalCode","CountryCode","PhoneNumber"]), string "" is too short (length: 0, required minimum: 1)]"#,
        ),
        (
            r#"{"ContactInformation": 1}"#,
            "SerializationException",
            "invalid type",
        ),
        ("{", "SerializationException", "EOF"),
    ] {
        let request = Request::post("/putContactInformation").body(body);
        let (response, answer) = call(&bench, request.unwrap()).await;
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["x-amzn-errortype"], code);
        let text = answer["message"].as_str().unwrap();
        assert!(text.contains(said), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_one_field_names_it() {
    let bench = Bench::new(Options::default());
    let body = r#"{"ContactInformation": {"FullName": "n", "AddressLine1": "a", "City": "c",
        "PostalCode": "p", "CountryCode": "12", "PhoneNumber": "+1"}}"#;
    let request = Request::post("/putContactInformation").body(body);
    let (_, answer) = call(&bench, request.unwrap()).await;
    let text = "Invalid country code";
    assert_eq!(
        answer,
        json!({
            "message": text,
            "reason": "fieldValidationFailed",
            "fieldList": [{ "name": "CountryCode", "message": text }],
        })
    );
}
