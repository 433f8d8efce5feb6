//! Rows found by id and by page. The order of a listing is not promised: every row has a
//! place of its own from its id, and every scan begins at another place and goes round.
//! A row keeps its place when it changes, so a scan meets it exactly once.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::refusal::Refusal;

/// Pages hold at most this many rows (`MaxResults` of the model).
pub(crate) const PAGE: usize = 20;

/// A row that can be listed.
pub(crate) trait Listed {
    /// What a listing can be filtered by.
    fn state(&self) -> &str;
}

#[derive(Debug)]
struct Entry<T> {
    place: u64,
    listed: bool,
    row: Arc<T>,
}

/// All rows that reads see.
#[derive(Debug)]
pub(crate) struct Table<T> {
    serial: u64,
    entries: HashMap<String, Entry<T>>,
    listed: BTreeMap<String, BTreeMap<u64, Arc<T>>>,
}

impl<T: Listed> Table<T> {
    pub(crate) fn new() -> Self {
        Self {
            serial: 0,
            entries: HashMap::new(),
            listed: BTreeMap::new(),
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Arc<T>> {
        self.entries.get(id).map(|entry| &entry.row)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Arc<T>)> {
        self.entries
            .iter()
            .map(|(id, entry)| (id.as_str(), &entry.row))
    }

    /// Adds a row, or replaces the one with this id.
    pub(crate) fn put(&mut self, id: &str, row: Arc<T>) {
        let Some(entry) = self.entries.get_mut(id) else {
            return self.append(Some(id), row);
        };
        let old = std::mem::replace(&mut entry.row, Arc::clone(&row));
        let (place, listed) = (entry.place, entry.listed);
        if listed {
            self.hide(old.state(), place);
            self.show(place, row);
        }
    }

    /// Adds a row to the listing, whatever is there already.
    pub(crate) fn append(&mut self, id: Option<&str>, row: Arc<T>) {
        let place = self.place(id);
        if let Some(id) = id {
            let entry = Entry {
                place,
                listed: true,
                row: Arc::clone(&row),
            };
            self.entries.insert(id.to_owned(), entry);
        }
        self.show(place, row);
    }

    /// Takes a row out of the listing; it is still found by its id.
    pub(crate) fn forget(&mut self, id: &str) -> bool {
        let Some(entry) = self.entries.get_mut(id) else {
            return false;
        };
        entry.listed = false;
        let (place, row) = (entry.place, Arc::clone(&entry.row));
        self.hide(row.state(), place);
        true
    }

    pub(crate) fn erase(&mut self, id: &str) -> bool {
        self.forget(id) && self.entries.remove(id).is_some()
    }

    /// One page, and the token of the next.
    pub(crate) fn page(
        &self,
        tokens: &mut Tokens,
        ask: &Ask<'_>,
    ) -> Result<(Vec<&T>, Option<String>), Refusal> {
        let cursor = tokens.open(ask)?;
        if ask.paging == Paging::Empty {
            return Ok((Vec::new(), Some(tokens.issue(cursor))));
        }
        let mut rows = self.rows(&cursor, ask);
        let next = (ask.size < rows.len()).then(|| rows[ask.size].0);
        rows.truncate(ask.size);
        let token = match (ask.paging, ask.token) {
            (Paging::Repeat, Some(token)) => Some(token.to_owned()),
            _ => next.map(|next| tokens.issue(Cursor { next, ..cursor })),
        };
        Ok((rows.into_iter().map(|(_, row)| row).collect(), token))
    }

    /// The rows of one page and one more, in the order of the scan.
    fn rows(&self, cursor: &Cursor, ask: &Ask<'_>) -> Vec<(u64, &T)> {
        let wanted = |state: &str| ask.states.is_empty() || ask.states.iter().any(|it| it == state);
        let (end, wrapped) = if cursor.start <= cursor.next {
            (Unbounded, cursor.start)
        } else {
            (Excluded(cursor.start), 0)
        };
        let mut rows: Vec<(u64, &T)> = self
            .listed
            .iter()
            .filter(|(state, _)| wanted(state))
            .flat_map(|(_, rows)| {
                let ahead = rows.range((Included(cursor.next), end));
                ahead.chain(rows.range(..wrapped)).take(ask.size + 1)
            })
            .map(|(place, row)| (*place, row.as_ref()))
            .collect();
        rows.sort_unstable_by_key(|(place, _)| place.wrapping_sub(cursor.start));
        rows.truncate(ask.size + 1);
        rows
    }

    fn place(&mut self, id: Option<&str>) -> u64 {
        self.serial += 1;
        let mut hasher = DefaultHasher::new();
        (id, self.serial).hash(&mut hasher);
        hasher.finish()
    }

    fn show(&mut self, place: u64, row: Arc<T>) {
        match self.listed.get_mut(row.state()) {
            Some(rows) => {
                rows.insert(place, row);
            }
            None => {
                let state = row.state().to_owned();
                self.listed.insert(state, BTreeMap::from([(place, row)]));
            }
        }
    }

    fn hide(&mut self, state: &str, place: u64) {
        if let Some(rows) = self.listed.get_mut(state) {
            rows.remove(&place);
        }
    }
}

/// What a call does with the page it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    Normal,
    /// An empty page with a token.
    Empty,
    /// The token it was asked with.
    Repeat,
}

/// A request for one page.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    /// The operation; a token of one is not good for another.
    pub(crate) operation: &'static str,
    /// The filter; empty means all.
    pub(crate) states: &'a [String],
    pub(crate) token: Option<&'a str>,
    pub(crate) size: usize,
    pub(crate) paging: Paging,
}

/// Where a scan stands.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    operation: &'static str,
    states: Vec<String>,
    start: u64,
    next: u64,
}

/// The tokens given out. A token stays good until all expire, so a retry finds its page.
#[derive(Debug)]
pub(crate) struct Tokens {
    rng: StdRng,
    issued: HashMap<String, Cursor>,
}

impl Tokens {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            issued: HashMap::new(),
        }
    }

    pub(crate) fn expire(&mut self) {
        self.issued.clear();
    }

    pub(crate) fn open(&mut self, ask: &Ask<'_>) -> Result<Cursor, Refusal> {
        let Some(token) = ask.token else {
            let start = self.rng.random();
            let (operation, states) = (ask.operation, ask.states.to_vec());
            return Ok(Cursor {
                operation,
                states,
                start,
                next: start,
            });
        };
        let same = |it: &&Cursor| it.operation == ask.operation && it.states == ask.states;
        self.issued
            .get(token)
            .filter(same)
            .cloned()
            .ok_or_else(Refusal::token)
    }

    pub(crate) fn issue(&mut self, cursor: Cursor) -> String {
        let token = format!("{:032x}", self.rng.random::<u128>());
        self.issued.insert(token.clone(), cursor);
        token
    }
}
