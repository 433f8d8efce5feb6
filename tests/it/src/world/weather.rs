//! Bad weather: any call of any service may fail, by chance or for a while.

use std::ops::Range;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::Instant;

use super::Refusal;

/// What strikes calls.
#[derive(Debug)]
pub struct Weather {
    rng: StdRng,
    /// How often what strikes, of a hundred calls.
    odds: Vec<(u32, Refusal)>,
    operations: &'static [&'static str],
    time: Option<Range<Instant>>,
}

impl Weather {
    /// Throttles 20 % of all calls, lets 5 % hang and 2 % fail.
    #[must_use]
    pub fn bad(seed: u64) -> Self {
        let odds = [
            (20, Refusal::Throttled),
            (5, Refusal::Silence),
            (2, Refusal::Internal),
        ];
        Self {
            rng: StdRng::seed_from_u64(seed),
            odds: odds.to_vec(),
            operations: &[],
            time: None,
        }
    }

    /// Strikes every call of these operations, or of all, for a while after a while.
    #[must_use]
    pub fn storm(
        refusal: Refusal,
        operations: &'static [&'static str],
        after: Duration,
        time: Duration,
    ) -> Self {
        let from = Instant::now() + after;
        Self {
            rng: StdRng::seed_from_u64(0),
            odds: vec![(100, refusal)],
            operations,
            time: Some(from..from + time),
        }
    }

    /// What strikes a call, if anything does.
    pub(super) fn strike(&mut self, operation: &str) -> Option<Refusal> {
        let is_meant = self.operations.is_empty() || self.operations.contains(&operation);
        let now = Instant::now();
        if !is_meant || self.time.as_ref().is_some_and(|time| !time.contains(&now)) {
            return None;
        }
        let mut chance = self.rng.random_range(0..100);
        for (odds, refusal) in &self.odds {
            if chance < *odds {
                return Some(*refusal);
            }
            chance -= odds;
        }
        None
    }
}
