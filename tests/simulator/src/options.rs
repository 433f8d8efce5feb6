//! What a simulated organization is like.

use std::time::Duration;

use crate::Fault;

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
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
}

/// Ten accounts, seed 1, the largest account limit AWS grants, and nothing in the way.
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
            faults: Vec::new(),
        }
    }
}
