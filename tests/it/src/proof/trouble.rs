//! What goes wrong in a story.

use std::time::Duration;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use simulator::{Calls, Fault, FaultKind, Options, Start};

use crate::world::{Fate, Kill, Refusal, Weather, World};

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The function is killed before the call is sent.
    NotSent,
    /// The call takes effect, and the function is killed before its answer.
    Unanswered,
    /// The call is answered, and the function is killed.
    Answered,
    /// The call takes effect, its answer is lost, and the function lives on.
    Lost,
}

/// One crash.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// The number of the call, counted from the beginning of the story.
    pub at: usize,
    /// What happens there.
    pub how: How,
}

/// The trouble of one story.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// None.
    Peace,
    /// None, in the world of this seed.
    Quiet(u64),
    /// A crash.
    Crash(Crash),
    /// All the time 20 % of all calls are throttled, 5 % hang and 2 % fail, by this seed.
    Weather(u64),
    /// These operations, or all, fail for five minutes, from this call on.
    Storm(Refusal, &'static [&'static str], usize),
    /// Reads do not see a write for five minutes, and the ledger's index for up to five minutes, by this seed.
    Lag(u64),
    /// Pages come empty, tokens expire or repeat, rows appear and vanish, by this seed.
    Pages(u64),
    /// The function's clock is up to five minutes off and jumps, by this seed.
    Clock(u64),
}

/// How long a storm is.
pub(super) const STORM: Duration = Duration::from_secs(300);

/// How long a page takes while rows vanish.
const PAGE: Duration = Duration::from_millis(200);

impl Trouble {
    /// A world with what this trouble needs from the beginning.
    pub(super) fn world(self, options: Options) -> World {
        let options = match self {
            Self::Lag(seed) => Options {
                seed,
                lag: Duration::from_secs(300),
                ..options
            },
            Self::Pages(seed) => Options {
                seed,
                empty_pages: 0.3,
                latency: PAGE,
                ..options
            },
            Self::Quiet(seed) | Self::Weather(seed) | Self::Clock(seed) => {
                Options { seed, ..options }
            }
            Self::Peace | Self::Crash(_) | Self::Storm(..) => options,
        };
        if self.is_compared() {
            // By nothing else may they be told otherwise: not by the delays of the SDK's retries, either.
            fastrand::seed(options.seed);
        }
        let world = World::new(options);
        if let Self::Clock(seed) = self {
            world.set_clock(&mut StdRng::seed_from_u64(seed));
        }
        world
    }

    /// So many accounts, or three pages of them where pages matter.
    pub(super) const fn accounts(self, few: usize) -> usize {
        if matches!(self, Self::Pages(_)) {
            50
        } else {
            few
        }
    }

    /// Whether it goes on all the time, from before the first call.
    pub(super) const fn is_lasting(self) -> bool {
        matches!(self, Self::Weather(_) | Self::Pages(_))
    }

    /// Whether this trouble shows by a story that is told otherwise than in the quiet world of its seed. So what a story does
    /// to meet reads that lag, it does in all of these.
    pub(super) const fn is_compared(self) -> bool {
        matches!(self, Self::Quiet(_) | Self::Lag(_) | Self::Clock(_))
    }

    /// Whether a tick must have announced what it could a minute after this trouble.
    pub(super) const fn passes(self) -> bool {
        matches!(self, Self::Storm(Refusal::Throttled, [], _))
    }
}

impl World {
    /// Arranges for a crash, which counts calls from the beginning.
    pub(super) fn arrange(&self, trouble: Trouble) {
        let Trouble::Crash(Crash { at, how }) = trouble else {
            return;
        };
        match how {
            How::NotSent => self.kill(at, Kill::Before),
            How::Unanswered => self.kill(at, Kill::After),
            How::Answered => self.kill(at, Kill::Answered),
            How::Lost => self.lose(at),
        }
    }

    /// Begins all other trouble.
    pub(super) fn begin(&self, trouble: Trouble) {
        match trouble {
            Trouble::Weather(seed) => self.set_weather(Some(Weather::bad(seed))),
            Trouble::Storm(refusal, operations, call) => {
                self.set_weather(Some(Weather::storm_at(refusal, operations, call, STORM)));
            }
            Trouble::Pages(seed) => self.simulator.set_faults(bad_tokens(seed)),
            Trouble::Peace
            | Trouble::Quiet(_)
            | Trouble::Crash(_)
            | Trouble::Lag(_)
            | Trouble::Clock(_) => (),
        }
    }

    /// Sets the function's clock, between two invocations or, after a while, in the middle of one.
    pub(super) async fn meddle_with_clock(&self, trouble: Trouble, round: usize) {
        let Trouble::Clock(seed) = trouble else {
            return;
        };
        let mut rng = StdRng::seed_from_u64(seed + 1_000 * round as u64);
        self.set_clock(&mut rng);
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..300))).await;
        self.set_clock(&mut rng);
    }

    /// The same in a sweep. The clock is right in the end: one that is ahead by a whole Lambda timeout leaves no time for
    /// anything.
    pub(super) async fn disturb_clock(&self, trouble: Trouble, round: usize) {
        self.meddle_with_clock(trouble, round).await;
        tokio::time::sleep(STORM).await;
        self.clock.set_error(TimeDelta::zero());
    }

    fn set_clock(&self, rng: &mut StdRng) {
        let off = TimeDelta::seconds(rng.random_range(-300..=300));
        self.clock.set_error(off);
    }

    /// While a tick reads the listing, takes one of these rows after the other out of it, and puts new ones in.
    pub(super) async fn stir(&self, trouble: Trouble, requests: &[String]) -> Vec<String> {
        let mut appeared = Vec::new();
        if !matches!(trouble, Trouble::Pages(_)) {
            return appeared;
        }
        for request in requests {
            tokio::time::sleep(PAGE * 3 / 2).await;
            self.simulator.forget(request).unwrap();
            appeared.push(self.simulator.start(Start::default()));
        }
        appeared
    }

    /// Calls that trouble struck.
    pub(super) fn struck(&self) -> usize {
        let calls = self.calls();
        let struck = calls
            .iter()
            .filter(|call| !matches!(call.fate, Fate::Answered | Fate::Dropped));
        let counts = self.simulator.calls();
        let listings = counts.iter().filter(|(name, _)| name.starts_with("List"));
        let odd: u64 = listings.map(|(_, count)| count.odd + count.failed).sum();
        struck.count() + usize::try_from(odd).unwrap()
    }

    /// The end of all trouble.
    pub(super) fn calm(&self) {
        self.spare();
        self.set_weather(None);
        self.clock.set_error(TimeDelta::zero());
        self.simulator.set_faults(Vec::new());
    }
}

/// Of twenty pages three are refused for their token, and one gives its token again.
fn bad_tokens(seed: u64) -> Vec<Fault> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut struck = |share| (1..400).filter(|_| rng.random_bool(share)).collect();
    ["ListCreateAccountStatus", "ListAccounts"]
        .into_iter()
        .flat_map(|operation| {
            [
                Fault::on(
                    operation,
                    Calls::List(struck(0.15)),
                    FaultKind::ExpiredToken,
                ),
                Fault::on(operation, Calls::List(struck(0.05)), FaultKind::RepeatToken),
            ]
        })
        .collect()
}
