//! Where a listing stands: it is either whole or an error.
//!
//! The SDK's paginators are not used: they take a repeated token for the end and stop in silence.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Error;

/// How often one listing starts again because AWS no longer takes its token.
const RESTARTS: u8 = 2;

/// The token of the next page, and those that were followed.
#[derive(Debug)]
pub(crate) struct Pages {
    action: &'static str,
    pub(crate) token: Option<String>,
    /// Hashes of the tokens that were followed; a token may have 100,000 characters.
    followed: HashSet<u64>,
    restarts: u8,
    pub(crate) ended: bool,
}

impl Pages {
    pub(crate) fn new(action: &'static str) -> Self {
        Self {
            action,
            token: None,
            followed: HashSet::new(),
            restarts: 0,
            ended: false,
        }
    }

    /// Only a missing or empty token ends a listing; an empty page does not.
    pub(crate) fn follow(&mut self, token: Option<String>) -> Result<(), Error> {
        self.token = token.filter(|token| !token.is_empty());
        let Some(token) = &self.token else {
            self.ended = true;
            return Ok(());
        };
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        if self.followed.insert(hasher.finish()) {
            Ok(())
        } else {
            Err(self.broken("AWS repeated a NextToken"))
        }
    }

    /// Begins again, as AWS no longer takes the token.
    pub(super) fn restart(&mut self) -> Result<(), Error> {
        if self.restarts == RESTARTS {
            return Err(self.broken("AWS refused its own NextToken three times"));
        }
        self.restarts += 1;
        self.token = None;
        self.followed.clear();
        Ok(())
    }

    fn broken(&self, problem: &'static str) -> Error {
        Error::BrokenListing {
            action: self.action,
            problem,
        }
    }
}

/// The prose of the API names the reason INVALID_PAGINATION_TOKEN, its model INVALID_NEXT_TOKEN.
pub(super) fn is_stale_token(reason: Option<&str>) -> bool {
    matches!(
        reason,
        Some("INVALID_NEXT_TOKEN" | "INVALID_PAGINATION_TOKEN")
    )
}
