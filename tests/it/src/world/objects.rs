//! S3: objects with their versions.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Request, Response};

/// The objects of a world, by `BUCKET/KEY`; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Objects(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

impl Objects {
    /// Writes a new version of an object.
    pub fn put(&self, place: &str, text: &str) {
        let mut objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        objects
            .entry(place.to_owned())
            .or_default()
            .push(text.to_owned());
    }

    /// Answers `GetObject`, with or without a version.
    pub(super) fn answer(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let host = request.uri().host().unwrap_or_default();
        let bucket = host.split('.').next().unwrap_or_default();
        let place = format!("{bucket}{}", request.uri().path());
        let version = version(request).and_then(|version| version.strip_prefix('v')?.parse().ok());
        let objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = objects.get(&place).map_or(&[][..], Vec::as_slice);
        let version: usize = version.unwrap_or(versions.len());
        let Some(text) = version.checked_sub(1).and_then(|index| versions.get(index)) else {
            let body = "<Error><Code>NoSuchKey</Code></Error>";
            return Response::builder().status(404).body(body.into()).unwrap();
        };
        Response::builder()
            .header("content-length", text.len())
            .header("x-amz-version-id", format!("v{version}"))
            .body(text.clone().into_bytes())
            .unwrap()
    }
}

/// The version that a request asks for.
pub(super) fn version(request: &Request<Vec<u8>>) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == "versionId")
        .map(|(_, value)| value.into_owned())
}
