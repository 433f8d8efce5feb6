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
    /// From when to when, once it has begun.
    time: Option<Range<Instant>>,
    /// Calls until it begins, and how long it is then.
    begins: Option<(usize, Duration)>,
}

/// What strikes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Strike {
    /// What the function hears.
    pub refusal: Refusal,
    /// The call takes effect all the same.
    pub is_made: bool,
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
            begins: None,
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
            begins: None,
        }
    }

    /// The same from a call on, which is counted from now: so it finds its function at work.
    #[must_use]
    pub fn storm_at(
        refusal: Refusal,
        operations: &'static [&'static str],
        call: usize,
        time: Duration,
    ) -> Self {
        Self {
            rng: StdRng::seed_from_u64(call as u64),
            time: None,
            begins: Some((call, time)),
            ..Self::storm(refusal, operations, Duration::ZERO, time)
        }
    }

    /// What strikes a call, if anything does.
    pub(super) fn strike(&mut self, operation: &str) -> Option<Strike> {
        let now = Instant::now();
        if let Some((calls, time)) = &mut self.begins {
            let Some(left) = calls.checked_sub(1) else {
                self.time = Some(now..now + *time);
                self.begins = None;
                return self.strike(operation);
            };
            *calls = left;
            return None;
        }
        let is_meant = self.operations.is_empty() || self.operations.contains(&operation);
        if !is_meant || self.time.as_ref().is_some_and(|time| !time.contains(&now)) {
            return None;
        }
        let mut chance = self.rng.random_range(0..100);
        for (odds, refusal) in &self.odds {
            if chance < *odds {
                return Some(Strike {
                    refusal: *refusal,
                    is_made: may_be_made(*refusal) && self.rng.random_bool(0.5),
                });
            }
            chance -= odds;
        }
        None
    }
}

/// Whether nobody knows afterwards if the call took effect.
const fn may_be_made(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Internal | Refusal::Reset | Refusal::Silence
    )
}
