//! The topic: keeps what is published, with the limits that SNS has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

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

#[derive(Clone, Debug, Default)]
pub(super) struct Topic(Arc<Mutex<Vec<Message>>>);

impl Topic {
    pub(super) fn messages(&self) -> Vec<Message> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Answers `Publish` in the Query protocol.
    pub(super) fn answer(&self, body: &[u8]) -> Response<Vec<u8>> {
        let message = read(&form_urlencoded::parse(body).into_owned().collect());
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
        let answer = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
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
