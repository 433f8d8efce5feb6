//! Intent, publish, mark: in this order and no other.

use account_aws::Error;
use account_aws::ledger::Intent;
use account_core::announcement::Announcement;
use account_core::creation::Finished;

use crate::run::Run;

impl Run<'_> {
    /// Announces an outcome, unless its announcement is on its way or gone already.
    pub(crate) async fn announce(&mut self, request: &Finished) -> Result<(), Error> {
        let shell = self.shell;
        let announcement = request.announcement(&shell.config.organization, self.now());
        if shell
            .ledger
            .intend(&announcement, &self.claim, self.now())
            .await?
        {
            self.publish(&announcement).await;
        }
        shell.known.borrow_mut().insert(announcement.id);
        // Only now: until the intent was safe, the open row was all there was.
        if self.open.remove(&request.id) {
            shell.ledger.close(&request.id).await?;
        }
        Ok(())
    }

    /// Publishes what earlier invocations could not, or did not live to mark.
    pub(crate) async fn redrive(&mut self, intents: Vec<Intent>) {
        for Intent {
            announcement,
            claimed_until,
        } in intents
        {
            let now = self.now();
            if claimed_until.is_some_and(|until| now <= until) {
                self.summary.claimed += 1;
                continue;
            }
            match self
                .shell
                .ledger
                .take(announcement.id, &self.claim, now)
                .await
            {
                Ok(true) if self.publish(&announcement).await => self.summary.redriven += 1,
                Ok(_) => (),
                Err(error) => self.trouble(error),
            }
        }
    }

    /// Publishes a claimed intent; `false` when it is still to be published.
    async fn publish(&mut self, announcement: &Announcement) -> bool {
        let shell = self.shell;
        let published = shell.topic.publish(announcement).await;
        let written = match &published {
            Ok(()) => shell.ledger.mark(announcement.id, self.now()).await,
            Err(_) => shell.ledger.release(announcement.id, &self.claim).await,
        };
        let gone = published.is_ok();
        self.summary.announced += u32::from(gone);
        for error in [published, written].into_iter().filter_map(Result::err) {
            self.trouble(error);
        }
        gone
    }
}
