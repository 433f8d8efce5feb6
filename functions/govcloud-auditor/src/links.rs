//! What was observed, compared with what was last seen, remembered, and announced.

use account_aws::ledger::{Claim, KnownLink};
use account_aws::{Error, clock, outbox};
use account_core::announcement::Announcement;
use account_core::govcloud::{Audited, Observation, Transition, link_changed, transition};
use account_core::inventory::Member;

use crate::Shell;

impl Shell {
    /// Puts together what is known of an account.
    pub(crate) fn audited(
        member: &Member,
        observation: Observation,
        KnownLink { link, reported }: KnownLink,
    ) -> Audited {
        Audited {
            id: member.id.clone(),
            state: member.state.clone(),
            observation,
            remembered: link,
            reported,
        }
    }

    /// Remembers links that are new or have changed, and announces the latter. Gives the number of those. What the topic
    /// does not take is announced by the poller's next tick.
    ///
    /// # Errors
    /// The ledger refuses; what is not remembered is compared again in the next round.
    pub(crate) async fn settle(
        &self,
        audited: impl Iterator<Item = &Audited>,
        claim: &Claim,
    ) -> Result<usize, Error> {
        let now = clock::now(&self.time);
        let mut first = Vec::new();
        let mut changes = Vec::new();
        for account in audited {
            match transition(account.remembered.as_ref(), &account.observation, now) {
                Transition::Nothing => (),
                Transition::Baseline(link) => first.push((account.id.clone(), link)),
                Transition::Changed { from, to, next } => {
                    let organization = &self.config.organization;
                    let change = (&from, &to);
                    let announcement =
                        link_changed(organization, &account.id, change, next.version, now);
                    changes.push((&account.id, next, announcement));
                }
            }
        }
        self.ledger.first_links(&first).await?;
        let mut topic_is_well = true;
        for (account, next, announcement) in &changes {
            let intended = self
                .ledger
                .change_link(account, next, announcement, claim, now)
                .await?;
            if !intended {
                continue;
            }
            tracing::info!(%account, id = %announcement.id, "the link has changed");
            // Trying on would take the time of everything else.
            if topic_is_well {
                topic_is_well = self.publish(announcement, claim).await;
            } else {
                self.ledger.release(announcement.id, claim).await?;
            }
        }
        Ok(changes.len())
    }

    async fn publish(&self, announcement: &Announcement, claim: &Claim) -> bool {
        let published =
            outbox::publish(&self.ledger, &self.topic, announcement, claim, &self.time).await;
        if let Err(error) = &published {
            tracing::error!(kind = error.kind(), id = %announcement.id, "{error}");
        }
        published.is_ok()
    }
}
