//! From an intent to an announcement that is gone.

use account_core::announcement::Announcement;
use aws_smithy_async::time::SharedTimeSource;

use crate::ledger::{Claim, Ledger};
use crate::topic::Topic;
use crate::{Error, clock};

/// Publishes an announcement whose intent is claimed, and marks it as gone. An intent that stays behind is taken up by the
/// poller's next tick.
///
/// # Errors
/// The topic refuses, and the claim is given up; or the ledger cannot be written.
pub async fn publish(
    ledger: &Ledger,
    topic: &Topic,
    announcement: &Announcement,
    claim: &Claim,
    time: &SharedTimeSource,
) -> Result<(), Error> {
    match topic.publish(announcement).await {
        Ok(()) => ledger.mark(announcement.id, clock::now(time)).await,
        Err(error) => {
            ledger.release(announcement.id, claim).await?;
            Err(error)
        }
    }
}
