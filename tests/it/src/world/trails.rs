//! CloudTrail: the trails that an account sees.

use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use serde_json::{Value, json};

/// A trail.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    /// The one region that it records in; `None`: in all regions.
    pub region: Option<&'static str>,
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
            region: None,
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
    pub(super) fn answer(&self, operation: &str, body: &[u8]) -> Response<Vec<u8>> {
        let trails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let body: Value = serde_json::from_slice(body).unwrap();
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
            "GetEventSelectors" => match named("TrailName").selectors {
                Some(selectors) => selectors.to_owned(),
                None => return denied(),
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
        "HomeRegion": trail.region.unwrap_or("us-east-1"),
        "IsMultiRegionTrail": trail.region.is_none(),
        "IsOrganizationTrail": trail.is_of_organization,
    })
}

fn denied() -> Response<Vec<u8>> {
    let body = json!({"__type": "AccessDeniedException", "message": "no"}).to_string();
    let response = Response::builder().status(400).body(body.into_bytes());
    response.unwrap()
}
