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

    /// Removes a parameter, and its history with it.
    pub fn remove(&self, name: &str) {
        let mut parameters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parameters.remove(name);
    }

    /// Answers `GetParameter`.
    pub(super) fn answer(&self, body: &[u8]) -> Response<Vec<u8>> {
        let request: Value = serde_json::from_slice(body).unwrap();
        let name = request["Name"].as_str().unwrap();
        let parameters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(value) = parameters.get(name).and_then(|versions| versions.last()) else {
            let body = json!({"__type": "ParameterNotFound"}).to_string();
            return Response::builder()
                .status(400)
                .body(body.into_bytes())
                .unwrap();
        };
        let parameter = json!({"Name": name, "Value": value});
        Response::new(json!({"Parameter": parameter}).to_string().into_bytes())
    }
}
