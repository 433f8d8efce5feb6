//! SSM Parameter Store: parameters with their versions.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use serde_json::{Value, json};

/// The parameters of a world; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Parameters(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

impl Parameters {
    /// Writes a new version of a parameter.
    pub fn put(&self, name: &str, value: &str) {
        let mut parameters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parameters
            .entry(name.to_owned())
            .or_default()
            .push(value.to_owned());
    }

    /// Answers `GetParameter`, of `NAME` or `NAME:VERSION`.
    pub(super) fn answer(&self, body: &[u8]) -> Response<Vec<u8>> {
        let request: Value = serde_json::from_slice(body).unwrap();
        let selector = request["Name"].as_str().unwrap();
        let (name, version) = selector.split_once(':').unwrap_or((selector, ""));
        let parameters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = parameters.get(name).map_or(&[][..], Vec::as_slice);
        let version = version.parse().unwrap_or(versions.len());
        let Some(value) = version.checked_sub(1).and_then(|index| versions.get(index)) else {
            let body = json!({"__type": "ParameterNotFound"}).to_string();
            return Response::builder()
                .status(400)
                .body(body.into_bytes())
                .unwrap();
        };
        let parameter = json!({"Name": name, "Value": value, "Version": version});
        Response::new(json!({"Parameter": parameter}).to_string().into_bytes())
    }
}
