//! Requests in progress, and those that were.

use account_aws::Error;
use account_aws::ledger::Open;
use account_core::creation::Row;
use account_core::ids::RequestId;
use account_core::progress::Progress;
use aws_sdk_organizations::types::CreateAccountState;
use chrono::TimeDelta;

use crate::run::Run;

/// How long an open request may go without an answer that makes sense.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

/// So many requests are asked for one by one in a tick: 25 s at the quota's pace, so that ticks do not pile up.
const ASKED: usize = 40;

/// So many pages of requests in progress are looked at; AWS works on five at a time. It does not say that pages are
/// filled after filtering, and without a bound each tick might page through everything that is listed.
const WATCHED: usize = 20;

impl Run<'_> {
    /// Sees which requests are in progress and opens a row for each new one.
    pub(crate) async fn watch(&mut self, progress: &Progress) {
        match self
            .walk(&[CreateAccountState::InProgress], WATCHED, progress)
            .await
        {
            Ok(Some(_)) => (),
            Ok(None) => tracing::warn!(
                pages = WATCHED,
                "AWS lists more pages of requests in progress than are watched; the full scan sees the rest"
            ),
            Err(error) => self.trouble(error),
        }
        self.summary.in_progress = u32::try_from(self.in_progress.len()).unwrap_or(u32::MAX);
    }

    /// Asks what became of open requests that are no longer in progress, beginning elsewhere each minute: a few that
    /// AWS does not answer for must not keep the others waiting.
    pub(crate) async fn ask(&mut self, mut open: Vec<Open>) {
        if let Ok(minute) = usize::try_from(self.now().timestamp() / 60) {
            let places = open.len().max(1);
            open.rotate_left(minute.wrapping_mul(ASKED) % places);
        }
        let mut asked = 0;
        for open in open {
            let result = if self.in_progress.contains(&open.request) {
                self.trust(&open).await
            } else if asked < ASKED && self.open.contains(&open.request) {
                asked += 1;
                self.ask_one(&open).await
            } else {
                Ok(())
            };
            if let Err(error) = result {
                self.trouble(error);
            }
        }
    }

    /// An event told of the end of a request.
    pub(crate) async fn hint(&mut self, request: RequestId) -> Result<(), Error> {
        // First of all: if anything goes wrong from here on, each tick asks again.
        let ledger = &self.shell.ledger;
        ledger.open(&request, self.now()).await?;
        ledger
            .check_organization(&self.shell.config.organization)
            .await?;
        self.open.insert(request.clone());
        self.ask_one(&Open {
            request,
            unknown_since: None,
        })
        .await
    }

    async fn ask_one(&mut self, open: &Open) -> Result<(), Error> {
        self.summary.described += 1;
        let status = self.shell.organizations.describe(&open.request).await?;
        match status.map(|status| status.read()) {
            Some(Row::InProgress(_)) => self.trust(open).await,
            Some(Row::Finished(request)) => self.announce(&request).await,
            Some(Row::Odd(odd)) => {
                self.report(&odd).await?;
                self.doubt(open).await
            }
            None => self.doubt(open).await,
        }
    }

    /// AWS knows the request after all.
    async fn trust(&mut self, open: &Open) -> Result<(), Error> {
        if open.unknown_since.is_none() {
            return Ok(());
        }
        self.shell.ledger.open(&open.request, self.now()).await
    }

    /// AWS answers nothing that makes sense; after a day of that the request is given up.
    async fn doubt(&mut self, open: &Open) -> Result<(), Error> {
        let Some(since) = open.unknown_since else {
            return self.shell.ledger.doubt(&open.request, self.now()).await;
        };
        if self.now() - since < PATIENCE {
            return Ok(());
        }
        tracing::error!(request = %open.request, "AWS has known no outcome of this request for a day: given up");
        self.shell.ledger.close(&open.request).await?;
        self.summary.given_up += 1;
        Ok(())
    }
}
