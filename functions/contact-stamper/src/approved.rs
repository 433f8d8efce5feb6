//! One account's part of a plan that has passed the gate.

use std::slice;

use account_aws::ledger::Remembered;
use account_core::policy::NOT_ASKED;
use account_core::report::{Contact, ContactLine, Done, Found};
use account_core::stamp::{self, Decision, Step};
use account_core::sweep::{ChangeWord, PlannedChange};

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
    /// Makes the planned changes, each if its contact still is as it was when it was planned, and is still to become what
    /// was planned.
    pub(crate) async fn changes(&self, changes: &[PlannedChange]) -> (Vec<ContactLine>, bool) {
        let mut lines = Vec::new();
        let mut again = self.plan.again;
        for change in changes {
            let made = self.change(change).await;
            again |= made.again;
            lines.push(made.line);
        }
        (lines, again)
    }

    async fn change(&self, change: &PlannedChange) -> Made {
        let (contacts, sweep) = (self.sight.contacts, Some(self.sweep));
        let key = &self.plan.key;
        let mut alternates = self.plan.alternates.iter();
        let primary = self.plan.primary.as_ref();
        let made = if let Some(it) = alternates.find(|it| change.contact == it.kind.into()) {
            match self.verdict(change, it, it.planned_change(key).as_ref()) {
                Verdict::Write => {
                    let made = self.shell.apply_alternate(self.plan, it, contacts, sweep);
                    made.await
                }
                Verdict::Leave(done) => Made::left(line(change.contact, &it.decision), done),
                Verdict::Match => {
                    self.on_standard(line(change.contact, &it.decision), it)
                        .await
                }
            }
        } else if let Some(it) = primary.filter(|_| change.contact == Contact::Primary) {
            match self.verdict(change, it, it.planned_change(key).as_ref()) {
                Verdict::Write => {
                    let made = self.shell.apply_primary(self.plan, it, contacts, sweep);
                    made.await
                }
                Verdict::Leave(done) => Made::left(line(change.contact, &it.decision), done),
                Verdict::Match => {
                    self.on_standard(line(change.contact, &it.decision), it)
                        .await
                }
            }
        } else {
            self.no_longer_asked(change.contact)
        };
        made.or_failed()
    }

    /// Own writes were read when the batch began. Where the same batch was started once more, the other run may have made
    /// this one since.
    async fn on_standard<K, T, F>(&self, line: ContactLine, now: &Planned<K, T, F>) -> Made {
        let accounts = slice::from_ref(&self.plan.account);
        let contact = line.contact.as_str();
        let own_writes = self.shell.ledger.own_writes(accounts, &[contact]).await;
        let own = match &own_writes {
            Ok(own_writes) => own_writes.get(&self.plan.account, contact),
            Err(error) => return Made::kept_back(self.plan, line, error),
        };
        match own {
            Ok(Some(own))
                if self.is_of_this_sweep(own)
                    && Some(&own.own.fingerprint) == now.before.as_ref() =>
            {
                Made::left(line, Done::Written)
            }
            Ok(_) => Made::left(line, Done::Nothing),
            Err(error) => Made::kept_back(self.plan, line, error),
        }
    }

    fn is_of_this_sweep(&self, own: &Remembered) -> bool {
        own.sweep.as_deref() == Some(self.sweep)
    }

    /// The contact was not read.
    fn no_longer_asked(&self, contact: Contact) -> Made {
        let line = ContactLine {
            contact,
            found: Found::Unknown,
            fields: Vec::new(),
            done: Done::Nothing,
            reason: Some(NOT_ASKED.to_owned()),
        };
        let done = if self.is_superseded {
            Done::Superseded
        } else {
            Done::Surprised
        };
        Made::left(line, done)
    }

    /// `change` is what would be planned now.
    fn verdict<K, T, F: PartialEq>(
        &self,
        planned: &PlannedChange,
        now: &Planned<K, T, F>,
        change: Option<&PlannedChange>,
    ) -> Verdict {
        let own = now.own.as_ref().filter(|_| now.decision.is_own);
        if own.is_some_and(|own| self.is_of_this_sweep(own)) {
            // An earlier round wrote it and did not live to say so.
            Verdict::Leave(Done::Written)
        } else if self.is_superseded {
            Verdict::Leave(Done::Superseded)
        } else if now.is_not_asked {
            Verdict::Leave(Done::Surprised)
        } else if now.decision.found == stamp::Found::Match {
            Verdict::Match
        } else if now
            .before
            .as_ref()
            .is_some_and(|before| *before != planned.before)
            || !is_still_asked(planned, &now.decision, change)
        {
            Verdict::Leave(Done::Surprised)
        } else {
            Verdict::Write
        }
    }
}

/// Whether nothing but the planned change would be made now: the account's tags and units may have changed, and the
/// standard with them. What is there and what is to be there say all of a change, and its word may be another one: AWS's copy
/// of a primary contact counts as nothing only while the account is new.
fn is_still_asked<T, F>(
    planned: &PlannedChange,
    now: &Decision<T, F>,
    change: Option<&PlannedChange>,
) -> bool {
    match now.step {
        Step::Add(_) | Step::Replace(_) | Step::Remove => {
            change.is_some_and(|it| it.before == planned.before && it.wanted == planned.wanted)
        }
        // What follows writes nothing and says why itself. In a sweep only a removal waits for a permit.
        Step::Planned => planned.change == ChangeWord::Removed,
        Step::Unsettled | Step::Contested => true,
        Step::Nothing => matches!(now.found, stamp::Found::Unknown(_)),
    }
}

/// Whether a planned change is made.
enum Verdict {
    /// If there still is something to write.
    Write,
    Leave(Done),
    /// There is nothing to write.
    Match,
}
