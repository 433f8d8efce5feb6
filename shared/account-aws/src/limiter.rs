//! Stays below the published quota of one API operation, and slows down where that is not enough.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The pace is halved so often at most: eight calls a second become one in eight seconds, of four attempts.
const SLOWEST: u32 = 6;
/// So many attempts without a throttle double the pace. Far from it fewer do: that a storm is over shall be noticed soon.
const RECOVERY: u32 = 20;
/// So many attempts may be on their way when the first of them is throttled: they tell nothing of the slower pace.
const IN_FLIGHT: u32 = 10;

/// How much of the published quotas one process may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    percent: u32,
    copies: u32,
    /// A steady caller does without bursts: each new process would have one more.
    is_steady: bool,
}

impl Share {
    /// What one of the `copies` of a function may use that run at once; the rest is left to other tools of the account.
    #[must_use]
    pub const fn of_copies(copies: u32) -> Self {
        Self {
            percent: 80,
            copies,
            is_steady: false,
        }
    }

    /// What a sweep may use, of which one batch runs at a time.
    #[must_use]
    pub const fn of_sweep(percent: u32) -> Self {
        Self {
            percent,
            copies: 1,
            is_steady: true,
        }
    }

    fn quota(self, rate: u32, burst: u32) -> (Duration, Quota) {
        let pace = Duration::from_secs(100) * self.copies / (rate * self.percent);
        let burst = if self.is_steady {
            1
        } else {
            burst * self.percent / (100 * self.copies)
        };
        // Only a pace of zero is no period, and no rate of ours is that fast.
        let quota = Quota::with_period(pace).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        (pace, quota.allow_burst(burst))
    }
}

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
    rate: u32,
    pace: Duration,
    /// Calls in flight wait one after the other: side by side they would not be slower.
    turn: Mutex<()>,
    /// How often the pace was halved.
    halved: AtomicU32,
    /// Attempts since it last became slower, and since the last throttle.
    since_slower: AtomicU32,
    calm: AtomicU32,
    throttles: AtomicU32,
}

impl Limiter {
    /// `rate` calls a second and `burst` at once are what AWS publishes.
    pub(crate) fn new(rate: u32, burst: u32, share: Share) -> Self {
        let clock = TokioClock {
            start: Instant::now(),
        };
        let (pace, quota) = share.quota(rate, burst);
        Self {
            bucket: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
            rate,
            pace,
            turn: Mutex::default(),
            halved: AtomicU32::new(0),
            since_slower: AtomicU32::new(IN_FLIGHT),
            calm: AtomicU32::new(0),
            throttles: AtomicU32::new(0),
        }
    }

    /// Waits until one more call is within the quota.
    pub(crate) async fn ready(&self) {
        let _turn = self.turn.lock().await;
        let halved = self.halved.load(Ordering::Relaxed);
        // Before the bucket is asked: it fills again meanwhile, and a call that waited after it would go beside the next.
        if 0 < halved {
            tokio::time::sleep(self.pace * (1 << halved)).await;
        }
        while let Err(too_early) = self.bucket.check() {
            tokio::time::sleep(too_early.wait_time_from(self.clock.now())).await;
        }
    }

    /// Takes note of an attempt: slower at once after a throttle, faster again by and by.
    pub(crate) fn attempted(&self, is_throttled: bool) {
        let halved = self.halved.load(Ordering::Relaxed);
        let since_slower = self.since_slower.fetch_add(1, Ordering::Relaxed);
        if is_throttled {
            self.throttles.fetch_add(1, Ordering::Relaxed);
            self.calm.store(0, Ordering::Relaxed);
            if IN_FLIGHT <= since_slower {
                self.since_slower.store(0, Ordering::Relaxed);
                let slower = (halved + 1).min(SLOWEST);
                self.halved.store(slower, Ordering::Relaxed);
            }
        } else if 0 < halved && recovery(halved) <= self.calm.fetch_add(1, Ordering::Relaxed) + 1 {
            self.calm.store(0, Ordering::Relaxed);
            self.halved.store(halved - 1, Ordering::Relaxed);
        }
    }

    /// The calls a second that AWS publishes.
    pub(crate) const fn rate(&self) -> u32 {
        self.rate
    }

    /// How many attempts were throttled so far.
    pub(crate) fn throttles(&self) -> u32 {
        self.throttles.load(Ordering::Relaxed)
    }
}

