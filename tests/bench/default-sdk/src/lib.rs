//! Clients as the SDK's own documentation makes them.

use account_aws::clients::Clients;
use aws_config::BehaviorVersion;
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};

/// Clients with all defaults, and the system's clock.
pub async fn clients() -> (Clients, SharedTimeSource) {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let time = SharedTimeSource::new(SystemTimeSource::new());
    (Clients::from(config), time)
}
