//! The edge of the functions: every AWS call, every read of the environment, the error type.
//!
//! Real SDK clients throughout; tests put another HTTP connector and clock under them ([`clients::Edge`]).

pub mod bucket;
pub mod clients;
pub mod clock;
pub mod contacts;
mod doubt;
pub mod env;
pub mod error;
pub mod executions;
pub mod govcloud;
pub mod invocation;
pub mod ledger;
mod limiter;
mod limits;
pub mod logs;
pub mod metrics;
pub mod organizations;
pub mod outbox;
pub mod policies;
pub mod preflight;
pub mod queue;
pub mod topic;

pub use error::Error;
pub use limiter::Share;
