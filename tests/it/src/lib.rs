//! What the integration tests and the demonstration stand on.
// Futures of whole functions lie deep.
#![recursion_limit = "256"]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a broken test bed ends the test"
)]

pub mod bench;
pub mod local;
pub mod proof;
pub mod world;
