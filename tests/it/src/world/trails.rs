//! CloudTrail: the trails that an account sees.

use std::sync::{Arc, Mutex, PoisonError};

use http::{Request, Response};
use serde_json::{Value, json};

/// A trail.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    /// The region that it was made in.
    pub home: &'static str,
    /// It records in all regions, not in this one only.
    pub is_everywhere: bool,
    /// It records in all accounts of the organization.
    pub is_of_organization: bool,
    /// What `GetEventSelectors` answers; `None`: that is denied.
    pub selectors: Option<&'static str>,
    /// It is logging.
    pub is_logging: bool,
}

impl Default for Trail {
    fn default() -> Self {
        let all =
            r#"{"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true}]}"#;
        Self {
            home: "us-east-1",
            is_everywhere: true,
            is_of_organization: false,
            selectors: Some(all),
            is_logging: true,
        }
    }
}

/// The trails of the account; clones share them.
#[derive(Clone, Debug)]
pub struct Trails(Arc<Mutex<Vec<Trail>>>);

impl Default for Trails {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(vec![Trail::default()])))
    }
}

impl Trails {
    /// From now on these are the trails.
    pub fn set(&self, trails: &[Trail]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = trails.to_vec();
    }

    /// Answers `DescribeTrails`, `GetTrailStatus` and `GetEventSelectors`.
    pub(super) fn answer(&self, operation: &str, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let trails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let region = request.uri().host().and_then(|it| it.split('.').nth(1));
        let named = |member: &str| {
            let mut trails = trails.iter().enumerate();
            let trail = trails.find(|(number, _)| body[member] == arn(*number));
            *trail.unwrap().1
        };
        let answer = match operation {
            "DescribeTrails" => {
                let trails = trails.iter().enumerate();
                let trails: Vec<_> = trails.map(|(number, it)| describe(number, *it)).collect();
                json!({"trailList": trails}).to_string()
            }
            "GetTrailStatus" => json!({"IsLogging": named("Name").is_logging}).to_string(),
            "GetEventSelectors" => match named("TrailName") {
                trail if region != Some(trail.home) => return refused("TrailNotFoundException"),
                Trail {
                    selectors: Some(selectors),
                    ..
                } => selectors.to_owned(),
                Trail {
                    selectors: None, ..
                } => return refused("AccessDeniedException"),
            },
            other => panic!("CloudTrail does not know {other}"),
        };
        Response::new(answer.into_bytes())
    }
}

fn arn(number: usize) -> String {
    format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{number}")
}

fn describe(number: usize, trail: Trail) -> Value {
    json!({
        "Name": number.to_string(),
        "TrailARN": arn(number),
        "HomeRegion": trail.home,
        "IsMultiRegionTrail": trail.is_everywhere,
        "IsOrganizationTrail": trail.is_of_organization,
    })
}

fn refused(code: &str) -> Response<Vec<u8>> {
    let body = json!({"__type": code, "message": "no"}).to_string();
    let response = Response::builder().status(400).body(body.into_bytes());
    response.unwrap()
}
