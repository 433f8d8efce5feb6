//! What starts the function.

use account_aws::Error;
use account_core::ids::RequestId;
use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use serde::Deserialize;
use serde_json::Value;

const EXPECTED: &str = r#"{"job": "tick"}, {"job": "reconcile"}, a "Scheduled Event", or CreateAccountResult of aws.organizations as an "AWS Service Event via CloudTrail""#;

/// One of the function's own events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The schedule: go on wherever there is something to do.
    Tick,
    /// A person: scan everything now.
    Reconcile,
    /// AWS says that this request has ended; what became of it is asked, not read here.
    Hint(RequestId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    job: Job,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Job {
    Tick,
    Reconcile,
}

impl Event {
    /// Recognizes an event.
    ///
    /// # Errors
    /// [`Error::ForeignEvent`] when it is none of the function's own.
    pub fn read(payload: Value) -> Result<Self, Error> {
        if payload.get("job").is_some() {
            let order: Order =
                serde_json::from_value(payload).or(Err(foreign("an unknown job")))?;
            return Ok(match order.job {
                Job::Tick => Self::Tick,
                Job::Reconcile => Self::Reconcile,
            });
        }
        let event: EventBridgeEvent =
            serde_json::from_value(payload).or(Err(foreign("neither a job nor an event")))?;
        match (event.source.as_str(), event.detail_type.as_str()) {
            ("aws.events" | "aws.scheduler", "Scheduled Event") => Ok(Self::Tick),
            ("aws.organizations", "AWS Service Event via CloudTrail") => hint(&event.detail),
            _ => Err(foreign("an event of another source or detail-type")),
        }
    }
}

/// Only the id is read: names are masked in the event, and its dates are text in some locale.
fn hint(detail: &Value) -> Result<Event, Error> {
    if detail.get("eventName").and_then(Value::as_str) != Some("CreateAccountResult") {
        return Err(foreign("another event of aws.organizations"));
    }
    detail
        .pointer("/serviceEventDetails/createAccountStatus/id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok())
        .map(Event::Hint)
        .ok_or_else(|| {
            foreign("CreateAccountResult without serviceEventDetails.createAccountStatus.id")
        })
}

fn foreign(found: &str) -> Error {
    Error::ForeignEvent {
        found: found.to_owned(),
        expected: EXPECTED,
    }
}
