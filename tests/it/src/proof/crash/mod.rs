//! The crash matrix: a story is told once in peace, and then again for each of its calls and each way to crash there.

mod audits;
mod poller;
mod stamper;
mod sweeps;

use std::collections::BTreeMap;

use crate::world::{Kill, Message, World};

use super::{Bound, Figure, Told, tell};

pub(super) use poller::{check as check_announced, event};

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

/// Every way.
pub(super) const WAYS: [How; 4] = [How::NotSent, How::Unanswered, How::Answered, How::Lost];

/// One crash of a story.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// The number of the call, counted from the beginning of the story.
    pub at: usize,
    /// What happens there.
    pub how: How,
}

/// How a story ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct End {
    /// The calls it took.
    pub calls: usize,
    /// Deliveries beyond the first of an announcement.
    pub repeated: usize,
}

impl World {
    /// Arranges for a crash.
    pub(super) fn arrange(&self, crash: Option<Crash>) {
        let Some(Crash { at, how }) = crash else {
            return;
        };
        match how {
            How::NotSent => self.kill(at, Kill::Before),
            How::Unanswered => self.kill(at, Kill::After),
            How::Answered => self.kill(at, Kill::Answered),
            How::Lost => self.lose(at),
        }
    }
}

impl Crash {
    /// Only a message that was published and not marked may come again.
    pub(super) fn explains_a_repetition(self, world: &World) -> bool {
        let calls = world.calls();
        let Some(crashed) = calls.get(self.at) else {
            return false;
        };
        let publish = "Publish";
        match self.how {
            // What its invocation did before was to publish, and this is the mark.
            How::NotSent => {
                let before = calls[..self.at].iter().rev();
                let mut before = before.filter(|call| call.invocation == crashed.invocation);
                before.next().is_some_and(|call| call.operation == publish)
            }
            How::Unanswered | How::Answered | How::Lost => crashed.operation == publish,
        }
    }
}

/// Counts second deliveries; each must be of the first's id, and explained by the crash.
fn repeated(world: &World, crash: Option<Crash>) -> usize {
    let mut ids: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for message in world.messages() {
        ids.entry(message.id().to_owned())
            .or_default()
            .push(message);
    }
    let repeated: usize = ids.values().map(|deliveries| deliveries.len() - 1).sum();
    let explained = usize::from(crash.is_some_and(|crash| crash.explains_a_repetition(world)));
    assert!(repeated <= explained, "{repeated} unexplained deliveries");
    for deliveries in ids.values() {
        assert!(deliveries.iter().all(|it| it.body == deliveries[0].body));
    }
    repeated
}

/// No intent is left to be published.
pub(super) fn nothing_is_pending(world: &World) {
    let ledger = world.ledger().into_iter();
    let pending: Vec<_> = ledger.filter(|row| row.get("pending").is_some()).collect();
    assert!(pending.is_empty(), "left to be done: {pending:?}");
}

/// Tells a story for every crash.
fn matrix<F: Future<Output = End>>(story: impl Fn(Option<Crash>) -> F + Sync) -> Told<End> {
    let peace = tell(&[None], &story);
    let calls = peace.ends.first().map_or(0, |end| end.calls);
    let mut cases = Vec::new();
    for at in 0..calls {
        cases.extend(WAYS.map(|how| Some(Crash { at, how })));
    }
    let mut told = tell(&cases, &story);
    told.broken.extend(peace.broken);
    told
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
            scene(&name, matrix(|crash| poller::story(*count, crash)))
        })
        .collect();
    let batch = "stamper, three accounts in one batch";
    scenes.push(scene(batch, matrix(stamper::story)));
    scenes.push(scene("contact sweep", matrix(sweeps::plain)));
    scenes.push(scene("GovCloud audit", matrix(audits::story)));
    scenes
}

/// Scenes of two sweeps, one over what the other left.
#[must_use]
pub fn longer_scenes() -> [Scene; 2] {
    [
        scene("contact sweep that is resumed", matrix(sweeps::resumed)),
        scene(
            "contact sweep that a person approves",
            matrix(sweeps::approved),
        ),
    ]
}

fn scene(name: &str, told: Told<End>) -> Scene {
    Scene {
        name: name.to_owned(),
        told,
    }
}

/// The figures of all scenes.
#[must_use]
pub fn figures(scenes: &[Scene], least: u64) -> Vec<Figure> {
    let all = || scenes.iter().map(|scene| &scene.told);
    let crashes = all().map(Told::stories).sum();
    let broken = all().map(|told| told.broken.len()).sum();
    let repeated = all()
        .flat_map(|told| &told.ends)
        .map(|end| end.repeated)
        .sum();
    let stories = |scene: &Scene| {
        let name = format!("crashes: {}", scene.name);
        Figure::new(name, scene.told.stories(), "runs", Bound::AtLeast(1))
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
            Bound::AtMost(least),
        ),
    ]);
    figures
}
