//! Faults: every story under weather, storms, lagging reads, bad pages and wrong clocks.

use std::collections::BTreeSet;

use crate::world::Refusal;

use super::stories::{End, audits, poller, stamper, sweeps};
use super::trouble::Trouble;
use super::{Bound, Figure, Told, tell};

/// Requests of the poller's stories.
const REQUESTS: usize = 12;

/// Writes of the ledger.
const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "TransactWriteItems", "DeleteItem"];

const LAG: &str = "reads lag by 5 minutes";

/// While the poller lists, rows come and go, too.
const PAGES: &str = "pages empty, tokens expired and repeated";

/// A story under one kind of trouble.
#[derive(Debug)]
pub struct Scene {
    /// What is going on.
    pub name: String,
    /// One story for each seed or moment.
    pub told: Told<End>,
    /// By what the trouble shows, and in how many of the stories; `None` in peace.
    sign: Option<(&'static str, usize)>,
}

/// Every story under every trouble that can befall it, with so many seeds of each; those that are variants of another
/// one, or longer, with a quarter of them.
#[must_use]
pub fn scenes(seeds: usize) -> Vec<Scene> {
    let poller = |trouble| poller::story(REQUESTS, trouble);
    let mut scenes = all("poller", seeds, &poller, &[]);
    // It lists nothing.
    scenes.extend(all("stamper", seeds, &stamper::story, &[PAGES]));
    scenes.extend(all("contact sweep", seeds, &sweeps::plain, &[]));
    scenes.extend(all("GovCloud audits", seeds, &audits::story, &[]));
    let few = (seeds / 4).max(1);
    let (drifted, resumed) = (&stamper::drifted, &sweeps::resumed);
    scenes.extend(all("contact that was replaced", few, drifted, &[PAGES]));
    // It reads nothing that was written less than an hour ago.
    scenes.extend(all("resumed contact sweep", few, resumed, &[LAG]));
    scenes.extend(all("approved contact sweep", few, &sweeps::approved, &[]));
    scenes
}

fn all<F: Future<Output = End>>(
    name: &str,
    seeds: usize,
    story: &(impl Fn(Trouble) -> F + Sync),
    left_out: &[&str],
) -> Vec<Scene> {
    let peace = tell(&[Trouble::Peace], story);
    let calls = peace.ends.first().map_or(0, |end| end.calls);
    // In the very worlds that lag and clocks befall: by nothing else may these stories be told otherwise.
    let quiet = tell(&by_seed(seeds, Trouble::Quiet), story);
    let in_peace: BTreeSet<_> = quiet.ends.iter().map(|end| end.told).collect();
    let mut scenes = vec![Scene {
        name: format!("{name}, in peace"),
        told: quiet,
        sign: None,
    }];
    let kinds = troubles(seeds, calls).into_iter();
    let kinds = kinds.filter(|(kind, _)| !left_out.contains(kind));
    scenes.extend(kinds.map(|(kind, troubles)| {
        let told = tell(&troubles, story);
        Scene {
            name: format!("{name}, {kind}"),
            sign: Some(sign(troubles[0], &told, &in_peace)),
            told,
        }
    }));
    scenes
}

/// Lag and clocks strike no call: they show by stories that are told otherwise than in peace.
fn sign(trouble: Trouble, told: &Told<End>, in_peace: &BTreeSet<u64>) -> (&'static str, usize) {
    let ends = told.ends.iter();
    if trouble.is_compared() {
        let otherwise = ends.filter(|end| !in_peace.contains(&end.told)).count();
        ("of these told otherwise than in peace", otherwise)
    } else {
        ("of these struck", ends.filter(|end| 0 < end.struck).count())
    }
}

fn by_seed(seeds: usize, trouble: fn(u64) -> Trouble) -> Vec<Trouble> {
    (0..seeds as u64).map(trouble).collect()
}

/// Storms begin at calls that are spread over a story of so many.
fn troubles(seeds: usize, calls: usize) -> Vec<(&'static str, Vec<Trouble>)> {
    let of = |trouble: fn(u64) -> Trouble| by_seed(seeds, trouble);
    let storm = |refusal, operations| {
        // In the last quarter there is less and less to be struck.
        let at = |seed| seed * calls * 3 / (4 * seeds);
        (0..seeds)
            .map(|seed| Trouble::Storm(refusal, operations, at(seed)))
            .collect()
    };
    vec![
        (
            "20 % throttled, 5 % hanging, 2 % failing",
            of(Trouble::Weather),
        ),
        (
            "all throttled for 5 minutes",
            storm(Refusal::Throttled, &[]),
        ),
        (
            "all connections reset for 5 minutes",
            storm(Refusal::Reset, &[]),
        ),
        (
            "the ledger refuses writes for 5 minutes",
            storm(Refusal::Internal, &WRITES),
        ),
        (
            "the topic refuses for 5 minutes",
            storm(Refusal::Denied, &["Publish"]),
        ),
        (
            "connections to the topic reset for 5 minutes",
            storm(Refusal::Reset, &["Publish"]),
        ),
        (
            "signatures refused for 5 minutes",
            storm(Refusal::Skewed, &[]),
        ),
        (LAG, of(Trouble::Lag)),
        (PAGES, of(Trouble::Pages)),
        ("a clock that is off and jumps", of(Trouble::Clock)),
    ]
}

/// The figures of all scenes, which are so many runs at least.
#[must_use]
pub fn figures(least: u64, scenes: &[Scene]) -> Vec<Figure> {
    let all = || scenes.iter().map(|scene| &scene.told);
    let mut figures: Vec<_> = scenes.iter().flat_map(scene_figures).collect();
    let runs = all().map(Told::stories).sum();
    let broken = all().map(|told| told.broken.len()).sum();
    let ends = || all().flat_map(|told| &told.ends);
    let repeated = ends().map(|end| end.repeated).sum();
    let struck: usize = ends().map(|end| end.struck).sum();
    figures.extend([
        Figure::new("faults: runs in all", runs, "runs", Bound::AtLeast(least)),
        Figure::new(
            "faults: runs that lost, left over, repeated without reason or panicked",
            broken,
            "runs",
            Bound::Exactly(0),
        ),
        Figure::new(
            "faults: second deliveries, each after a publish that was not marked",
            repeated,
            "messages",
            Bound::AtMost(struck as u64),
        ),
    ]);
    figures
}

fn scene_figures(scene: &Scene) -> Vec<Figure> {
    let name = format!("faults: {}", scene.name);
    let runs = scene.told.stories();
    let mut figures = vec![Figure::new(name.as_str(), runs, "runs", Bound::AtLeast(1))];
    if let Some((sign, shown)) = scene.sign {
        let half = Bound::AtLeast(runs as u64 / 2);
        let sign = format!("{name}: {sign}");
        figures.push(Figure::new(sign, shown, "runs", half));
    }
    figures
}
