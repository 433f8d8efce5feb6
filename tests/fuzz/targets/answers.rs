//! What AWS answers about creation requests and links.
#![no_main]

use account_core::creation::{Row, Status};
use account_core::govcloud::Observation;
use arbitrary::Arbitrary;
use chrono::{DateTime, Utc};

#[derive(Arbitrary, Debug)]
struct Answer {
    id: Option<String>,
    state: State,
    requested: Option<i64>,
    completed: Option<i64>,
    account: Option<String>,
    govcloud_account: Option<String>,
    failure_reason: Option<String>,
}

#[derive(Arbitrary, Debug)]
enum State {
    Known(bool),
    Other(Option<String>),
}

fuzz::target!(|answer: Answer| {
    let state = match answer.state {
        State::Known(true) => Some("SUCCEEDED".to_owned()),
        State::Known(false) => Some("FAILED".to_owned()),
        State::Other(state) => state,
    };
    let link = |text: &Option<String>| text.clone().unwrap_or_default();
    let _ = Observation::linked(&link(&answer.govcloud_account), &link(&state));
    let status = Status {
        id: answer.id,
        state,
        requested: answer.requested.and_then(DateTime::from_timestamp_secs),
        completed: answer.completed.and_then(DateTime::from_timestamp_secs),
        account: answer.account,
        govcloud_account: answer.govcloud_account,
        failure_reason: answer.failure_reason,
    };
    if let Row::Finished(request) = status.read() {
        let organization = "o-exampleorg1".parse().expect("an organization");
        let announcement = request.announcement(&organization, DateTime::<Utc>::UNIX_EPOCH);
        assert!(announcement.subject.len() < 100 && announcement.subject.is_ascii());
        assert!(announcement.attributes.len() <= 10);
        assert!(
            announcement
                .attributes
                .values()
                .all(|value| !value.is_empty())
        );
        serde_json::from_str::<serde_json::Value>(&announcement.body).expect("a body is JSON");
    }
});
