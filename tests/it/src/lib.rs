//! What the integration tests and the demonstration stand on.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a broken test bed ends the test"
)]

pub mod local;
pub mod world;
