//! The topic that announcements go to.

use account_core::announcement::Announcement;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::BuildError;
use aws_sdk_sns::types::MessageAttributeValue;

use crate::Error;
use crate::clients::OnDemand;

/// IAM action of [`Topic::publish`].
pub const PUBLISH: &str = "sns:Publish";

/// One SNS standard topic.
#[derive(Clone, Debug)]
pub struct Topic {
    client: OnDemand<Client>,
    arn: String,
}

impl Topic {
    /// The topic with this ARN.
    #[must_use]
    pub fn new(client: OnDemand<Client>, arn: String) -> Self {
        Self { client, arn }
    }

    /// Publishes an announcement ([`Publish`]). After an error it may still have been delivered.
    ///
    /// [`Publish`]: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    ///
    /// # Errors
    /// Whatever else AWS answers than a message id.
    pub async fn publish(&self, announcement: &Announcement) -> Result<(), Error> {
        let mut call = self
            .client
            .get()
            .publish()
            .topic_arn(&self.arn)
            .subject(&announcement.subject)
            .message(&announcement.body);
        for (name, value) in &announcement.attributes {
            call = call.message_attributes(name, text(value).or(Err(unbuildable()))?);
        }
        match call.send().await {
            Ok(_) => {
                tracing::info!(announcement = %announcement.id, "published");
                Ok(())
            }
            Err(error) => Err(Error::call(PUBLISH, &error)),
        }
    }
}

fn text(value: &str) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(value)
        .build()
}

fn unbuildable() -> Error {
    Error::Unavailable {
        action: PUBLISH,
        problem: "the request could not be built".to_owned(),
    }
}
