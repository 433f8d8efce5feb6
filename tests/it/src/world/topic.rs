//! The topic: keeps what is published, with the limits that SNS has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Response;
use serde_json::Value;

/// A delivered message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The line above a mail.
    pub subject: String,
    /// The body, parsed.
    pub body: Value,
    /// Message attributes, all of type String.
    pub attributes: BTreeMap<String, String>,
}

impl Message {
    /// The announcement's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("/id")
    }

    /// The creation request it is about.
    #[must_use]
    pub fn request(&self) -> &str {
        self.text("/detail/createAccountRequestId")
    }

    /// A text of the body, by JSON pointer.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// The topic; clones share it.
#[derive(Clone, Debug)]
pub struct Topic(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    messages: Vec<Message>,
    /// Confirmed ones; `None` where there is no topic.
    subscriptions: Option<u32>,
    /// Those of the other topic, which only alarms go to.
    alarmed: u32,
}

impl Default for Topic {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            messages: Vec::new(),
            // The stack's own queue, and somebody.
            subscriptions: Some(2),
            alarmed: 1,
        })))
    }
}

impl Topic {
    pub(super) fn messages(&self) -> Vec<Message> {
        self.state().messages.clone()
    }

    /// From now on it has so many confirmed subscriptions; `None` removes it.
    pub fn subscribe(&self, subscriptions: Option<u32>) {
        self.state().subscriptions = subscriptions;
    }

    /// From now on so many confirmed subscriptions hear of alarms.
    pub fn alarm(&self, subscriptions: u32) {
        self.state().alarmed = subscriptions;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers `Publish` and `GetTopicAttributes` in the Query protocol.
    pub(super) fn answer(&self, body: &[u8]) -> Response<Vec<u8>> {
        let form: BTreeMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
        if form["Action"] == "GetTopicAttributes" {
            return self.attributes(&form["TopicArn"]);
        }
        self.state().messages.push(read(&form));
        let answer = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
        Response::new(answer.into())
    }

    fn attributes(&self, topic: &str) -> Response<Vec<u8>> {
        let state = self.state();
        let count = if topic.ends_with(":alarms") {
            Some(state.alarmed)
        } else {
            state.subscriptions
        };
        let Some(count) = count else {
            let body = "<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>";
            return Response::builder().status(404).body(body.into()).unwrap();
        };
        let entry =
            format!("<entry><key>SubscriptionsConfirmed</key><value>{count}</value></entry>");
        let answer = format!(
            "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>{entry}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>"
        );
        Response::new(answer.into())
    }
}

fn read(form: &BTreeMap<String, String>) -> Message {
    assert_eq!(form["Action"], "Publish");
    let subject = form["Subject"].clone();
    assert!(
        subject.len() < 100 && subject.is_ascii() && !subject.contains(char::is_control),
        "{subject:?}"
    );
    let attributes: BTreeMap<_, _> = (1..)
        .map_while(|number| {
            let member = |name| form.get(&format!("MessageAttributes.entry.{number}.{name}"));
            Some((
                member("Name")?.clone(),
                member("Value.StringValue")?.clone(),
            ))
        })
        .collect();
    assert!(
        attributes.len() <= 10 && attributes.values().all(|value| !value.is_empty()),
        "{attributes:?}"
    );
    Message {
        subject,
        body: serde_json::from_str(&form["Message"]).unwrap(),
        attributes,
    }
}
