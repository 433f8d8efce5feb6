//! Wall-clock time. Waiting is `tokio::time`'s, so that a paused runtime makes both virtual.

use aws_smithy_async::time::SharedTimeSource;
use chrono::{DateTime, Utc};

/// What time it is, from the same source that signs the requests.
#[must_use]
pub fn now(source: &SharedTimeSource) -> DateTime<Utc> {
    source.now().into()
}
