//! S3: objects with their versions.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, Request, Response};

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

    /// The newest version of an object.
    #[must_use]
    pub fn get(&self, place: &str) -> Option<String> {
        let objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        objects.get(place)?.last().cloned()
    }

    /// Removes an object and its versions.
    pub fn remove(&self, place: &str) {
        let mut objects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        objects.remove(place);
    }

    /// Answers `GetObject` and `PutObject`. Only who may list a bucket is told what is not there.
    pub(super) fn answer(&self, request: &Request<Vec<u8>>, may_list: bool) -> Response<Vec<u8>> {
        let place = place(request);
        if request.method() == Method::PUT {
            self.put(&place, &String::from_utf8_lossy(request.body()));
            return Response::new(Vec::new());
        }
        let Some(text) = self.get(&place) else {
            let (status, code) = if may_list {
                (404, "NoSuchKey")
            } else {
                (403, "AccessDenied")
            };
            let body = format!("<Error><Code>{code}</Code></Error>");
            let response = Response::builder().status(status).body(body.into_bytes());
            return response.unwrap();
        };
        Response::builder()
            .header("content-length", text.len())
            .body(text.into_bytes())
            .unwrap()
    }
}

/// Which object a request is about.
pub(super) fn place(request: &Request<Vec<u8>>) -> String {
    let path = request.uri().path();
    // Requests to a server name its port and not the host; and their bucket in the path.
    let Some(host) = request.uri().host() else {
        return path.trim_start_matches('/').to_owned();
    };
    let bucket = host.split('.').next().unwrap_or_default();
    format!("{bucket}{path}")
}
