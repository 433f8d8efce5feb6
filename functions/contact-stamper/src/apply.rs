//! Carries a plan out: remember, write, remember.

use std::time::Duration;

use account_aws::contacts::Contacts;
use account_aws::ledger::{FingerprintKey, NewWrite, Remembered};
use account_aws::{Error, clock};
use account_core::contact::{Contact as Alternate, ContactType, Field};
use account_core::primary::{PrimaryContact, PrimaryField};
use account_core::report::{Contact, ContactLine, Done};
use account_core::stamp::{Fingerprint, Step};
use account_core::stamped::Change;
use account_core::sweep::{ChangeWord, PlannedChange};

use crate::account::EXCLUDED;
use crate::answer::{Report, line};
use crate::plan::{Plan, Planned, Primary, alternate_fingerprint, primary_fingerprint};
use crate::{MARGIN, Shell};

/// Of the time that is left, so much is for what follows a write: its row, its announcement, a sweep's results.
const AFTER_A_WRITE: Duration = Duration::from_secs(7);

const OUT_OF_TIME: Error = Error::OutOfTime {
    margin_seconds: MARGIN.as_secs() + AFTER_A_WRITE.as_secs(),
};

/// What became of a plan.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) report: Report,
    /// Own writes that are not announced yet.
    pub(crate) writes: Vec<(Change, Remembered)>,
    /// Something may go better soon.
    pub(crate) again: bool,
}

/// A write that is to be made.
pub(crate) struct Write<'a> {
    pub(crate) line: ContactLine,
    pub(crate) change: ChangeWord,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) own: Option<&'a Remembered>,
    pub(crate) is_own: bool,
    /// The sweep that writes, if one does.
    pub(crate) sweep: Option<&'a str>,
}

/// What became of a write.
pub(crate) struct Made {
    pub(crate) line: ContactLine,
    /// The row of a write that was made.
    pub(crate) written: Option<Remembered>,
    /// It may go better soon.
    pub(crate) again: bool,
}

impl Plan {
    /// The writes of a run that died before it announced them. Only a reading that shows a write proves it.
    pub(crate) fn left_over(&self) -> Vec<(Change, Remembered)> {
        let alternates = self.alternates.iter().filter_map(Planned::left_over);
        let primary = self.primary.iter().filter_map(Planned::left_over);
        alternates.chain(primary).collect()
    }

    /// Forgets that they are not announced.
    pub(crate) fn settle_left_over(&mut self) {
        self.alternates.iter_mut().for_each(Planned::settle);
        self.primary.iter_mut().for_each(Planned::settle);
    }
}

impl<K: Copy + Into<Contact>, T, F> Planned<K, T, F> {
    fn left_over(&self) -> Option<(Change, Remembered)> {
        let own = self.own.as_ref().filter(|_| self.decision.is_own)?;
        let change = Change {
            contact: self.kind.into().as_str().to_owned(),
            change: own.unannounced.clone()?,
            version: own.version,
        };
        Some((change, own.clone()))
    }

    fn settle(&mut self) {
        if let Some(own) = self.own.as_mut().filter(|_| self.decision.is_own) {
            own.unannounced = None;
        }
    }
}

/// The write that a step asks for, and the contact that it leaves behind.
fn change<T>(step: &Step<T>) -> Option<(ChangeWord, Option<&T>)> {
    match step {
        Step::Add(contact) => Some((ChangeWord::Added, Some(contact))),
        Step::Replace(contact) => Some((ChangeWord::Replaced, Some(contact))),
        Step::Remove => Some((ChangeWord::Removed, None)),
        Step::Nothing | Step::Planned | Step::Unsettled | Step::Contested => None,
    }
}

impl Planned<ContactType, Alternate, Field> {
    /// What would be done, in a word, where something would.
    pub(crate) fn change(&self) -> Option<ChangeWord> {
        change(&self.decision.step).map(|(change, _)| change)
    }

