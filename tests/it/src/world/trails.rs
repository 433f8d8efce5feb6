//! CloudTrail: one trail, or none.

use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use serde_json::{Value, json};

/// A trail of this region or of all of them.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    /// It records in all regions.
    pub is_everywhere: bool,
    /// The region that it is in.
    pub home: &'static str,
    /// `All`, `WriteOnly` or `ReadOnly`.
    pub records: &'static str,
    /// It is logging.
    pub is_logging: bool,
}

impl Default for Trail {
    fn default() -> Self {
        Self {
            is_everywhere: true,
            home: "us-east-1",
            records: "All",
            is_logging: true,
        }
    }
}

/// The trail of the account; clones share it.
#[derive(Clone, Debug)]
pub struct Trails(Arc<Mutex<Option<Trail>>>);

impl Default for Trails {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(Trail::default()))))
    }
}

impl Trails {
    /// From now on this is the trail.
    pub fn set(&self, trail: Option<Trail>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = trail;
    }

    /// Answers `DescribeTrails`, `GetTrailStatus` and `GetEventSelectors`.
    pub(super) fn answer(&self, operation: &str) -> Response<Vec<u8>> {
        let trail = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match (operation, trail) {
            ("DescribeTrails", None) => json!({"trailList": []}),
            ("DescribeTrails", Some(trail)) => json!({"trailList": [describe(trail)]}),
            ("GetTrailStatus", Some(trail)) => json!({"IsLogging": trail.is_logging}),
            ("GetEventSelectors", Some(trail)) => json!({"EventSelectors": [
                {"ReadWriteType": trail.records, "IncludeManagementEvents": true}
            ]}),
            (other, _) => panic!("CloudTrail does not know {other}"),
        };
        Response::new(answer.to_string().into_bytes())
    }
}

fn describe(trail: Trail) -> Value {
    json!({
        "Name": "all",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/all",
        "HomeRegion": trail.home,
        "IsMultiRegionTrail": trail.is_everywhere,
    })
}
