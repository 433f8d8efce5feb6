//! Turns: invocations at once wait before their first call and before each call that has an effect, and a script says who
//! goes on, and who dies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::{Call, Kill};

/// What was chosen at a turn, and of how many choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The choice, from 0.
    pub taken: usize,
    /// There were so many.
    pub of: usize,
}

/// The turns of a world; clones share them.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What to choose at the first turns; after these always the first choice.
    script: Vec<usize>,
    /// Every turn so far.
    choices: Vec<Choice>,
    /// Invocations that still run.
    live: usize,
    /// Those that have begun.
    begun: BTreeSet<u32>,
    /// Those before a call, by their number.
    waiting: BTreeMap<u32, oneshot::Sender<Option<Kill>>>,
    /// So many may still die.
    deaths: usize,
}

impl Turns {
    /// Turns for so many invocations at once, so many of which may die.
    #[must_use]
    pub fn new(invocations: usize, deaths: usize, script: &[usize]) -> Self {
        Self(Arc::new(Mutex::new(State {
            script: script.to_vec(),
            choices: Vec::new(),
            live: invocations,
            begun: BTreeSet::new(),
            waiting: BTreeMap::new(),
            deaths,
        })))
    }

    /// Every turn so far.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        self.with(|state| state.choices.clone())
    }

    /// Whether the call waits: what an invocation reads at first may be what another one has half done.
    pub(super) fn is_at(&self, call: &Call) -> bool {
        let is_first = self.with(|state| state.begun.insert(call.invocation));
        is_first || call.has_effect()
    }

    /// Waits for its turn, and says whether the call is the last of its invocation.
    pub(super) async fn wait(&self, invocation: u32) -> Option<Kill> {
        let (sender, turn) = oneshot::channel();
        self.with(|state| {
            state.waiting.insert(invocation, sender);
            state.go_on();
        });
        turn.await.unwrap()
    }

    /// An invocation has ended.
    pub(super) fn end(&self) {
        self.with(|state| {
            state.live -= 1;
            state.go_on();
        });
    }

    fn with<T>(&self, action: impl FnOnce(&mut State) -> T) -> T {
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Chooses, once everybody waits.
    fn go_on(&mut self) {
        let waiting = self.waiting.len();
        if waiting == 0 || waiting < self.live {
            return;
        }
        let fates: &[_] = if self.deaths > 0 {
            &[None, Some(Kill::Before), Some(Kill::After)]
        } else {
            &[None]
        };
        let turn = self.choices.len();
        let taken = self.script.get(turn).copied().unwrap_or_default();
        let of = waiting * fates.len();
        self.choices.push(Choice { taken, of });
        let fate = fates[taken / waiting];
        self.deaths -= usize::from(fate.is_some());
        let invocation = *self.waiting.keys().nth(taken % waiting).unwrap();
        let sender = self.waiting.remove(&invocation).unwrap();
        sender.send(fate).unwrap();
    }
}
