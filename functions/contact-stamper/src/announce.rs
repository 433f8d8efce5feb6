//! Announces what was changed, and what others changed.

use account_aws::ledger::{Claim, Remembered};
use account_aws::{Error, clock, outbox};
use account_core::announcement::Announcement;
use account_core::ids::AccountId;
use account_core::report::{Done, Found};
use account_core::stamped::{Actor, Change, Drift, drift_found, stamped};

use crate::Shell;
use crate::answer::Report;
use crate::plan::Plan;

impl Shell {
    /// Announces own writes; each is marked once its announcement's intent is safe. `false` when another run announced some
    /// of them: the next look at the account finds the others.
    ///
    /// # Errors
    /// The ledger or the topic refuses; nothing is lost, the next run of the poller or of this account goes on.
    pub(crate) async fn announce_writes(
        &self,
        plan: &Plan,
        writes: &[(Change, Remembered)],
    ) -> Result<bool, Error> {
        if writes.is_empty() {
            return Ok(true);
        }
        let account = &plan.account;
        let changes: Vec<_> = writes.iter().map(|(change, _)| change.clone()).collect();
        let now = clock::now(&self.time);
        let announcement = stamped(
            &self.config.organization,
            account,
            &changes,
            &plan.policy_version,
            now,
        );
        let marks: Vec<_> = writes
            .iter()
            .map(|(change, write)| (change.contact.as_str(), write.version))
            .collect();
        // Both or neither: else a run that dies in between makes a second announcement of the rest.
        let intended = self
            .ledger
            .intend_for_writes(&announcement, &plan.claim, now, account, &marks)
            .await?;
        if intended {
            self.publish(&announcement, &plan.claim).await?;
        }
        Ok(intended)
    }

    /// Announces that somebody changed contacts away from the standard: `contact`, or where the event does not say which,
    /// all that differ.
    ///
    /// # Errors
    /// As above.
    pub(crate) async fn announce_drift(
        &self,
        account: &AccountId,
        report: &Report,
        actor: &Actor,
        contact: Option<&str>,
        claim: &Claim,
    ) -> Result<(), Error> {
        let drifted = report
            .contacts
            .iter()
            .filter(|(name, _)| contact.is_none_or(|contact| contact == name.as_str()))
            // What is not settled is told when it is.
            .filter(|(_, line)| line.done != Done::Unsettled)
            .filter(|(_, line)| matches!(line.found, Found::Drift | Found::Missing));
        let contacts: Vec<_> = drifted
            .map(|(contact, line)| Drift {
                contact: contact.as_str().to_owned(),
                fields: line
                    .fields
                    .iter()
                    .map(|field| field.as_str().to_owned())
                    .collect(),
            })
            .collect();
        if contacts.is_empty() || actor.event_id.is_empty() {
            return Ok(());
        }
        let now = clock::now(&self.time);
        let announcement = drift_found(&self.config.organization, account, &contacts, actor, now);
        if self.ledger.intend(&announcement, claim, now).await? {
            self.publish(&announcement, claim).await
        } else {
            Ok(())
        }
    }

    async fn publish(&self, announcement: &Announcement, claim: &Claim) -> Result<(), Error> {
        outbox::publish(&self.ledger, &self.topic, announcement, claim, &self.time).await
    }
}
