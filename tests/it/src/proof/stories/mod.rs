//! Stories: what each function is for, told in a world with trouble, and what must be true in the end.

pub(super) mod audits;
pub(super) mod poller;
pub(super) mod stamper;
pub(super) mod sweeps;

use std::collections::BTreeMap;

use crate::world::{Call, Message, World};

use super::trouble::{Crash, How, Trouble};

/// How a story ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct End {
    /// The calls it took.
    pub calls: usize,
    /// Deliveries beyond the first of an announcement.
    pub repeated: usize,
}

/// What is to be true in the end of every story.
pub(super) fn end(world: &World, trouble: Trouble) -> End {
    nothing_is_pending(world);
    End {
        calls: world.calls().len(),
        repeated: repeated(world, trouble),
    }
}

/// No intent is left to be published.
pub(super) fn nothing_is_pending(world: &World) {
    let ledger = world.ledger().into_iter();
    let pending: Vec<_> = ledger.filter(|row| row.get("pending").is_some()).collect();
    assert!(pending.is_empty(), "left to be done: {pending:?}");
}

/// Counts second deliveries; each must be the very same announcement, and be explained by the trouble.
fn repeated(world: &World, trouble: Trouble) -> usize {
    let mut ids: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for message in world.messages() {
        ids.entry(message.id().to_owned())
            .or_default()
            .push(message);
    }
    for deliveries in ids.values() {
        assert!(deliveries.iter().all(|it| it.body == deliveries[0].body));
    }
    let repeated: usize = ids.values().map(|deliveries| deliveries.len() - 1).sum();
    let explained = match trouble {
        Trouble::Crash(crash) => usize::from(crash.explains_a_repetition(&world.calls())),
        // A mark that fails four times over leaves the intent to the next poller.
        Trouble::Weather(_) | Trouble::Storm(..) => usize::MAX,
        Trouble::Peace | Trouble::Lag | Trouble::Pages(_) | Trouble::Clock(_) => 0,
    };
    assert!(repeated <= explained, "{repeated} unexplained deliveries");
    repeated
}

impl Crash {
    /// Only a message that was published and not marked may come again.
    pub(super) fn explains_a_repetition(self, calls: &[Call]) -> bool {
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
