//! The crash matrix: a story is told once in peace, and then again for each of its calls and each way to crash there.

use super::stories::{End, audits, on_demand, poller, stamper, sweeps};
use super::trouble::{Crash, How, Trouble};
use super::{Bound, Figure, Told, tell};

/// Every way.
pub(super) const WAYS: [How; 4] = [How::NotSent, How::Unanswered, How::Answered, How::Lost];

/// Of the crashes at calls of a kind, one in so many is made. Odd, so that each way has its turn.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Calls that change something outside the function.
    pub effects: usize,
    /// All others.
    pub reads: usize,
}

const ALL: Share = Share {
    effects: 1,
    reads: 1,
};

/// Tells a story for every crash, or for some.
fn matrix<F: Future<Output = End>>(share: Share, story: impl Fn(Trouble) -> F + Sync) -> Told<End> {
    let peace = tell(&[Trouble::Peace], &story);
    let (calls, effects) = match peace.ends.first() {
        Some(end) => (end.calls, end.effects.as_slice()),
        None => (0, [].as_slice()),
    };
    let reads = (0..calls).filter(|at| !effects.contains(at));
    let effects = crashes(effects.iter().copied(), share.effects);
    let cases: Vec<_> = effects.chain(crashes(reads, share.reads)).collect();
    let mut told = tell(&cases, &story);
    told.broken.extend(peace.broken);
    told
}

fn crashes(calls: impl Iterator<Item = usize>, one_in: usize) -> impl Iterator<Item = Trouble> {
    let crashes = calls.flat_map(|at| WAYS.map(|how| Trouble::Crash(Crash { at, how })));
    crashes.step_by(one_in)
}

/// A scene of the matrix, and what came of it.
#[derive(Debug)]
pub struct Scene {
    /// What is going on.
    pub name: String,
    /// One story for each crash.
    pub told: Told<End>,
}

/// A scene of each function; the poller's worlds have so many requests.
#[must_use]
pub fn scenes(requests: &[usize]) -> Vec<Scene> {
    let mut scenes: Vec<_> = requests
        .iter()
        .map(|count| {
            let name = format!("poller, {count} requests");
            scene(&name, matrix(ALL, |trouble| poller::story(*count, trouble)))
        })
        .collect();
    let unheard = "poller, what nobody hears or understands";
    scenes.push(scene(unheard, matrix(ALL, poller::unheard)));
    let batch = "stamper, three accounts in one batch";
    scenes.push(scene(batch, matrix(ALL, stamper::story)));
    let drift = "stamper, a contact that somebody replaced";
    scenes.push(scene(drift, matrix(ALL, stamper::drifted)));
    let unheard = "stamper, a topic that refuses";
    scenes.push(scene(unheard, matrix(ALL, stamper::unheard)));
    scenes.push(scene("contact sweep", matrix(ALL, sweeps::plain)));
    scenes.push(scene("GovCloud audit", matrix(ALL, audits::story)));
    scenes
}

/// Longer scenes of sweeps, and of a person beside one of them; of their crashes some.
#[must_use]
pub fn longer_scenes(share: Share) -> [Scene; 7] {
    [
        scene(
            "contact sweep that removes, and changes primary contacts",
            matrix(share, sweeps::tidying),
        ),
        scene(
            "GovCloud audit, a topic that refuses",
            matrix(share, audits::unheard),
        ),
        scene("contact sweep that fails", matrix(share, sweeps::failing)),
        scene(
            "contact sweep that is resumed",
            matrix(share, sweeps::resumed),
        ),
        scene(
            "contact sweep that a person approves",
            matrix(share, sweeps::approved),
        ),
        scene(
            "contact sweep beside a person who asks for one account",
            matrix(share, on_demand::contacts),
        ),
        scene(
            "GovCloud audit beside a person who asks for one account",
            matrix(share, on_demand::links),
        ),
    ]
}

fn scene(name: &str, told: Told<End>) -> Scene {
    Scene {
        name: name.to_owned(),
        told,
    }
}

/// The runs that came to their crash: some have ended before.
fn crashed(told: &Told<End>) -> usize {
    told.ends.iter().filter(|end| 0 < end.crashes).count() + told.broken.len()
}

/// The figures of all scenes.
#[must_use]
pub fn figures(scenes: &[Scene], least: u64) -> Vec<Figure> {
    let all = || scenes.iter().map(|scene| &scene.told);
    let crashes = all().map(crashed).sum();
    let broken = all().map(|told| told.broken.len()).sum();
    let repeated = all()
        .flat_map(|told| &told.ends)
        .map(|end| end.repeated)
        .sum();
    let stories = |scene: &Scene| {
        let name = format!("crashes: {}", scene.name);
        Figure::new(name, crashed(&scene.told), "runs", Bound::AtLeast(1))
    };
    let mut figures: Vec<_> = scenes.iter().map(stories).collect();
    figures.extend([
        Figure::new("crashes in all", crashes, "runs", Bound::AtLeast(least)),
        Figure::new(
            "crashes: runs that lost, left over, repeated without reason or panicked",
            broken,
            "runs",
            Bound::Exactly(0),
        ),
        Figure::new(
            "crashes: second deliveries, all between publish and mark, with the same id",
            repeated,
            "messages",
            Bound::AtMost(crashes as u64),
        ),
    ]);
    figures
}
