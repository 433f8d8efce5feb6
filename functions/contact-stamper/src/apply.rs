//! Carries a plan out: remember, write, remember.

use account_aws::ledger::Remembered;
use account_aws::{Error, clock};
use account_core::contact::{Contact, ContactType, Field};
use account_core::primary::{PrimaryContact, PrimaryField};
use account_core::stamp::{Fingerprint, Step};
use account_core::stamped::Change;

use crate::Shell;
use crate::account::{
    PRIMARY, Plan, Planned, alternate_fingerprint, may_pass, primary_fingerprint,
};
use crate::answer::{Line, Report};

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
struct Write<'a> {
    contact: &'a str,
    change: &'static str,
    fingerprint: Fingerprint,
    own: Option<&'a Remembered>,
    is_own: bool,
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
        let alternates = self
            .alternates
            .iter_mut()
            .map(|it| (&mut it.own, it.decision.is_own));
        let primary = self
            .primary
            .iter_mut()
            .map(|it| (&mut it.own, it.decision.is_own));
        for (own, is_own) in alternates.chain(primary) {
            if let Some(own) = own
                && is_own
            {
                own.unannounced = None;
            }
        }
    }
}

impl<K: AsRef<str>, T, F> Planned<K, T, F> {
    fn left_over(&self) -> Option<(Change, Remembered)> {
        let own = self.own.as_ref().filter(|_| self.decision.is_own)?;
        let change = Change {
            contact: self.kind.as_ref().to_owned(),
            change: own.unannounced.clone()?,
            version: own.version,
        };
        Some((change, own.clone()))
    }
}

impl Shell {
    /// Writes what the plan asks for. One contact that fails does not keep the others from being written.
    ///
    /// # Errors
    /// The ledger cannot be written; then nothing more is written to the account.
    pub(crate) async fn apply(&self, plan: &Plan) -> Result<Applied, Error> {
        let mut applied = Applied {
            report: Report {
                account_id: plan.account.to_string(),
                ..Report::default()
            },
            writes: Vec::new(),
            again: plan.again,
        };
        for planned in &plan.alternates {
            let line = self.apply_alternate(plan, planned, &mut applied).await?;
            applied.add(planned.kind.as_str(), line);
        }
        if let Some(planned) = &plan.primary {
            let line = self.apply_primary(plan, planned, &mut applied).await?;
            applied.add(PRIMARY, line);
        }
        Ok(applied)
    }

    async fn apply_alternate(
        &self,
        plan: &Plan,
        planned: &Planned<ContactType, Contact, Field>,
        applied: &mut Applied,
    ) -> Result<Line, Error> {
        let (kind, line) = (planned.kind, Line::planned(&planned.decision));
        let (change, contact) = match &planned.decision.step {
            Step::Add(contact) => ("added", Some(contact)),
            Step::Replace(contact) => ("replaced", Some(contact)),
            Step::Remove => ("removed", None),
            Step::Nothing | Step::Planned | Step::Unsettled | Step::Contested => return Ok(line),
        };
        let write = Write {
            contact: kind.as_str(),
            change,
            fingerprint: alternate_fingerprint(&plan.key, contact),
            own: planned.own.as_ref(),
            is_own: planned.decision.is_own,
        };
        let call = async {
            match contact {
                Some(contact) => {
                    self.contacts
                        .put_alternate(&plan.target, kind, contact)
                        .await
                }
                None => self.contacts.delete_alternate(&plan.target, kind).await,
            }
        };
        self.write(plan, &write, line, applied, call).await
    }

    async fn apply_primary(
        &self,
        plan: &Plan,
        planned: &Planned<&'static str, PrimaryContact, PrimaryField>,
        applied: &mut Applied,
    ) -> Result<Line, Error> {
        let line = Line::planned(&planned.decision);
        let (change, contact) = match &planned.decision.step {
            Step::Add(contact) => ("added", contact),
            Step::Replace(contact) => ("replaced", contact),
            Step::Remove | Step::Nothing | Step::Planned | Step::Unsettled | Step::Contested => {
                return Ok(line);
            }
        };
        let fingerprint = primary_fingerprint(&plan.key, contact);
        let write = Write {
            contact: PRIMARY,
            change,
            fingerprint,
            own: planned.own.as_ref(),
            is_own: planned.decision.is_own,
        };
        self.write(
            plan,
            &write,
            line,
            applied,
            self.contacts.put_primary(&plan.target, contact),
        )
        .await
    }

    /// The ledger knows of a write before AWS does: a crash in between costs no announcement.
    async fn write(
        &self,
        plan: &Plan,
        write: &Write<'_>,
        line: Line,
        applied: &mut Applied,
        call: impl Future<Output = Result<(), Error>>,
    ) -> Result<Line, Error> {
        let now = clock::now(&self.time);
        let Write {
            contact,
            change,
            fingerprint,
            own,
            is_own,
        } = write;
        let intended = self
            .ledger
            .intend_write(
                &plan.account,
                contact,
                change,
                fingerprint,
                *own,
                *is_own,
                now,
            )
            .await?;
        let Some(intended) = intended else {
            // Another run is at the same contact; what it makes of it is seen next time.
            applied.again = true;
            return Ok(Line {
                done: "planned",
                ..line
            });
        };
        match call.await {
            Ok(()) => {
                let change = Change {
                    contact: (*contact).to_owned(),
                    change: (*change).to_owned(),
                    version: intended.version,
                };
                applied.writes.push((change, intended));
                Ok(Line {
                    done: "written",
                    ..line
                })
            }
            Err(error) => {
                tracing::error!(kind = error.kind(), account = %plan.account, contact, "{error}");
                applied.again |= may_pass(&error, plan.is_young);
                // After an answer that was lost, the write may have been made: the next reading tells.
                if !matches!(error, Error::Unavailable { .. }) {
                    self.ledger
                        .take_write_back(&plan.account, contact, &intended, *own)
                        .await?;
                }
                Ok(Line {
                    done: "planned",
                    reason: Some(error.kind().to_owned()),
                    ..line
                })
            }
        }
    }
}

impl Applied {
    fn add(&mut self, contact: &str, line: Line) {
        self.again |= line.done == "unsettled";
        self.report.contacts.insert(contact.to_owned(), line);
    }
}