/// The attempts without a throttle that double a pace that was halved so often: 20, 5, then 1.
fn recovery(halved: u32) -> u32 {
    (RECOVERY >> (2 * (halved - 1))).max(1)
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use proptest::prelude::*;

    use super::*;

    /// Calls a second, over this many calls made one after the other.
    async fn rate(limiter: &Limiter, calls: u32) -> f64 {
        let begun = Instant::now();
        for _ in 0..calls {
            limiter.ready().await;
        }
        f64::from(calls) / begun.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn a_sweep_keeps_to_its_share_and_has_no_burst() {
        for (percent, expected) in [(100, 10.0), (80, 8.0), (50, 5.0)] {
            let limiter = Limiter::new(10, 15, Share::of_sweep(percent));
            limiter.ready().await;
            let rate = rate(&limiter, 200).await;
            assert!((rate - expected).abs() < 0.1, "{percent} %: {rate}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn copies_share_one_quota() {
        let limiter = Limiter::new(10, 15, Share::of_copies(2));
        let begun = Instant::now();
        for _ in 0..6 {
            limiter.ready().await;
        }
        assert_eq!(begun.elapsed(), Duration::ZERO, "the burst");
        let rate = rate(&limiter, 200).await;
        assert!((rate - 4.0).abs() < 0.1, "{rate}");
    }

    #[tokio::test(start_paused = true)]
    async fn throttles_slow_it_down_at_once_and_calm_makes_it_faster_again() {
        let limiter = Limiter::new(10, 15, Share::of_sweep(100));
        limiter.ready().await;
        for expected in [5.0, 2.5, 1.25, 0.625, 0.3125, 0.15625, 0.15625] {
            // One throttle, and those of the calls that were on their way.
            for _ in 0..=IN_FLIGHT {
                limiter.attempted(true);
            }
            let rate = rate(&limiter, 100).await;
            assert!((rate - expected).abs() < 0.1, "{rate}, not {expected}");
        }
        assert_eq!(limiter.throttles(), 7 * (IN_FLIGHT + 1));
        for (calm, expected) in [
            (1, 0.3125),
            (1, 0.625),
            (1, 1.25),
            (1, 2.5),
            (5, 5.0),
            (19, 5.0),
            (1, 10.0),
        ] {
            for _ in 0..calm {
                limiter.attempted(false);
            }
            let rate = rate(&limiter, 200).await;
            assert!((rate - expected).abs() < 0.1, "{rate}, not {expected}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_in_flight_are_slowed_down_together() {
        let limiter = Limiter::new(10, 15, Share::of_sweep(100));
        limiter.attempted(true);
        let begun = Instant::now();
        let calls: [_; 10] = std::array::from_fn(|_| limiter.ready());
        futures_util::future::join_all(calls).await;
        let rate = 10.0 / begun.elapsed().as_secs_f64();
        assert!(rate < 5.6, "{rate}");
    }

    /// An attempt: what its caller does before it, how long the answer takes, and whether it says that AWS throttles.
    #[derive(Clone, Debug)]
    struct Attempt {
        idle: Duration,
        latency: Duration,
        is_throttled: bool,
    }

    /// Spells of busy and idle callers, of throttles and of calm that is long enough to recover from them.
    fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
        let spell = (1..30_usize, 0..3_000_u64, 0..500_u64, 0..4_u8);
        let spell = spell.prop_map(|(length, idle, latency, throttles)| {
            (0..length).map(move |index| Attempt {
                idle: Duration::from_millis(if index == 0 { idle } else { 0 }),
                latency: Duration::from_millis(latency),
                is_throttled: throttles == 0,
            })
        });
        prop::collection::vec(spell, 1..5).prop_map(|spells| spells.into_iter().flatten().collect())
    }

    /// When the limiter let each attempt go, of so many that are in flight at once.
    async fn releases(
        limiter: &Limiter,
        attempts: Vec<Attempt>,
        in_flight: usize,
    ) -> Vec<Duration> {
        let begun = Instant::now();
        let calls = futures_util::stream::iter(attempts).map(async |attempt| {
            tokio::time::sleep(attempt.idle).await;
            limiter.ready().await;
            let released = begun.elapsed();
            tokio::time::sleep(attempt.latency).await;
            limiter.attempted(attempt.is_throttled);
            released
        });
        let mut releases: Vec<_> = calls.buffer_unordered(in_flight).collect().await;
        releases.sort();
        releases
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn no_window_holds_more_than_its_rate_and_one_burst(
            (rate, burst) in (1..=20_u32, 1..=30_u32),
            (percent, copies, is_steady) in (1..=100_u32, 1..=4_u32, any::<bool>()),
            attempts in attempts(),
            in_flight in 1..=10_usize,
        ) {
            let share = Share { percent, copies, is_steady };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
            let releases = runtime.block_on(async {
                releases(&Limiter::new(rate, burst, share), attempts, in_flight).await
            });
            let burst = if is_steady { 1 } else { (burst * percent / (100 * copies)).max(1) };
            let rate = f64::from(rate * percent) / f64::from(100 * copies);
            // In every window is the same as from every moment on: what is used up comes back at the rate.
            let (mut used, mut before) = (0.0_f64, Duration::ZERO);
            for now in releases {
                let returned = (now - before).as_secs_f64() * rate;
                used = (used - returned).max(0.0) + 1.0;
                prop_assert!(used <= f64::from(burst) + 1e-6, "{} calls at once after {:?}, {} are allowed", used, now, burst);
                before = now;
            }
        }
    }
}
