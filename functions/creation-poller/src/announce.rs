//! Intent, publish, mark: in this order and no other.

use account_aws::Error;
use account_aws::ledger::Intent;
use account_core::announcement::Announcement;
use account_core::creation::{Finished, Outcome};

use crate::Shell;
use crate::run::Run;

impl Shell {
    /// AWS lists a request for an unknown time; the audit of GovCloud links asks for its pair for ever.
    pub(crate) async fn remember_pair(&self, request: &Finished) -> Result<(), Error> {
        match &request.outcome {
            Outcome::Succeeded {
                account,
                govcloud_account: Some(govcloud),
            } => self.ledger.remember_pair(account, govcloud).await,
            Outcome::Succeeded { .. } | Outcome::Failed { .. } => Ok(()),
        }
    }
}

impl Run<'_> {
    /// Announces an outcome, unless its announcement is on its way or gone already.
    pub(crate) async fn announce(&mut self, request: &Finished) -> Result<(), Error> {
        let shell = self.shell;
        if let Some(flaw) = &request.flaw {
            tracing::error!(request = %request.id, "announced without a part of its status that makes no sense: {flaw}");
        }
        shell.remember_pair(request).await?;
        let announcement = request.announcement(&shell.config.organization, self.now());
        let intended = shell
            .ledger
            .intend(&announcement, &self.claim, self.now())
            .await?;
        shell.known.borrow_mut().insert(announcement.id);
        // Only now: until the intent was safe, the open row was all there was. One that stays is asked for once more.
        if self.open.remove(&request.id)
            && let Err(error) = shell.ledger.close(&request.id).await
        {
            self.trouble(error);
        }
        if intended && self.publish(&announcement).await {
            let since = request.completed.map(|it| (self.now() - it).num_seconds());
            if let Some(seconds) = since.and_then(|it| u64::try_from(it).ok()) {
                shell.metrics.most("SecondsToAnnounced", seconds);
            }
        }
        Ok(())
    }

    /// Publishes what earlier invocations could not, or did not live to mark.
    pub(crate) async fn redrive(&mut self, intents: Vec<Intent>) {
        for Intent {
            announcement,
            claimed_until,
            since,
        } in intents
        {
            let now = self.now();
            if claimed_until.is_some_and(|until| now <= until) {
                self.summary.claimed += 1;
                self.waits(since);
                continue;
            }
            if !self.topic_is_well {
                self.waits(since);
                return;
            }
            match self
                .shell
                .ledger
                .take(announcement.id, &self.claim, now)
                .await
            {
                Ok(true) if self.publish(&announcement).await => self.summary.redriven += 1,
                Ok(true) => self.waits(since),
                Ok(false) => (),
                Err(error) => {
                    self.waits(since);
                    self.trouble(error);
                }
            }
        }
    }

    /// Publishes a claimed intent; `false` when it is still to be published.
    async fn publish(&mut self, announcement: &Announcement) -> bool {
        let shell = self.shell;
        if !self.topic_is_well {
            self.release(announcement).await;
            return false;
        }
        if let Err(error) = shell.topic.publish(announcement).await {
            // One message that AWS does not accept says nothing about the others.
            self.topic_is_well = matches!(error, Error::Refused { .. });
            self.trouble(error);
            self.release(announcement).await;
            return false;
        }
        self.summary.announced += 1;
        if let Err(error) = shell.ledger.mark(announcement.id, self.now()).await {
            self.trouble(error);
        }
        true
    }

    /// The next tick takes it.
    async fn release(&mut self, announcement: &Announcement) {
        if let Err(error) = self
            .shell
            .ledger
            .release(announcement.id, &self.claim)
            .await
        {
            self.trouble(error);
        }
    }
}
