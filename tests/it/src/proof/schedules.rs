//! Long stories of the poller under a seed: waves of requests, up to four pollers at once, events in any order and more
//! than once, and crashes all the way.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::time::Duration;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use simulator::{Options, Outcome, Start};
use tokio::time::Instant;

use creation_poller::Shell;

use crate::world::{Call, End as Ended, World};

use super::crash::WAYS;
use super::stories::poller::{announced, check, event, unlist};
use super::stories::{nothing_is_pending, repeated};
use super::trouble::{Crash, How, Trouble};
use super::{Bound, Figure, Told, tell};

/// Requests come in this many waves.
const WAVES: usize = 20;
/// Up to so many pollers run at once.
const POLLERS: usize = 4;
/// A crash is at one of so many next calls: a tick with nothing new makes four, one that has to announce makes hundreds. So
/// some come to nothing.
const NEAR: [usize; 3] = [10, 100, 1_000];

/// For how long AWS lists the requests of a schedule: it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// To the end.
    Always,
    /// Every other one until there is an open row: from then on that row is all that tells of the request.
    UntilOpen,
}

impl Listed {
    /// What these schedules are called.
    #[must_use]
    pub const fn scene(self) -> &'static str {
        match self {
            Self::Always => "schedules",
            Self::UntilOpen => "schedules, unlisted",
        }
    }
}

/// How one schedule ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    calls: usize,
    /// In virtual time, the delays of the SDK's retries among it.
    took: Duration,
    /// A digest of all calls, in their order, and of what became of each.
    told: u64,
    crashes: usize,
    unlisted: usize,
    announced: usize,
    repeated: usize,
}

/// Tells a schedule of each seed.
#[must_use]
pub fn schedules(requests: usize, seeds: Range<u64>, listed: Listed) -> Told<End> {
    let seeds: Vec<_> = seeds.collect();
    tell(&seeds, |seed| story(requests, seed, listed))
}

async fn story(count: usize, seed: u64, listed: Listed) -> End {
    let begun = Instant::now();
    let world = World::new(Options {
        seed,
        ..Options::default()
    });
    let mut schedule = Schedule {
        rng: StdRng::seed_from_u64(seed),
        world: &world,
        warm: Default::default(),
        requests: Vec::new(),
    };
    let mut unlisted = BTreeSet::new();
    world.run(&world.cold_poller(&[]), tick()).await;
    for wave in 0..WAVES {
        schedule.start(count * (wave + 1) / WAVES);
        for _ in 0..3 {
            schedule.round().await;
            if listed == Listed::UntilOpen {
                unlisted.extend(unlist(&world, &schedule.requests));
            }
        }
    }
    schedule.settle().await;
    check(&world, &schedule.requests.into_iter().collect());
    nothing_is_pending(&world);
    let calls = world.calls();
    End {
        calls: calls.len(),
        took: begun.elapsed(),
        told: digest(&calls),
        crashes: calls.iter().filter(|call| call.is_crash()).count(),
        unlisted: unlisted.len(),
        announced: announced(&world).len(),
        repeated: repeated(&world),
    }
}

fn digest(calls: &[Call]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for call in calls {
        (call.invocation, &call.operation, call.fate).hash(&mut hasher);
    }
    hasher.finish()
}

struct Schedule<'a> {
    rng: StdRng,
    world: &'a World,
    /// Functions live on until they are killed.
    warm: [Option<Shell>; POLLERS],
    requests: Vec<String>,
}

/// When a poller starts, and for what.
struct Beginning {
    delay: Duration,
    /// How far the clock is off, if it is a cold start.
    clock: TimeDelta,
    payload: Value,
}

