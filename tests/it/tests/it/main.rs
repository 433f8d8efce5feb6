//! Integration and end-to-end tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption ends the test"
)]

mod contact_documents;
mod documents;
mod emulator;
mod end_to_end;
mod graph;
mod log;
mod peers;
mod poller;
mod rules;
mod stamper;
mod template;
