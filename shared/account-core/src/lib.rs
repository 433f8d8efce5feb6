//! Decisions about the accounts of an AWS Organization: values in, values out.
//!
//! Nothing here knows AWS clients, clocks, the environment or an async runtime, so each decision is tested as a table.

pub mod announcement;
pub mod contact;
pub mod creation;
pub mod govcloud;
pub mod ids;
pub mod inventory;
pub mod policy;
pub mod preflight;
pub mod primary;
pub mod progress;
pub mod report;
pub mod stamp;
pub mod stamped;
pub mod sweep;
