//! Stories: what each function is for, told in a world with trouble, and what must be true in the end.

pub(super) mod audits;
pub(super) mod on_demand;
pub(super) mod poller;
pub(super) mod stamper;
pub(super) mod sweeps;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::world::{Call, Fate, Message, World};

use super::trouble::Trouble;

/// How a story ended.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// The calls it took.
    pub calls: usize,
    /// The numbers of those that change something outside the function.
    pub effects: Vec<usize>,
    /// Calls that trouble struck.
    pub struck: usize,
    /// Of these, crashes.
    pub crashes: usize,
    /// Deliveries beyond the first of an announcement.
    pub repeated: usize,
    /// A digest of how the story was told: stories that were told alike have the same one.
    pub told: u64,
}

/// What is to be true in the end of every story.
pub(super) fn end(world: &World) -> End {
    nothing_is_pending(world);
    let calls = world.calls();
    let effects = calls.iter().enumerate();
    let effects = effects.filter(|(_, call)| call.has_effect());
    End {
        calls: calls.len(),
        effects: effects.map(|(at, _)| at).collect(),
        struck: world.struck(),
        crashes: calls.iter().filter(|it| it.is_crash()).count(),
        repeated: repeated(world),
        told: digest(world),
    }
}

/// How many calls there were, and what was announced when, by the function's own clock. Not the whole messages: the version of
/// a policy is another one in each world, by the ledger's key.
fn digest(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.calls_so_far().hash(&mut hasher);
    for message in world.messages() {
        (message.text("/time"), message.text("/summary")).hash(&mut hasher);
    }
    hasher.finish()
}

/// No intent is left to be published.
pub(super) fn nothing_is_pending(world: &World) {
    let ledger = world.ledger().into_iter();
    let pending: Vec<_> = ledger.filter(|row| row.get("pending").is_some()).collect();
    assert!(pending.is_empty(), "left to be done: {pending:?}");
}

/// Calls of this operation were refused: else a story does not tell what it is to tell.
pub(super) fn refused(world: &World, operation: &str) {
    let calls = world.calls().into_iter();
    let mut calls = calls.filter(|call| call.operation == operation);
    let struck = calls.any(|call| matches!(call.fate, Fate::Struck(_)));
    assert!(struck, "no {operation} was refused");
}

/// Counts second deliveries; each must come after a publish that was not marked.
pub(super) fn repeated(world: &World) -> usize {
    let calls = world.calls();
    let again = second_deliveries(world);
    for (id, again) in &again {
        let unmarked = unmarked(&calls, id);
        assert!(
            *again <= unmarked,
            "{id} came {again} times again, and was {unmarked} times published and not marked"
        );
    }
    again.values().sum()
}

/// How often which announcements were delivered beyond the first time; each must be the very same.
fn second_deliveries(world: &World) -> BTreeMap<String, usize> {
    let mut ids: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for message in world.messages() {
        ids.entry(message.id().to_owned())
            .or_default()
            .push(message);
    }
    ids.retain(|_, deliveries| 1 < deliveries.len());
    for deliveries in ids.values() {
        assert!(deliveries.iter().all(|it| it.body == deliveries[0].body));
    }
    ids.into_iter()
        .map(|(id, deliveries)| (id, deliveries.len() - 1))
        .collect()
}

/// How often a publish of this announcement took effect whose invocation did not hear so, or died, or was not heard when it
/// marked it.
fn unmarked(calls: &[Call], id: &str) -> usize {
    let died: BTreeSet<_> = calls
        .iter()
        .filter(|call| matches!(call.fate, Fate::Killed(_)))
        .map(|call| call.invocation)
        .collect();
    let of = |operation: &'static str| {
        let calls = calls.iter().enumerate();
        calls.filter(move |(_, it)| it.operation == operation && it.body.contains(id))
    };
    let published = of("Publish").filter(|(_, call)| call.is_made());
    published
        .filter(|(at, publish)| {
            let mut marks = of("UpdateItem").filter(|(later, mark)| {
                at < later
                    && mark.invocation == publish.invocation
                    && mark.body.contains(":announced")
            });
            let heard = marks.clone().any(|(_, mark)| mark.fate == Fate::Answered);
            let refused = marks.any(|(_, mark)| mark.fate != Fate::Answered);
            publish.fate != Fate::Answered
                || !heard && (refused || died.contains(&publish.invocation))
        })
        .count()
}
