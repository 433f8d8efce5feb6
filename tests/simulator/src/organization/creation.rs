//! The life of a creation request: begun, and some time later succeeded or failed.
//!
//! Whoever calls the real API chooses what happens with plus-tags in the address:
//! `ops+slow@example.com` takes 90 s, `ops+instant@example.com` no time, and a tag in capitals
//! is the reason to fail with, whether AWS knows that reason or not:
//! `ops+slow+INTERNAL_FAILURE@example.com`.

use std::time::{Duration, SystemTime};

use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::request::{Request, RequestState, Row};
use super::{Due, Organization, Tags};
use crate::time;

/// How a request ends. As JSON: `"succeed"` or `{"fail": "INTERNAL_FAILURE"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With an account, unless its address is taken or the organization is full.
    #[default]
    Succeed,
    /// With this reason.
    Fail(String),
}

/// A request to begin, with what happens to it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Start {
    /// The account's name.
    pub name: Option<String>,
    /// The account's address; plus-tags in it mean nothing here. One of its own if absent.
    pub email: Option<String>,
    /// How it ends.
    pub outcome: Outcome,
    /// How long it takes (JSON: seconds); a duration from the seed if absent.
    #[serde(deserialize_with = "time::read_optional_seconds")]
    pub duration: Option<Duration>,
    /// Whether a GovCloud account comes with it.
    pub govcloud: bool,
}

/// A finished request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finished {
    /// The request's id.
    pub id: String,
    /// Succeeded or failed.
    pub state: RequestState,
    /// When it finished (JSON: seconds since 1970).
    #[serde(serialize_with = "time::write")]
    pub completed: SystemTime,
}

/// A request on its way.
#[derive(Debug)]
pub(crate) struct Creation {
    request: Request,
    email: String,
    outcome: Outcome,
    govcloud: bool,
    tags: Tags,
}

impl Start {
    /// What the plus-tags of an address ask for.
    pub(crate) fn from_email(name: &str, email: &str, govcloud: bool) -> Self {
        let local = email.rsplit_once('@').map_or(email, |(local, _)| local);
        let mut start = Self {
            name: Some(name.to_owned()),
            email: Some(email.to_owned()),
            govcloud,
            ..Self::default()
        };
        for tag in local.split('+').skip(1) {
            match tag {
                "slow" => start.duration = Some(Duration::from_secs(90)),
                "instant" => start.duration = Some(Duration::ZERO),
                tag if is_reason(tag) => start.outcome = Outcome::Fail(tag.to_owned()),
                _ => (),
            }
        }
        start
    }
}

fn is_reason(tag: &str) -> bool {
    let rest = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_';
    tag.starts_with(|first: char| first.is_ascii_uppercase()) && tag.bytes().all(rest)
}

impl Organization {
    /// Begins a request and shows it as it begins.
    pub(crate) fn start(&mut self, start: Start, tags: Tags, now: SystemTime) -> Request {
        let id = self.request_id();
        let email = start.email.unwrap_or_else(|| format!("{id}@example.com"));
        let name = start
            .name
            .unwrap_or_else(|| format!("Account of {}", &id[..12]));
        let seconds = if start.govcloud { 6.0..12.0 } else { 2.0..6.0 };
        let usual = Duration::from_secs_f64(self.rng.random_range(seconds));
        let request = Request::begun(id, name, now);

        self.requests
            .write(now, &request.id, Row::Request(request.clone()));
        let creation = Creation {
            request: request.clone(),
            email,
            outcome: start.outcome,
            govcloud: start.govcloud,
            tags,
        };
        let due = now + start.duration.unwrap_or(usual);
        self.plan(due, Due::Finish(Box::new(creation)));
        request
    }

    /// How many requests are on their way.
    pub(crate) fn in_progress(&self) -> usize {
        self.agenda
            .values()
            .filter(|due| matches!(due, Due::Finish(_)))
            .count()
    }

    /// Ends a request now; false if none of this id is on its way.
    pub(crate) fn finish(&mut self, id: &str, outcome: Outcome, now: SystemTime) -> bool {
        let Some(mut creation) = self.cancel(id) else {
            return false;
        };
        creation.outcome = outcome;
        self.complete(*creation, now);
        true
    }

    /// Takes a request off the agenda.
    fn cancel(&mut self, id: &str) -> Option<Box<Creation>> {
        let key = self.agenda.iter().find_map(|(key, due)| match due {
            Due::Finish(creation) if creation.request.id == id => Some(*key),
            Due::Finish(_) | Due::Suspend(_) | Due::Activate(_) => None,
        })?;
        match self.agenda.remove(&key)? {
            Due::Finish(creation) => Some(creation),
            Due::Suspend(_) | Due::Activate(_) => None,
        }
    }

    /// Removes a request, finished or not; false if there is none of this id.
    pub(crate) fn erase(&mut self, id: &str) -> bool {
        self.cancel(id);
        self.requests.erase(id)
    }

    pub(super) fn complete(&mut self, creation: Creation, at: SystemTime) {
        let Creation {
            request,
            email,
            outcome,
            govcloud,
            tags,
        } = creation;
        let request = match self.obstacle(&email, outcome) {
            Some(reason) => request.failed(at, reason),
            None => {
                let account = Account::created(self.ids.next(), &request.account_name, email, at);
                let govcloud = govcloud.then(|| self.ids.next());
                let id = account.id.clone();
                self.tags.write(at, &id, tags);
                self.join(account, at);
                if let Some(govcloud) = &govcloud {
                    self.pair(&id, govcloud, at);
                }
                request.succeeded(at, id, govcloud)
            }
        };
        self.record(&request, at);
        let id = request.id.clone();
        self.requests.write(at, &id, Row::Request(request));
    }

    /// Why there will be no account.
    fn obstacle(&self, email: &str, outcome: Outcome) -> Option<String> {
        match outcome {
            Outcome::Fail(reason) => Some(reason),
            Outcome::Succeed if self.is_taken(email) => Some("EMAIL_ALREADY_EXISTS".to_owned()),
            Outcome::Succeed if self.is_full() => Some("ACCOUNT_LIMIT_EXCEEDED".to_owned()),
            Outcome::Succeed => None,
        }
    }

    pub(crate) fn finished(&self) -> &[Finished] {
        &self.finished
    }

    pub(super) fn record(&mut self, request: &Request, at: SystemTime) {
        self.finished.push(Finished {
            id: request.id.clone(),
            state: request.state,
            completed: time::millis(at),
        });
    }

    pub(super) fn request_id(&mut self) -> String {
        format!("car-{:032x}", self.rng.random::<u128>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_tags_choose_the_outcome_and_the_duration() {
        let chosen = |email| {
            let start = Start::from_email("name", email, false);
            (start.outcome, start.duration.map(|it| it.as_secs()))
        };
        let failed = |reason: &str| Outcome::Fail(reason.to_owned());
        assert_eq!(chosen("ops@example.com"), (Outcome::Succeed, None));
        assert_eq!(chosen("ops+team@example.com"), (Outcome::Succeed, None));
        assert_eq!(chosen("ops+slow@example.com"), (Outcome::Succeed, Some(90)));
        assert_eq!(
            chosen("ops+instant+NEW_1@example.com"),
            (failed("NEW_1"), Some(0))
        );
        assert_eq!(chosen("OPS@example.com"), (Outcome::Succeed, None));
    }
}
