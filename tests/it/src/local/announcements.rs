//! What subscribers get.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::aws::text;
use super::{Aws, Error, Stack};

/// A queue that is subscribed to the topic.
#[derive(Debug)]
pub struct Announcements<'a> {
    aws: &'a Aws,
    queue: String,
}

/// One message, as it was delivered.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The subject of a mail.
    pub subject: String,
    /// The message: JSON.
    pub body: Value,
    /// What subscribers filter by.
    pub attributes: BTreeMap<String, String>,
}

impl<'a> Announcements<'a> {
    /// Subscribes a new queue.
    ///
    /// # Errors
    /// A call failed.
    pub fn subscribe(aws: &'a Aws, stack: &Stack) -> Result<Self, Error> {
        let queue = text(
            &aws.call("sqs", "create_queue", json!({"QueueName": "subscriber"}))?,
            "QueueUrl",
        )?;
        let asked = json!({"QueueUrl": queue, "AttributeNames": ["QueueArn"]});
        let arn = text(
            &aws.call("sqs", "get_queue_attributes", asked)?["Attributes"],
            "QueueArn",
        )?;
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": stack.topic}},
        }]});
        let attributes = json!({"Policy": policy.to_string()});
        aws.call(
            "sqs",
            "set_queue_attributes",
            json!({"QueueUrl": queue, "Attributes": attributes}),
        )?;
        aws.call(
            "sns",
            "subscribe",
            json!({"TopicArn": stack.topic, "Protocol": "sqs", "Endpoint": arn}),
        )?;
        Ok(Self { aws, queue })
    }

    /// Takes what has arrived since the last time.
    ///
    /// # Errors
    /// A call failed, or a message is not what SNS delivers.
    pub fn take(&self) -> Result<Vec<Announcement>, Error> {
        let wanted =
            json!({"QueueUrl": self.queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1});
        let received = self.aws.call("sqs", "receive_message", wanted)?;
        let messages = received["Messages"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        messages
            .iter()
            .map(|message| self.take_one(message))
            .collect()
    }

    fn take_one(&self, message: &Value) -> Result<Announcement, Error> {
        let announcement = read(&text(message, "Body")?)?;
        let receipt = json!({"QueueUrl": self.queue, "ReceiptHandle": message["ReceiptHandle"]});
        self.aws.call("sqs", "delete_message", receipt)?;
        Ok(announcement)
    }
}

/// Opens SNS's envelope: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>.
fn read(envelope: &str) -> Result<Announcement, Error> {
    let envelope: Value = serde_json::from_str(envelope)?;
    let attributes = envelope["MessageAttributes"]
        .as_object()
        .into_iter()
        .flatten();
    Ok(Announcement {
        subject: text(&envelope, "Subject")?,
        body: serde_json::from_str(&text(&envelope, "Message")?)?,
        attributes: attributes
            .map(|(name, value)| Ok((name.clone(), text(value, "Value")?)))
            .collect::<Result<_, Error>>()?,
    })
}
