//! A local AWS Organizations service, with the contacts, account information and GovCloud links
//! of AWS Account Management.
//!
//! A [`Simulator`] keeps one organization: accounts, and the creation requests that make more
//! of them. It speaks the real wire protocol, follows the limits, error texts and paging that
//! AWS documents, and can be made slow, stale, throttled or faulty on purpose ([`Options`],
//! [`Fault`]). It sits directly under an SDK client ([`Simulator::http_client`]), or behind a
//! socket ([`server`] and the program of the same name).
//!
//! Requests finish some seconds after they began. Whoever makes them through the API chooses
//! the end with plus-tags in the address: `ops+slow@example.com` takes 90 s,
//! `ops+instant@example.com` no time, and a tag in capitals is the reason to fail with, whether
//! AWS documents that reason or not: `ops+slow+INTERNAL_FAILURE@example.com`. An address in use
//! fails with `EMAIL_ALREADY_EXISTS`.
//!
//! Every account begins with the management account's primary contact, under its own name, and
//! without alternate contacts. [`Caller`] says whose credentials the calls of Account Management
//! carry.
//!
//! An account made by `CreateGovCloudAccount` is linked with its GovCloud account, which is in
//! `PENDING_ACTIVATION` for 60 s and then `ACTIVE`; no other account has a link.
//!
//! A test moves the world with the other methods of [`Simulator`], or over HTTP with
//! `POST /_simulator/<method>` and the method's argument as JSON.

mod client;
mod control;
mod fault;
mod input;
mod listing;
mod operations;
mod options;
mod organization;
mod quota;
mod refusal;
pub mod server;
mod service;
mod simulator;
mod store;
mod time;
mod wire;
mod world;

pub use fault::{Calls, Fault, FaultKind};
pub use options::Options;
pub use organization::access::Caller;
pub use organization::account::AccountState;
pub use organization::contacts::ContactType;
pub use organization::creation::{Finished, Outcome, Start};
pub use organization::history::History;
pub use organization::links::Link;
pub use organization::request::{FAILURE_REASONS, RequestState};
pub use organization::{MANAGEMENT_ACCOUNT_ID, ORGANIZATION_ID};
pub use simulator::{Count, Simulator};
pub use world::{Impossible, NoSuchRequest};
