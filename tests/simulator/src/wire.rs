//! The protocols: awsJson1.1 of Organizations, with the operation in a header, and restJson1 of
//! Account Management, with the operation in the path. Which host is asked means nothing.

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde_json::Value;

use crate::operations::{self, Operation};
use crate::refusal::Refusal;
use crate::service::Service;

const TARGET: &str = "AWSOrganizationsV20161128.";
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The operation a request asks for.
pub(crate) fn operation<B>(request: &Request<B>) -> Option<&'static Operation> {
    if request.method() != "POST" {
        return None;
    }
    let path = request.uri().path();
    if path != "/" {
        return operations::at(path);
    }
    let target = request.headers().get("x-amz-target")?.to_str().ok()?;
    let operation = operations::find(target.strip_prefix(TARGET)?)?;
    (operation.service == Service::Organizations).then_some(operation)
}

/// The answer of a service to a call; `id` is the request id.
pub(crate) fn respond(
    service: Service,
    result: Result<Vec<u8>, Refusal>,
    id: u128,
) -> Response<Vec<u8>> {
    let mut response = match (result, service) {
        (Ok(body), _) => json(200, body),
        (Err(refusal), Service::Organizations) => typed_by_body(refusal),
        (Err(refusal), Service::Account) => typed_by_header(refusal),
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&request_id(id)) {
        headers.insert(REQUEST_ID, id);
    }
    if service == Service::Organizations {
        let json = HeaderValue::from_static("application/x-amz-json-1.1");
        headers.insert(CONTENT_TYPE, json);
    }
    response
}

fn typed_by_body(refusal: Refusal) -> Response<Vec<u8>> {
    let mut body = refusal.members;
    body.insert("__type".to_owned(), refusal.code.into());
    body.insert("Message".to_owned(), refusal.message.into());
    json(refusal.status, Value::Object(body).to_string().into_bytes())
}

fn typed_by_header(refusal: Refusal) -> Response<Vec<u8>> {
    let mut body = refusal.members;
    body.insert("message".to_owned(), refusal.message.into());
    let mut response = json(refusal.status, Value::Object(body).to_string().into_bytes());
    if let Some(code) = refusal.code {
        let code = HeaderValue::from_static(code);
        response.headers_mut().insert(ERROR_TYPE, code);
    }
    response
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// The form of a UUID.
fn request_id(id: u128) -> String {
    let hex = format!("{id:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}
