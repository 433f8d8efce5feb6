//! Faults: every story under weather, storms, lagging reads, bad pages and wrong clocks.

use crate::world::Refusal;

use super::stories::{End, audits, poller, stamper, sweeps};
use super::trouble::Trouble;
use super::{Bound, Figure, Told, tell};

/// Requests of the poller's stories.
const REQUESTS: usize = 12;

/// Writes of the ledger.
const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "TransactWriteItems", "DeleteItem"];

/// While the poller lists, rows come and go, too.
const PAGES: &str = "pages empty, tokens expired and repeated";

/// A story under one kind of trouble.
#[derive(Debug)]
pub struct Scene {
    /// What is going on.
    pub name: String,
    /// One story for each seed or moment.
    pub told: Told<End>,
    /// Whether the trouble shows by the calls that it strikes.
    strikes: bool,
}

/// Every story under every trouble that can befall it, with so many seeds of each.
#[must_use]
pub fn scenes(seeds: usize) -> Vec<Scene> {
    let poller = |trouble| poller::story(REQUESTS, trouble);
    let mut scenes = all("poller", seeds, &poller, &[]);
    // It lists nothing.
    scenes.extend(all("stamper", seeds, &stamper::story, &[PAGES]));
    scenes.extend(all("contact sweep", seeds, &sweeps::plain, &[]));
    scenes.extend(all("GovCloud audits", seeds, &audits::story, &[]));
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
    let kinds = troubles(seeds, calls).into_iter();
    kinds
        .filter(|(kind, _)| !left_out.contains(kind))
        .map(|(kind, troubles)| Scene {
            name: format!("{name}, {kind}"),
            told: tell(&troubles, story),
            strikes: !matches!(troubles[0], Trouble::Lag | Trouble::Clock(_)),
        })
        .collect()
}

/// Storms begin at calls that are spread over a story of so many.
fn troubles(seeds: usize, calls: usize) -> Vec<(&'static str, Vec<Trouble>)> {
    let of = |trouble: fn(u64) -> Trouble| (0..seeds as u64).map(trouble).collect();
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
        ("reads lag by 5 minutes", vec![Trouble::Lag]),
        (PAGES, of(Trouble::Pages)),
        ("a clock that is off and jumps", of(Trouble::Clock)),
    ]
}

/// The figures of all scenes.
#[must_use]
pub fn figures(scenes: &[Scene]) -> Vec<Figure> {
    let all = || scenes.iter().map(|scene| &scene.told);
    let mut figures: Vec<_> = scenes.iter().flat_map(scene_figures).collect();
    let runs = all().map(Told::stories).sum();
    let broken = all().map(|told| told.broken.len()).sum();
    let ends = || all().flat_map(|told| &told.ends);
    let repeated = ends().map(|end| end.repeated).sum();
    let struck: usize = ends().map(|end| end.struck).sum();
    figures.extend([
        Figure::new("faults: runs in all", runs, "runs", Bound::AtLeast(1)),
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
    let struck = scene.told.ends.iter().filter(|end| 0 < end.struck).count();
    let mut figures = vec![Figure::new(name.as_str(), runs, "runs", Bound::AtLeast(1))];
    if scene.strikes {
        let half = Bound::AtLeast(runs as u64 / 2);
        figures.push(Figure::new(
            format!("{name}: of these struck"),
            struck,
            "runs",
            half,
        ));
    }
    figures
}
