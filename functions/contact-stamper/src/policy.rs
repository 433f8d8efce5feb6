//! The policy in use: the newest one that is right.

use std::sync::{Arc, PoisonError};

use account_aws::policies::Document;
use account_aws::{Error, clock};
use account_core::policy::{Policy, Refusal};
use account_core::stamp::Fingerprint;
use chrono::{DateTime, TimeDelta, Utc};

use crate::Shell;

/// So long a warm function goes without looking for a newer policy.
const FRESH: TimeDelta = TimeDelta::minutes(1);

/// Where the bucket keeps the policy that was accepted last.
const ACCEPTED: &str = "policy/accepted";

/// Of the fingerprint of a policy, so many digits make its version: enough to tell policies apart.
const VERSION_LENGTH: usize = 16;

/// A policy in use.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) policy: Arc<Policy>,
    pub(crate) version: String,
    /// A sweep's gate has passed it, or a person has.
    pub(crate) passed: bool,
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
        let document = self.policies.read().await?;
        let mut loaded = self.loaded(&document, now).await?;
        match self.ledger.accepted_policy().await? {
            Some(accepted) if accepted.version == loaded.version => loaded.passed = accepted.passed,
            _ => {
                let text = document.0.into_bytes();
                self.bucket.write(ACCEPTED, "text/plain", text).await?;
                self.ledger.accept_policy(&loaded.version, now).await?;
                tracing::info!(version = loaded.version, "the policy is accepted");
            }
        }
        Ok(loaded)
    }

    /// The copy that was made when it was accepted: what stands at the source, or stood there, does not matter. One that is
    /// of another version was copied and not accepted, and may have been withdrawn.
    async fn last_accepted(&self, now: DateTime<Utc>) -> Result<Option<Loaded>, Error> {
        let Some(accepted) = self.ledger.accepted_policy().await? else {
            return Ok(None);
        };
        let document = Document::read(&self.bucket, ACCEPTED).await?;
        let mut loaded = self.loaded(&document, now).await?;
        if accepted.version != loaded.version {
            return Ok(None);
        }
        loaded.passed = accepted.passed;
        let version = &loaded.version;
        tracing::warn!(version, "the last accepted policy stays in use");
        Ok(Some(loaded))
    }

    /// The policy of a document. Its version is told by the text alone: the same text is the same version, wherever it
    /// stands.
    async fn loaded(&self, document: &Document, now: DateTime<Utc>) -> Result<Loaded, Error> {
        let policy = Policy::read(&document.0).map_err(|refusals| refused(&refusals))?;
        let Fingerprint(mut version) = self.key().await?.fingerprint([document.0.as_str()]);
        version.truncate(VERSION_LENGTH);
        Ok(Loaded {
            policy: Arc::new(policy),
            version,
            passed: false,
            at: now,
        })
    }
}

fn refused(refusals: &[Refusal]) -> Error {
    let told: Vec<_> = refusals.iter().map(ToString::to_string).collect();
    Error::PolicyRefused {
        refusals: told.join("; "),
    }
}
