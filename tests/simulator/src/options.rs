//! What a simulated organization is like.

use std::time::Duration;

use crate::{Caller, Fault};

/// How the simulated organization is made and how the service behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Accounts at the start, the management account among them; at least that one exists.
    pub accounts: usize,
    /// A creation beyond this many accounts fails with `ACCOUNT_LIMIT_EXCEEDED`.
    pub account_limit: usize,
    /// Everything random follows from this number and from the order of the calls.
    pub seed: u64,
    /// How long each answer takes. The call itself takes effect at once.
    pub latency: Duration,
    /// Whether the published request rates are enforced.
    pub quotas: bool,
    /// How long reads do not see a write.
    pub lag: Duration,
    /// The share of pages that come empty, with a token: from 0 to below 1.
    pub empty_pages: f64,
    /// Who calls Account Management.
    pub caller: Caller,
    /// Whether Account Management has trusted access to the organization.
    pub trusted_access: bool,
    /// Whether Account Management keeps its callers from accounts that are not `ACTIVE`. What
    /// AWS does is not documented, and reports differ.
    pub inactive_denied: bool,
    /// How long Account Management keeps its callers from a new account.
    pub young_denied: Duration,
    /// Whether accounts are shown with their `Paths`, which the model did not always have.
    pub paths: bool,
    /// Whether accounts are shown with `Status`, retired on 9 September 2026, in place of
    /// `State`.
    pub old_status: bool,
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
}

/// Ten accounts, seed 1, the largest account limit AWS grants, and nothing in the way
/// but the state of an account.
impl Default for Options {
    fn default() -> Self {
        Self {
            accounts: 10,
            account_limit: 50_000,
            seed: 1,
            latency: Duration::ZERO,
            quotas: false,
            lag: Duration::ZERO,
            empty_pages: 0.0,
            caller: Caller::Management,
            trusted_access: true,
            inactive_denied: true,
            young_denied: Duration::ZERO,
            paths: true,
            old_status: false,
            faults: Vec::new(),
        }
    }
}