impl Schedule<'_> {
    /// Starts requests until there are so many.
    fn start(&mut self, count: usize) {
        while self.requests.len() < count {
            let request = self.world.simulator.start(Start {
                govcloud: self.rng.random_bool(0.1),
                duration: Some(Duration::from_secs(self.rng.random_range(1..400))),
                outcome: if self.rng.random_bool(0.2) {
                    Outcome::Fail("INTERNAL_FAILURE".to_owned())
                } else {
                    Outcome::Succeed
                },
                ..Start::default()
            });
            self.requests.push(request);
        }
    }

    /// Some pollers within a minute, and a crash of one, if it comes so far.
    async fn round(&mut self) {
        let near = *NEAR.choose(&mut self.rng).unwrap_or(&1);
        let how = *WAYS.choose(&mut self.rng).unwrap_or(&How::Lost);
        // The world counts from now on.
        let at = self.rng.random_range(0..near);
        self.world.arrange(Trouble::Crash(Crash { at, how }));
        let pollers = self.rng.random_range(1..=POLLERS);
        let invocations: Vec<_> = (0..pollers).map(|_| self.invocation()).collect();
        let world = self.world;
        let invoke = async |(warm, start): (&mut Option<Shell>, Beginning)| {
            tokio::time::sleep(start.delay).await;
            let cold = || world.with_clock(start.clock).cold_poller(&[]);
            let shell = warm.get_or_insert_with(cold);
            if matches!(world.invoke(shell, start.payload).await, Ended::Killed) {
                *warm = None;
            }
        };
        let pollers = self.warm.iter_mut().zip(invocations);
        futures_util::future::join_all(pollers.map(invoke)).await;
        self.world.spare();
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    fn invocation(&mut self) -> Beginning {
        let delay = Duration::from_millis(self.rng.random_range(0..2_000));
        let clock = TimeDelta::seconds(self.rng.random_range(-300..=300));
        let payload = match self.rng.random_range(0..4) {
            0 => json!({"job": "reconcile"}),
            1 => self
                .requests
                .choose(&mut self.rng)
                .map_or_else(tick, |request| event(request)),
            _ => tick(),
        };
        Beginning {
            delay,
            clock,
            payload,
        }
    }

    /// Until all requests have ended, and every claim, and the next reconcile is over.
    async fn settle(&self) {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_secs(17 * 60)).await;
            self.world
                .run(&self.world.cold_poller(&[]), json!({"job": "reconcile"}))
                .await;
        }
    }
}

fn tick() -> Value {
    json!({"job": "tick"})
}

/// The figures of so many schedules of so many requests each.
#[must_use]
pub fn figures(listed: Listed, requests: usize, seeds: u64, told: &Told<End>) -> Vec<Figure> {
    let sum = |of: fn(&End) -> usize| told.ends.iter().map(of).sum::<usize>();
    let crashes = sum(|end| end.crashes);
    // None at all show nothing.
    let seeds = seeds.max(1);
    let name = |what: &str| format!("{}: {what}", listed.scene());
    let mut figures = vec![
        Figure::new(
            name("seeds"),
            told.stories(),
            "seeds",
            Bound::Exactly(seeds),
        ),
        Figure::new(
            name("requests announced"),
            sum(|end| end.announced),
            "requests",
            Bound::Exactly(seeds * requests as u64),
        ),
        Figure::new(name("crashes"), crashes, "crashes", Bound::AtLeast(seeds)),
        Figure::new(
            name("schedules that lost, left over, repeated without reason or panicked"),
            told.broken.len(),
            "schedules",
            Bound::Exactly(0),
        ),
        Figure::new(
            name("second deliveries, each explained by a crash"),
            sum(|end| end.repeated),
            "messages",
            Bound::AtMost(crashes as u64),
        ),
    ];
    if listed == Listed::UntilOpen {
        let name = name("requests no longer listed");
        let unlisted = sum(|end| end.unlisted);
        // Of the others some end before a poller sees them in progress.
        let least = Bound::AtLeast(seeds * requests as u64 / 4);
        figures.push(Figure::new(name, unlisted, "requests", least));
    }
    figures
}
