//! The queue before the stamper.

use std::time::Duration;

use aws_sdk_sqs::Client;

use crate::Error;
use crate::clients::OnDemand;

/// IAM action of [`Queue::hold_back`].
pub const CHANGE_VISIBILITY: &str = "sqs:ChangeMessageVisibility";

/// One SQS queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: OnDemand<Client>,
    url: String,
}

impl Queue {
    /// The queue at this URL.
    #[must_use]
    pub fn new(client: OnDemand<Client>, url: String) -> Self {
        Self { client, url }
    }

    /// Lets a message that is to fail come again only after a while ([`ChangeMessageVisibility`]).
    ///
    /// [`ChangeMessageVisibility`]: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
    ///
    /// # Errors
    /// Whatever AWS answers but success; the message then comes again after the queue's own timeout.
    pub async fn hold_back(&self, receipt: &str, time: Duration) -> Result<(), Error> {
        let seconds = i32::try_from(time.as_secs()).unwrap_or(i32::MAX);
        let call = self
            .client
            .get()
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt);
        let result = call.visibility_timeout(seconds).send().await;
        result
            .map(drop)
            .map_err(|error| Error::call(CHANGE_VISIBILITY, &error))
    }
}
