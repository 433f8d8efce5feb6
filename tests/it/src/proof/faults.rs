//! Faults: every story under weather, storms, lagging reads, bad pages and wrong clocks.

use crate::world::Refusal;

use super::stories::{End, audits, poller, stamper, sweeps};
use super::trouble::Trouble;
use super::{Bound, Figure, Told, tell};

/// Requests of the poller's stories.
const REQUESTS: usize = 12;

/// Writes of the ledger.
const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "TransactWriteItems", "DeleteItem"];

const SIGNATURES: &str = "signatures refused for 5 minutes";

/// A story under one kind of trouble.
#[derive(Debug)]
pub struct Scene {
    /// What is going on.
    pub name: String,
    /// One story for each seed or moment.
    pub told: Told<End>,
}

/// Every story under every trouble, with so many seeds of each.
#[must_use]
pub fn scenes(seeds: u64) -> Vec<Scene> {
    let mut scenes = Vec::new();
    for (name, troubles) in troubles(seeds) {
        let mut scene = |story: &str, told| {
            let name = format!("{story}, {name}");
            scenes.push(Scene { name, told });
        };
        scene("poller", tell(&troubles, |it| poller::story(REQUESTS, it)));
        scene("stamper", tell(&troubles, stamper::story));
        // A refused signature is nothing that a step waits for: the sweep fails, and says so.
        if name == SIGNATURES {
            continue;
        }
        scene("contact sweep", tell(&troubles, sweeps::plain));
        scene("GovCloud audits", tell(&troubles, audits::story));
    }
    scenes
}

fn troubles(seeds: u64) -> Vec<(&'static str, Vec<Trouble>)> {
    let of = |trouble: fn(u64) -> Trouble| (0..seeds).map(trouble).collect();
    vec![
        (
            "20 % throttled, 5 % hanging, 2 % failing",
            of(Trouble::Weather),
        ),
        (
            "all throttled for 5 minutes",
            of(|at| Trouble::Storm(Refusal::Throttled, &[], at)),
        ),
        (
            "all connections reset for 5 minutes",
            of(|at| Trouble::Storm(Refusal::Reset, &[], at)),
        ),
        (
            "the ledger refuses writes for 5 minutes",
            of(|at| Trouble::Storm(Refusal::Internal, &WRITES, at)),
        ),
        (
            "the topic refuses for 5 minutes",
            of(|at| Trouble::Storm(Refusal::Denied, &["Publish"], at)),
        ),
        (
            "connections to the topic reset for 5 minutes",
            of(|at| Trouble::Storm(Refusal::Reset, &["Publish"], at)),
        ),
        (
            SIGNATURES,
            of(|at| Trouble::Storm(Refusal::Skewed, &[], at)),
        ),
        ("reads lag by 5 minutes", vec![Trouble::Lag]),
        (
            "pages empty, tokens expired and repeated",
            of(Trouble::Pages),
        ),
        ("a clock that is off and jumps", of(Trouble::Clock)),
    ]
}

/// The figures of all scenes.
#[must_use]
pub fn figures(scenes: &[Scene]) -> Vec<Figure> {
    let mut figures: Vec<_> = scenes
        .iter()
        .map(|scene| {
            let name = format!("faults: {}", scene.name);
            Figure::new(name, scene.told.stories(), "runs", Bound::AtLeast(1))
        })
        .collect();
    let broken = scenes.iter().map(|scene| scene.told.broken.len()).sum();
    figures.push(Figure::new(
        "faults: runs that lost, left over, repeated without reason or panicked",
        broken,
        "runs",
        Bound::Exactly(0),
    ));
    figures
}