    /// The same as a plan keeps it.
    pub(crate) fn planned_change(&self, key: &FingerprintKey) -> Option<PlannedChange> {
        let (change, contact) = change(&self.decision.step)?;
        Some(PlannedChange {
            contact: self.kind.into(),
            change,
            before: self.before.clone()?,
            wanted: alternate_fingerprint(key, contact),
        })
    }
}

impl Planned<Primary, PrimaryContact, PrimaryField> {
    /// The same for the primary contact, which nobody can remove.
    pub(crate) fn change(&self) -> Option<ChangeWord> {
        change(&self.decision.step)
            .filter(|(_, contact)| contact.is_some())
            .map(|(change, _)| change)
    }

    /// The same as a plan keeps it.
    pub(crate) fn planned_change(&self, key: &FingerprintKey) -> Option<PlannedChange> {
        let (change, contact) = change(&self.decision.step)?;
        Some(PlannedChange {
            contact: Contact::Primary,
            change,
            before: self.before.clone()?,
            wanted: primary_fingerprint(key, contact?),
        })
    }
}

impl Shell {
    /// Writes what the plan asks for. One contact that fails does not keep the others from being written.
    pub(crate) async fn apply(&self, plan: &Plan) -> Applied {
        let mut applied = Applied {
            report: Report {
                account_id: plan.account.to_string(),
                skipped: plan.is_excluded.then(|| EXCLUDED.to_owned()),
                ..Report::default()
            },
            writes: Vec::new(),
            again: plan.again,
        };
        for planned in &plan.alternates {
            let made = self.apply_alternate(plan, planned, &self.contacts, None);
            applied.add(made.await, planned.change());
        }
        if let Some(planned) = &plan.primary {
            let made = self.apply_primary(plan, planned, &self.contacts, None);
            applied.add(made.await, planned.change());
        }
        applied
    }

    /// Writes one alternate contact, if the plan says so.
    pub(crate) async fn apply_alternate(
        &self,
        plan: &Plan,
        planned: &Planned<ContactType, Alternate, Field>,
        contacts: &Contacts,
        sweep: Option<&str>,
    ) -> Made {
        let kind = planned.kind;
        let line = line(kind.into(), &planned.decision);
        let Some((change, contact)) = change(&planned.decision.step) else {
            return Made::nothing(line);
        };
        let write = Write {
            line,
            change,
            fingerprint: alternate_fingerprint(&plan.key, contact),
            own: planned.own.as_ref(),
            is_own: planned.decision.is_own,
            sweep,
        };
        let call = async {
            match contact {
                Some(contact) => contacts.put_alternate(&plan.target, kind, contact).await,
                None => contacts.delete_alternate(&plan.target, kind).await,
            }
        };
        self.write(plan, write, call).await
    }

    /// Writes the primary contact, if the plan says so.
    pub(crate) async fn apply_primary(
        &self,
        plan: &Plan,
        planned: &Planned<Primary, PrimaryContact, PrimaryField>,
        contacts: &Contacts,
        sweep: Option<&str>,
    ) -> Made {
        let line = line(Contact::Primary, &planned.decision);
        let Some((change, Some(contact))) = change(&planned.decision.step) else {
            return Made::nothing(line);
        };
        let write = Write {
            line,
            change,
            fingerprint: primary_fingerprint(&plan.key, contact),
            own: planned.own.as_ref(),
            is_own: planned.decision.is_own,
            sweep,
        };
        self.write(plan, write, contacts.put_primary(&plan.target, contact))
            .await
    }

    async fn write(
        &self,
        plan: &Plan,
        write: Write<'_>,
        call: impl Future<Output = Result<(), Error>>,
    ) -> Made {
        let line = write.line.clone();
        let made = self.remember_and_write(plan, write, call).await;
        made.unwrap_or_else(|error| Made::kept_back(plan, line, &error))
    }

