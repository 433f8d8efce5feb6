//! The simulator, driven by the real SDK clients in virtual time and by boto3 over a socket.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod accounts;
mod alternate;
mod bench;
mod control;
mod creation;
mod faults;
mod govcloud;
mod information;
mod limits;
mod listing;
mod membership;
mod primary;
mod program;
mod tags;
mod wire;
