//! How far the poller has come with an organization, and what that means for a request it sees.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::creation::Finished;

/// Up to this many listed requests a full scan is 20 pages and fits into every tick.
///
/// At the published 5 pages a second it takes 5 s; see `ListCreateAccountStatus` in the [quotas].
///
/// [quotas]: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
pub const SMALL: u32 = 400;

/// What ended so long before the start is history, even where the first scan missed it: pages may shift under a scan.
/// What ended shortly before may have been listed late.
const HISTORY: TimeDelta = TimeDelta::hours(1);

/// A clock that AWS takes [signatures] of is off by no more, so by AWS's time the start may have been so much earlier.
///
/// [signatures]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
const CLOCK: TimeDelta = TimeDelta::minutes(5);

/// The poller's own row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// When the poller first ran, by its own clock. Requests that ended before, but for what a clock may be off, are history.
    pub started: DateTime<Utc>,
    /// Whether one full scan has reached its last page: from then on only what ended long before is history.
    pub complete: bool,
    /// How many requests the last recorded full scan saw.
    pub listed: u32,
    /// When the last recorded full scan began.
    pub scanned: Option<DateTime<Utc>>,
}

/// Whether and how a tick scans everything that AWS lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// Not now: the requests in progress are watched, the rest waits for the next reconcile.
    NotDue,
    /// At most 20 pages: each tick may do it, and two at once do no harm.
    Small,
    /// A long one, which only one poller may do at a time, since all share one quota.
    Claimed,
}

impl Progress {
    /// A poller that has never run before.
    #[must_use]
    pub fn new(started: DateTime<Utc>) -> Self {
        Self {
            started,
            complete: false,
            listed: 0,
            scanned: None,
        }
    }

    /// What the tick at `now` scans, when a large organization is reconciled `every` so often.
    #[must_use]
    pub fn scan(&self, now: DateTime<Utc>, every: Duration) -> Scan {
        let Some(scanned) = self.scanned.filter(|_| self.complete) else {
            return Scan::Claimed;
        };
        if self.listed <= SMALL {
            return Scan::Small;
        }
        // A scan "in the future" comes from a clock that has been set back: scanning too early does no harm.
        match (now - scanned).to_std() {
            Ok(age) if age < every => Scan::NotDue,
            Ok(_) | Err(_) => Scan::Claimed,
        }
    }

    /// Whether a full scan that saw `listed` requests changes what later ticks do.
    #[must_use]
    pub fn is_news(&self, listed: u32) -> bool {
        !self.complete || self.listed > SMALL || listed > SMALL
    }
}

/// What the ledger holds of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Nothing: it is seen for the first time.
    Nothing,
    /// It was history when the poller first ran.
    Baseline,
    /// Its announcement is on its way or gone.
    Announced,
}

/// What becomes of a finished request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is announced.
    Announce,
    /// It is written down as history, in silence.
    Baseline,
    /// Nothing is left to do.
    Nothing,
}

/// Decides what becomes of a finished request that a full scan found.
///
/// A request with an open row needs no decision: it was in progress after the start, or an event told of it, and is
/// announced even where a baseline row stands. So a wrong clock can cost a duplicate, never an announcement.
#[must_use]
pub fn fate(
    request: &Finished,
    remembered: Remembered,
    progress: &Progress,
    announce_since: Option<DateTime<Utc>>,
) -> Fate {
    // Without any time the request cannot be told to be history.
    let ended = request.completed.or(request.requested);
    let ended_before = |time: DateTime<Utc>| ended.is_some_and(|ended| ended < time);
    let replayed = announce_since.is_some_and(|since| ended.is_some_and(|ended| since <= ended));
    let start = progress.started - if progress.complete { HISTORY } else { CLOCK };
    match remembered {
        Remembered::Announced => Fate::Nothing,
        Remembered::Baseline if replayed => Fate::Announce,
        Remembered::Baseline => Fate::Nothing,
        Remembered::Nothing if !replayed && ended_before(start) => Fate::Baseline,
        Remembered::Nothing => Fate::Announce,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::creation::Outcome;

    const MINUTES_15: Duration = Duration::from_secs(15 * 60);

    fn at(minute: i64) -> DateTime<Utc> {
        "2026-11-23T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn settled(listed: u32, scanned: i64) -> Progress {
        Progress {
            started: at(0),
            complete: true,
            listed,
            scanned: Some(at(scanned)),
        }
    }

    #[test]
    fn what_a_tick_scans() {
        let table = [
            (Progress::new(at(0)), Scan::Claimed),
            (
                Progress {
                    complete: false,
                    ..settled(10, 29)
                },
                Scan::Claimed,
            ),
            (settled(SMALL, 29), Scan::Small),
            (settled(SMALL + 1, 29), Scan::NotDue),
            (settled(SMALL + 1, 16), Scan::NotDue),
            (settled(SMALL + 1, 15), Scan::Claimed),
            (settled(SMALL + 1, 45), Scan::Claimed),
        ];
        for (progress, expected) in table {
            assert_eq!(progress.scan(at(30), MINUTES_15), expected, "{progress:?}");
        }
    }

    #[test]
    fn a_small_organization_that_stays_small_is_no_news() {
        assert!(!settled(10, 0).is_news(11));
        assert!(!settled(SMALL, 0).is_news(SMALL));
        assert!(settled(10, 0).is_news(SMALL + 1));
        assert!(settled(SMALL + 1, 0).is_news(10));
        assert!(Progress::new(at(0)).is_news(10));
    }

    fn request(completed: Option<i64>) -> Finished {
        let outcome = Outcome::Failed { reason: None };
        Finished {
            id: "car-12345678".parse().unwrap(),
            requested: None,
            completed: completed.map(at),
            outcome,
            flaw: None,
        }
    }

    #[test]
    fn what_becomes_of_a_finished_request() {
        use Remembered::{Announced, Baseline, Nothing};
        let first_scan = Progress::new(at(10));
        let later = Progress {
            started: at(10),
            ..settled(1, 10)
        };
        let table = [
            // The first scan: history is what ended before the start by any clock.
            (&first_scan, Nothing, Some(4), None, Fate::Baseline),
            (&first_scan, Nothing, Some(5), None, Fate::Announce),
            (&first_scan, Nothing, None, None, Fate::Announce),
            (&first_scan, Announced, Some(4), None, Fate::Nothing),
            // Afterwards only what ended long before is history.
            (&later, Nothing, Some(9), None, Fate::Announce),
            (&later, Nothing, Some(-50), None, Fate::Announce),
            (&later, Nothing, Some(-51), None, Fate::Baseline),
            (&later, Nothing, None, None, Fate::Announce),
            (&later, Baseline, Some(9), None, Fate::Nothing),
            (&later, Announced, Some(11), None, Fate::Nothing),
            // History is announced on purpose only, and once.
            (&first_scan, Nothing, Some(3), Some(3), Fate::Announce),
            (&first_scan, Nothing, Some(2), Some(3), Fate::Baseline),
            (&later, Baseline, Some(5), Some(5), Fate::Announce),
            (&later, Baseline, Some(4), Some(5), Fate::Nothing),
            (&later, Announced, Some(5), Some(5), Fate::Nothing),
            (&later, Baseline, None, Some(5), Fate::Nothing),
        ];
        for (progress, remembered, completed, since, expected) in table {
            let fate = fate(&request(completed), remembered, progress, since.map(at));
            assert_eq!(
                fate, expected,
                "{progress:?} {remembered:?} {completed:?} since {since:?}"
            );
        }
    }
}
