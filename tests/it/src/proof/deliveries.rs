//! Deliveries more than once and in any order, sweeps at once, and an event in the middle of a sweep.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::Instant;

use crate::world::{Delivery, Ended, Sweeping, World};

use super::stories::{End, stamper, sweeps};
use super::trouble::Trouble;
use super::{Bound, Figure, Told, tell};

/// Each account is told of so many times.
const TIMES: usize = 4;

/// Records of the same accounts, shuffled, in batches of any size, to two copies of the stamper at once.
#[must_use]
pub fn shuffled(seeds: u64) -> Told<End> {
    let seeds: Vec<_> = (0..seeds).collect();
    tell(&seeds, async |seed| {
        let mut rng = StdRng::seed_from_u64(seed);
        stamper::tell(Trouble::Peace, async |world, accounts| {
            let mut records: Vec<_> = (0..TIMES)
                .flat_map(|time| accounts.iter().map(move |it| stamper::record(it, time)))
                .collect();
            while !records.is_empty() {
                records.shuffle(&mut rng);
                let some = rng.random_range(1..=records.len());
                let (one, other) = records[..some].split_at(rng.random_range(0..=some));
                let again = at_once(world, one, other).await;
                let left = records.split_off(some);
                records.retain(|record| again.contains(&record.id));
                records.extend(left);
                tokio::time::sleep(Duration::from_secs(rng.random_range(1..300))).await;
            }
            // The policy asks for two.
            let puts = world.simulator.calls()["PutAlternateContact"].calls;
            assert_eq!(
                puts,
                2 * accounts.len() as u64,
                "each contact is written once"
            );
        })
        .await
    })
}

/// What comes again of two batches that are delivered at once.
async fn at_once(world: &World, one: &[Delivery], other: &[Delivery]) -> Vec<String> {
    let shells = [(); 2].map(|()| world.cold_stamper(&stamper::VARS));
    let (one, other) = tokio::join!(
        world.deliver(&shells[0], one),
        world.deliver(&shells[1], other)
    );
    [one, other].concat()
}

/// What became of two sweeps.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// One of them was refused.
    pub is_refused: bool,
}

/// Two sweeps of one kind, the second one so many milliseconds later: one of them sweeps, or one after the other.
#[must_use]
pub fn two_sweeps(offsets: &[u64]) -> Told<Pair> {
    tell(offsets, async |offset| {
        let world = sweeps::world(Trouble::Peace);
        let late = async {
            tokio::time::sleep(Duration::from_millis(offset)).await;
            let begun = Instant::now();
            let other = Sweeping::new("other", json!({"kind": "contacts"}));
            (begun, world.sweep(&other).await)
        };
        let first = async {
            let sweeping = Sweeping::new("s", json!({"kind": "contacts"}));
            (world.sweep(&sweeping).await, Instant::now())
        };
        let ((one, ended), (begun, other)) = tokio::join!(first, late);
        let refused = Ended::Failed("SweepRunning".to_owned());
        let all = |name| (name, "complete", sweeps::CHANGES);
        let (swept, is_refused) = match (one, other) {
            (Ended::Done(_), other) if other == refused => (vec![all("s")], true),
            (one, Ended::Done(_)) if one == refused => (vec![all("other")], true),
            (Ended::Done(_), Ended::Done(_)) => {
                // The lock is given back in the last step.
                assert!(ended < begun + Duration::from_secs(1), "both at once");
                (vec![all("s"), ("other", "complete", 0)], false)
            }
            other => panic!("{other:?}"),
        };
        sweeps::check(&world, &swept).await;
        Pair { is_refused }
    })
}

/// The figures of two sweeps, so many times.
#[must_use]
pub fn pair_figures(runs: u64, told: &Told<Pair>) -> Vec<Figure> {
    let refused = told.ends.iter().filter(|pair| pair.is_refused).count();
    let what = "deliveries: two sweeps at once, of these one refused";
    let mut all = Vec::from(figures("two sweeps at once", runs, told));
    all.push(Figure::new(what, refused, "runs", Bound::AtLeast(1)));
    all
}

/// Who changed the contacts of an account, a sweep or an event.
#[derive(Clone, Copy, Debug)]
pub struct Meeting {
    /// So many changes are the event's; the others are the sweep's.
    pub by_event: usize,
}

/// A contact sweep, and so many milliseconds later an event for one of its accounts: each change is made once, and told
/// once, by the one or the other.
#[must_use]
pub fn sweep_and_event(offsets: &[u64]) -> Told<Meeting> {
    tell(offsets, async |offset| {
        let world = sweeps::world(Trouble::Peace);
        let account = world.simulator.accounts().into_keys().next_back().unwrap();
        let late = async {
            tokio::time::sleep(Duration::from_millis(offset)).await;
            let begun = Instant::now();
            let mut records = vec![stamper::record(&account, 0)];
            while !records.is_empty() {
                let again = world.deliver(&world.cold_stamper(&[]), &records).await;
                records.retain(|record| again.contains(&record.id));
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            begun
        };
        let sweep = async {
            let sweeping = Sweeping::new("s", json!({"kind": "contacts"}));
            (world.sweep(&sweeping).await, Instant::now())
        };
        let ((sweep, ended), begun) = tokio::join!(sweep, late);
        assert!(matches!(sweep, Ended::Done(_)), "{sweep:?}");
        assert!(begun < ended, "the event came after the sweep");
        let by_event = stamper::announced(&world).len();
        let swept = sweeps::CHANGES - by_event as u64;
        let puts = world.simulator.calls()["PutAlternateContact"].calls;
        assert_eq!(puts, sweeps::CHANGES, "each change is made once");
        sweeps::check(&world, &[("s", "complete", swept)]).await;
        Meeting { by_event }
    })
}

/// The figures of a sweep and an event, so many times.
#[must_use]
pub fn meeting_figures(runs: u64, told: &Told<Meeting>) -> Vec<Figure> {
    let who = |name: &str, is_so: fn(&Meeting) -> bool| {
        let name = format!("deliveries: an event in a sweep, {name}");
        let runs = told.ends.iter().filter(|it| is_so(it)).count();
        Figure::new(name, runs, "runs", Bound::AtLeast(1))
    };
    let mut all = Vec::from(figures("an event in a sweep", runs, told));
    all.extend([
        who("of these changed by the event", |it| 0 < it.by_event),
        who("of these changed by the sweep", |it| it.by_event == 0),
    ]);
    all
}

/// The figures of a scene that ran so many times.
#[must_use]
pub fn figures<T>(name: &str, runs: u64, told: &Told<T>) -> [Figure; 2] {
    let name = |what: &str| format!("deliveries: {name}, {what}");
    let broken = told.broken.len();
    [
        Figure::new(name("runs"), told.stories(), "runs", Bound::Exactly(runs)),
        Figure::new(name("broken"), broken, "runs", Bound::Exactly(0)),
    ]
}
