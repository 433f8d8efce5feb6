//! Stays below the published quota of one API operation.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

/// The share of a published quota that is used; the rest is left to other tools of the account.
const SHARE_PERCENT: u32 = 80;

/// Tokio's clock, so that the limiter and its waiting follow a paused runtime.
#[derive(Clone, Debug)]
struct TokioClock {
    start: Instant,
}

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A token bucket for one operation.
#[derive(Debug)]
pub(crate) struct Limiter {
    clock: TokioClock,
    bucket: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>,
}

impl Limiter {
    /// `rate` calls a second and `burst` at once are what AWS publishes; so many `copies` of the function share them.
    pub(crate) fn new(rate: u32, burst: u32, copies: u32) -> Self {
        let clock = TokioClock {
            start: Instant::now(),
        };
        let pace = Duration::from_secs(100) * copies / (rate * SHARE_PERCENT);
        let burst =
            NonZeroU32::new(burst * SHARE_PERCENT / (100 * copies)).unwrap_or(NonZeroU32::MIN);
        // Only a pace of zero is no period, and no rate of ours is that fast.
        let quota = Quota::with_period(pace)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(burst);
        Self {
            bucket: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
        }
    }

    /// Waits until one more call is within the quota.
    pub(crate) async fn ready(&self) {
        while let Err(too_early) = self.bucket.check() {
            tokio::time::sleep(too_early.wait_time_from(self.clock.now())).await;
        }
    }
}
