//! Requests in progress, and those that were.

use account_aws::Error;
use account_aws::ledger::Open;
use account_core::creation::Row;
use account_core::ids::RequestId;
use account_core::progress::Progress;
use aws_sdk_organizations::types::CreateAccountState;
use chrono::TimeDelta;

use crate::run::Run;

/// How long an open request may go without an outcome that AWS knows of.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

impl Run<'_> {
    /// Sees which requests are in progress and opens a row for each new one.
    pub(crate) async fn watch(&mut self, progress: &Progress) {
        match self.walk(&[CreateAccountState::InProgress], progress).await {
            Ok(_) => {
                self.summary.in_progress = u32::try_from(self.in_progress.len()).unwrap_or(u32::MAX)
            }
            Err(error) => self.trouble(error),
        }
    }

    /// Asks what became of each open request that is no longer in progress.
    pub(crate) async fn ask(&mut self, open: Vec<Open>) {
        for open in open {
            if self.open.contains(&open.request)
                && !self.in_progress.contains(&open.request)
                && let Err(error) = self.ask_one(&open).await
            {
                self.trouble(error);
            }
        }
    }

    /// An event told of the end of a request.
    pub(crate) async fn hint(&mut self, request: RequestId) -> Result<(), Error> {
        let now = self.now();
        // First of all: if anything goes wrong from here on, each tick asks again.
        self.shell.ledger.open(&request, now).await?;
        self.open.insert(request.clone());
        self.ask_one(&Open {
            request,
            since: now,
        })
        .await
    }

    async fn ask_one(&mut self, open: &Open) -> Result<(), Error> {
        self.summary.described += 1;
        let row = self
            .shell
            .organizations
            .describe(&open.request)
            .await?
            .map(|status| status.read());
        match row {
            Some(Row::InProgress(_)) => return Ok(()),
            Some(Row::Finished(request)) => return self.announce(&request).await,
            Some(Row::Odd(odd)) => self.report(&odd).await?,
            None => (),
        }
        if self.now() - open.since < PATIENCE {
            return Ok(());
        }
        tracing::error!(request = %open.request, "AWS has known no outcome of this request for a day: given up");
        self.shell.ledger.close(&open.request).await?;
        self.summary.given_up += 1;
        Ok(())
    }
}
