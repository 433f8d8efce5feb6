//! The policy in use: the newest one that is right.

use std::sync::{Arc, PoisonError};

use account_aws::{Error, clock};
use account_core::policy::{Policy, Refusal};
use chrono::{DateTime, TimeDelta, Utc};

use crate::Shell;

/// So long a warm function goes without looking for a newer policy.
const FRESH: TimeDelta = TimeDelta::minutes(1);

/// A policy in use.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) policy: Arc<Policy>,
    pub(crate) version: String,
    at: DateTime<Utc>,
}

impl Shell {
    /// The policy in use.
    ///
    /// # Errors
    /// There is none: the newest is wrong or cannot be read, and none was accepted before.
    pub(crate) async fn policy(&self) -> Result<Loaded, Error> {
        let now = clock::now(&self.time);
        let kept = self
            .policy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(kept) = kept.filter(|kept| now - kept.at < FRESH) {
            return Ok(kept);
        }
        let loaded = match self.newest(now).await {
            Ok(loaded) => loaded,
            Err(error) => {
                tracing::error!(kind = error.kind(), "{error}");
                self.last_accepted(now).await?.ok_or(error)?
            }
        };
        *self.policy.lock().unwrap_or_else(PoisonError::into_inner) = Some(loaded.clone());
        Ok(loaded)
    }

    async fn newest(&self, now: DateTime<Utc>) -> Result<Loaded, Error> {
        let document = self.policies.read(None).await?;
        let policy = Policy::read(&document.text).map_err(|refusals| refused(&refusals))?;
        if self.ledger.accepted_policy().await?.as_deref() != Some(&document.version) {
            self.ledger.accept_policy(&document.version, now).await?;
        }
        Ok(Loaded {
            policy: Arc::new(policy),
            version: document.version,
            at: now,
        })
    }

    async fn last_accepted(&self, now: DateTime<Utc>) -> Result<Option<Loaded>, Error> {
        let Some(version) = self
            .ledger
            .accepted_policy()
            .await?
            .filter(|version| !version.is_empty())
        else {
            return Ok(None);
        };
        let document = self.policies.read(Some(&version)).await?;
        let policy = Policy::read(&document.text).map_err(|refusals| refused(&refusals))?;
        tracing::warn!(version, "the last accepted policy stays in use");
        Ok(Some(Loaded {
            policy: Arc::new(policy),
            version,
            at: now,
        }))
    }
}

fn refused(refusals: &[Refusal]) -> Error {
    let told: Vec<_> = refusals.iter().map(ToString::to_string).collect();
    Error::PolicyRefused {
        refusals: told.join("; "),
    }
}
