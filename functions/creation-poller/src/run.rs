//! One invocation.

use std::collections::HashSet;
use std::time::Duration;

use account_aws::ledger::{Claim, Pending};
use account_aws::{Error, clock};
use account_core::ids::RequestId;
use chrono::{DateTime, Utc};
use lambda_runtime::Context;
use uuid::Uuid;

use crate::{Event, Failure, Shell, Summary};

/// A claim outlives the invocation by this much, against clocks that differ.
const CLAIM_MARGIN: Duration = Duration::from_secs(60);

const OLDEST_INTENT: &str = "OldestIntentSeconds";

/// What one invocation holds, saw and did.
pub(crate) struct Run<'a> {
    pub(crate) shell: &'a Shell,
    pub(crate) claim: Claim,
    deadline: DateTime<Utc>,
    /// Requests that have an open row.
    pub(crate) open: HashSet<RequestId>,
    pub(crate) in_progress: HashSet<RequestId>,
    /// The topic has taken everything so far. After its first refusal intents are only written: trying on would take
    /// the time of everything else.
    pub(crate) topic_is_well: bool,
    /// This invocation holds the long scan's claim.
    pub(crate) scanning: bool,
    pub(crate) summary: Summary,
    first_problem: Option<Error>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(shell: &'a Shell, context: &Context) -> Self {
        let deadline: DateTime<Utc> = context.deadline().into();
        Self {
            shell,
            claim: Claim {
                // Lambda may deliver one event twice, with one request id.
                owner: format!("{}/{}", context.request_id, Uuid::new_v4()),
                until: deadline + CLAIM_MARGIN,
            },
            deadline,
            open: HashSet::new(),
            in_progress: HashSet::new(),
            topic_is_well: true,
            scanning: false,
            summary: Summary::default(),
            first_problem: None,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        clock::now(&self.shell.time)
    }

    pub(crate) fn time_left(&self) -> Duration {
        (self.deadline - self.now()).to_std().unwrap_or_default()
    }

    pub(crate) async fn work(&mut self, job: Event) -> Result<(), Error> {
        match job {
            Event::Tick => self.tick(false).await,
            Event::Reconcile => self.tick(true).await,
            Event::Hint(request) => self.hint(request).await,
        }
    }

    /// What is new is made safe first; what was left is taken up then, and the long scan comes last.
    async fn tick(&mut self, scan_now: bool) -> Result<(), Error> {
        let Shell { config, ledger, .. } = self.shell;
        let progress = ledger.progress(&config.organization, self.now()).await?;
        let Pending {
            intents,
            open,
            broken,
        } = ledger.pending().await?;
        // Only who could read the intents may say that none waits.
        self.shell.metrics.most(OLDEST_INTENT, 0);
        broken.into_iter().for_each(|error| self.trouble(error));
        self.open
            .extend(open.iter().map(|open| open.request.clone()));
        self.watch(&progress).await;
        self.redrive(intents).await;
        self.ask(open).await;
        self.scan(&progress, scan_now).await
    }

    /// Something went wrong: it is told now, and the invocation fails in the end.
    pub(crate) fn trouble(&mut self, error: Error) {
        tracing::error!(kind = error.kind(), "{error}");
        self.summary.problems += 1;
        self.first_problem.get_or_insert(error);
    }

    pub(crate) fn count(&self, is_tick: bool) {
        let (metrics, summary) = (&self.shell.metrics, &self.summary);
        let seen = summary.in_progress + summary.described + summary.listed.unwrap_or_default();
        metrics.add("RequestsSeen", seen.into());
        metrics.add("Announced", summary.announced.into());
        metrics.add("Redriven", summary.redriven.into());
        metrics.add("Problems", summary.problems.into());
        metrics.add("Ticks", (is_tick && summary.problems == 0).into());
    }

    /// An announcement waits, and is not published now.
    pub(crate) fn waits(&self, since: DateTime<Utc>) {
        let waited = (self.now() - since).num_seconds();
        let waited = u64::try_from(waited).unwrap_or_default();
        self.shell.metrics.most(OLDEST_INTENT, waited);
    }

    pub(crate) fn finish(self) -> Result<Summary, Failure> {
        let Self {
            summary,
            first_problem,
            ..
        } = self;
        tracing::info!(
            summary = serde_json::to_string(&summary).unwrap_or_default(),
            "done"
        );
        match first_problem {
            None => Ok(summary),
            Some(first) => Err(Failure { first, summary }),
        }
    }
}