    /// The ledger knows of a write before AWS does: a crash in between costs no announcement.
    ///
    /// # Errors
    /// The ledger cannot be written; where that was before the write, it is not made.
    async fn remember_and_write(
        &self,
        plan: &Plan,
        write: Write<'_>,
        call: impl Future<Output = Result<(), Error>>,
    ) -> Result<Made, Error> {
        let now = clock::now(&self.time);
        let mut line = write.line;
        let contact = line.contact.as_str();
        let left = || self.time_left(&plan.claim).saturating_sub(AFTER_A_WRITE);
        if left().is_zero() {
            line.reason = Some(OUT_OF_TIME.kind().to_owned());
            return Ok(Made::later(line));
        }
        let intent = NewWrite {
            account: &plan.account,
            contact,
            change: write.change.as_str(),
            fingerprint: &write.fingerprint,
            before: write.own,
            is_own: write.is_own,
            sweep: write.sweep,
        };
        let intended = self.ledger.intend_write(&intent, now);
        let intended = tokio::time::timeout(left(), intended).await;
        let Some(intended) = intended.unwrap_or(Err(OUT_OF_TIME))? else {
            // Another run is at the same contact; what it makes of it is seen next time.
            return Ok(Made::later(line));
        };
        // One that this invocation did not live to hear of would count.
        let answer = tokio::time::timeout(left(), call).await;
        if let Err(error) = answer.unwrap_or(Err(OUT_OF_TIME)) {
            let again = plan.tell(&error, contact);
            let (account, before) = (&plan.account, write.own);
            // After an answer that was lost, the write may have been made: the next reading tells.
            if matches!(error, Error::Unavailable { .. } | Error::OutOfTime { .. }) {
                self.ledger
                    .uncount_write(account, contact, &intended, before)
                    .await?;
            } else {
                self.ledger
                    .take_write_back(account, contact, &intended, before)
                    .await?;
            }
            line.reason = Some(error.kind().to_owned());
            return Ok(Made {
                again,
                ..Made::nothing(line)
            });
        }
        self.metrics.add("ContactsChanged", 1);
        line.done = Done::Written;
        Ok(Made {
            line,
            written: Some(intended),
            again: false,
        })
    }
}

impl Made {
    /// A planned change that is not made.
    pub(crate) fn left(mut line: ContactLine, done: Done) -> Self {
        line.done = done;
        Self {
            line,
            written: None,
            again: false,
        }
    }

    /// A change that may go better soon.
    pub(crate) fn later(line: ContactLine) -> Self {
        Self {
            again: true,
            ..Self::nothing(line)
        }
    }

    /// Trouble with the ledger keeps one contact back, and hides no other's line: what was written must stand in the report.
    pub(crate) fn kept_back(plan: &Plan, line: ContactLine, error: &Error) -> Self {
        tracing::error!(kind = error.kind(), account = %plan.account, "{error}");
        let reason = Some(error.kind().to_owned());
        Self::later(ContactLine { reason, ..line })
    }

    /// In a sweep nobody comes again for a write that AWS refused for good.
    pub(crate) fn or_failed(mut self) -> Self {
        let is_refused = self.line.done == Done::Planned && self.line.reason.is_some();
        if is_refused && !self.again {
            self.line.done = Done::Failed;
        }
        self
    }

    pub(crate) fn nothing(line: ContactLine) -> Self {
        Self {
            again: line.done == Done::Unsettled,
            line,
            written: None,
        }
    }
}

impl Applied {
    /// Somebody else is at the account's contacts.
    pub(crate) fn nothing(report: Report) -> Self {
        Self {
            report,
            writes: Vec::new(),
            again: true,
        }
    }

    fn add(&mut self, made: Made, change: Option<ChangeWord>) {
        self.again |= made.again;
        let contact = made.line.contact;
        if let (Some(change), Some(written)) = (change, made.written) {
            let change = Change {
                contact: contact.as_str().to_owned(),
                change: change.as_str().to_owned(),
                version: written.version,
            };
            self.writes.push((change, written));
        }
        self.report.contacts.insert(contact, made.line);
    }
}
