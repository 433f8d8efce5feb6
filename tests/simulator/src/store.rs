//! Rows with read-after-write lag: what is written now is seen by reads later.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::listing::{Listed, Table};

/// What reads see, and the writes they do not see yet.
#[derive(Debug)]
pub(crate) struct Store<T> {
    lag: Duration,
    hidden: VecDeque<(SystemTime, String, Arc<T>)>,
    pub(crate) seen: Table<T>,
}

impl<T: Listed> Store<T> {
    pub(crate) fn new(lag: Duration) -> Self {
        Self {
            lag,
            hidden: VecDeque::new(),
            seen: Table::new(),
        }
    }

    /// The newest row, seen or not.
    pub(crate) fn newest(&self, id: &str) -> Option<&Arc<T>> {
        let hidden = self.hidden.iter().rev().find(|(_, key, _)| key == id);
        hidden.map(|(_, _, row)| row).or_else(|| self.seen.get(id))
    }

    /// The newest of every row.
    pub(crate) fn all(&self) -> BTreeMap<&str, &Arc<T>> {
        let hidden = self.hidden.iter().map(|(_, id, row)| (id.as_str(), row));
        self.seen.all().chain(hidden).collect()
    }

    pub(crate) fn write(&mut self, now: SystemTime, id: &str, row: T) {
        if self.lag.is_zero() {
            self.seen.put(id, Arc::new(row));
        } else {
            self.hidden
                .push_back((now + self.lag, id.to_owned(), Arc::new(row)));
        }
    }

    /// Lets reads see what is old enough.
    pub(crate) fn settle(&mut self, now: SystemTime) {
        while let Some((_, id, row)) = self.hidden.pop_front_if(|(at, _, _)| *at <= now) {
            self.seen.put(&id, row);
        }
    }

    pub(crate) fn erase(&mut self, id: &str) -> bool {
        let before = self.hidden.len();
        self.hidden.retain(|(_, key, _)| key != id);
        self.seen.erase(id) || self.hidden.len() < before
    }
}
