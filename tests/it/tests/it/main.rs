//! Integration and end-to-end tests, in one binary.
// Futures of whole functions lie deep.
#![recursion_limit = "256"]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed assumption ends the test"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "programs run by the clock of this machine"
)]

mod actions;
mod alarms;
mod commands;
mod contact_documents;
mod contract;
mod demo;
mod doctor;
mod documents;
mod emulator;
mod end_to_end;
mod gates;
mod graph;
mod log;
mod metrics;
mod peers;
mod poller;
mod proof;
mod retries;
mod rules;
mod stamper;
mod state_machine;
mod sweep;
mod template;
mod trust;
