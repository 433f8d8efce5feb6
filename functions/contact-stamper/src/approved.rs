//! One account's part of a plan that has passed the gate.

use account_aws::Error;
use account_core::report::{ContactLine, Done};
use account_core::stamp::Found;
use account_core::sweep::PlannedChange;

use crate::Shell;
use crate::account::Sight;
use crate::answer::line;
use crate::apply::Made;
use crate::plan::{Plan, Planned};

/// One account's part of an approved plan, and how the account is now.
pub(crate) struct Approved<'a> {
    pub(crate) shell: &'a Shell,
    pub(crate) sight: &'a Sight<'a>,
    pub(crate) sweep: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) is_superseded: bool,
}

impl Approved<'_> {
    /// Makes the planned changes, each if its contact still is as it was when it was planned.
    pub(crate) async fn changes(
        &self,
        changes: &[PlannedChange],
    ) -> Result<(Vec<ContactLine>, bool), Error> {
        let mut lines = Vec::new();
        let mut again = self.plan.again;
        for change in changes {
            let Some(made) = self.change(change).await? else {
                continue;
            };
            again |= made.again;
            lines.push(made.line);
        }
        Ok((lines, again))
    }

    /// `None` where the policy no longer asks anything of the contact.
    async fn change(&self, change: &PlannedChange) -> Result<Option<Made>, Error> {
        let (contacts, sweep) = (self.sight.contacts, Some(self.sweep));
        let mut alternates = self.plan.alternates.iter();
        let made = if let Some(it) = alternates.find(|it| change.contact == it.kind.into()) {
            match self.verdict(change, it) {
                Verdict::Write => {
                    self.shell
                        .apply_alternate(self.plan, it, contacts, sweep)
                        .await?
                }
                Verdict::Leave(done) => Made::left(line(change.contact, &it.decision), done),
            }
        } else if let Some(it) = &self.plan.primary {
            match self.verdict(change, it) {
                Verdict::Write => {
                    self.shell
                        .apply_primary(self.plan, it, contacts, sweep)
                        .await?
                }
                Verdict::Leave(done) => Made::left(line(change.contact, &it.decision), done),
            }
        } else {
            return Ok(None);
        };
        Ok(Some(made.or_failed()))
    }

    fn verdict<K, T, F: PartialEq>(
        &self,
        change: &PlannedChange,
        now: &Planned<K, T, F>,
    ) -> Verdict {
        let sweep = now.own.as_ref().and_then(|own| own.sweep.as_deref());
        if now.decision.is_own && sweep == Some(self.sweep) {
            // An earlier round wrote it and did not live to say so.
            Verdict::Leave(Done::Written)
        } else if self.is_superseded {
            Verdict::Leave(Done::Superseded)
        } else if now.decision.found == Found::Match {
            Verdict::Leave(Done::Nothing)
        } else if now
            .before
            .as_ref()
            .is_some_and(|before| *before != change.before)
        {
            Verdict::Leave(Done::Surprised)
        } else {
            Verdict::Write
        }
    }
}

/// Whether a planned change is made.
enum Verdict {
    Write,
    Leave(Done),
}
