//! The protocol awsJson1.1: the operation in a header, JSON in and out.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};

use crate::refusal::Refusal;

const TARGET: &str = "AWSOrganizationsV20161128.";

/// The name of the operation a request asks for.
pub(crate) fn operation<B>(request: &Request<B>) -> Option<&str> {
    let target = request.headers().get("x-amz-target")?.to_str().ok()?;
    target
        .strip_prefix(TARGET)
        .filter(|_| request.method() == "POST" && request.uri().path() == "/")
}

/// The answer to a call; `id` is the request id.
pub(crate) fn respond(result: Result<Vec<u8>, Refusal>, id: u128) -> Response<Vec<u8>> {
    let (status, body) = match result {
        Ok(body) => (200, body),
        Err(refusal) => (refusal.status, refusal.body().to_string().into_bytes()),
    };
    let mut response = json(status, body);
    if let Ok(id) = HeaderValue::from_str(&request_id(id)) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    let json = HeaderValue::from_static("application/x-amz-json-1.1");
    response.headers_mut().insert(CONTENT_TYPE, json);
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
