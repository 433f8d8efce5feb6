//! Writes the report, and announces it.

use std::collections::BTreeMap;

use account_aws::ledger::Claim;
use account_aws::{Error, clock, outbox};
use account_core::announcement::Announcement;
use account_core::ids::AccountId;
use account_core::inventory::Member;
use account_core::report::{Coverage, Report, Row, counts, write_csv, write_html, write_json};
use account_core::sweep::{
    AccountResult, Finish, Gate, Outcome, Reason, Sweep, finished, gate, outcome, sweep_failed,
};

use crate::Shell;
use crate::event::Failed;
use crate::files::Files;
use crate::state::{Next, State};

/// What is said of an account that no batch dealt with.
const NOT_REACHED: &str = "the sweep did not get to it";

impl Shell {
    /// Writes the report, and announces it.
    ///
    /// # Errors
    /// A file cannot be read or written, or the ledger refuses.
    pub(crate) async fn report(&self, mut state: State, claim: &Claim) -> Result<State, Error> {
        let id = state.id.clone();
        let files = self.files(&id);
        let members = files.inventory().await?;
        let found = self.found(&files, &state).await?;
        let place = format!("s3://{}/{}", self.bucket.name(), files.key("report.html"));
        let rows = match state.kind {
            Sweep::Contacts => {
                let row = |member| contact_row(member, &found.accounts);
                members.iter().map(row).collect()
            }
            Sweep::GovCloud => {
                self.audit(&state, &members, &found.accounts, &place, claim)
                    .await?
            }
        };
        // An account of which the new policy asks nothing has no contact to tell it by.
        let is_superseded =
            found.versions.is_mixed() || found.accounts.values().any(|it| it.found.is_superseded());
        let outcome = state
            .outcome
            .unwrap_or_else(|| outcome(&rows, is_superseded));
        let version = match state.kind {
            Sweep::Contacts => self.plan_version(&files, &state).await?,
            Sweep::GovCloud => None,
        };
        let report = Report {
            sweep: id.clone(),
            kind: state.kind,
            outcome,
            started: state.started,
            finished: clock::now(&self.time),
            policy_version: version,
            counts: counts(&rows),
            rows,
        };
        self.write(&files, &report).await?;
        let finish = Finish {
            id: &id,
            sweep: state.kind,
            outcome,
            reasons: &self.reasons(&state),
            counts: &report.counts,
            report: &place,
        };
        let now = clock::now(&self.time);
        let announcement = finished(&self.config.organization, &finish, now);
        self.announce(&announcement, claim).await?;
        self.count(&report);
        state.outcome = Some(outcome);
        state.next = Next::Done;
        Ok(state)
    }

    fn count(&self, report: &Report) {
        let metrics = &self.metrics;
        let sweeps = match report.kind {
            Sweep::Contacts => "ContactSweeps",
            Sweep::GovCloud => "GovCloudAudits",
        };
        metrics.add(sweeps, 1);
        let is_closed = report.outcome == Outcome::GateClosed;
        metrics.add("GatesClosed", is_closed.into());
        let count = |word| report.counts.get(word).copied().unwrap_or_default();
        metrics.add("CoveredAccounts", count("covered"));
        metrics.add(
            "UncoveredAccounts",
            count("uncovered") + count("unfinished"),
        );
        let seconds = (report.finished - report.started).num_seconds();
        metrics.add("SweepSeconds", u64::try_from(seconds).unwrap_or_default());
    }

    async fn plan_version(
        &self,
        files: &Files<'_>,
        state: &State,
    ) -> Result<Option<String>, Error> {
        // Before the gate there is none.
        if state.counts.is_none() && state.planned.is_none() {
            return Ok(None);
        }
        Ok(files.plan().await?.map(|plan| plan.policy_version))
    }

    /// Why the gate is closed, where it is.
    fn reasons(&self, state: &State) -> Vec<Reason> {
        let counts = state
            .counts
            .filter(|_| state.outcome == Some(Outcome::GateClosed));
        match counts.map(|counts| gate(&counts, &self.config.limits)) {
            Some(Gate::Closed { reasons }) => reasons,
            Some(Gate::Open) | None => Vec::new(),
        }
    }

    async fn write(&self, files: &Files<'_>, report: &Report) -> Result<(), Error> {
        type Write = fn(&Report, &mut Vec<u8>) -> std::io::Result<()>;
        let renderings: [(&str, &str, Write); 3] = [
            ("report.json", "application/json", |it, out| {
                write_json(it, out)
            }),
            ("report.csv", "text/csv; charset=utf-8", |it, out| {
                write_csv(it, out)
            }),
            ("report.html", "text/html; charset=utf-8", |it, out| {
                write_html(it, out)
            }),
        ];
        for (name, content_type, write) in renderings {
            let mut bytes = Vec::new();
            write(report, &mut bytes).or(Err(Error::BrokenDocument {
                key: files.key(name),
            }))?;
            let key = files.key(name);
            self.bucket.write(&key, content_type, bytes).await?;
        }
        Ok(())
    }

    /// What the topic does not take is announced by the poller's next tick.
    pub(crate) async fn announce(
        &self,
        announcement: &Announcement,
        claim: &Claim,
    ) -> Result<(), Error> {
        let now = clock::now(&self.time);
        if self.ledger.intend(announcement, claim, now).await? {
            self.publish(announcement, claim).await;
        }
        Ok(())
    }

    pub(crate) async fn publish(&self, announcement: &Announcement, claim: &Claim) {
        let published =
            outbox::publish(&self.ledger, &self.topic, announcement, claim, &self.time).await;
        if let Err(error) = published {
            tracing::error!(kind = error.kind(), id = %announcement.id, "{error}");
        }
    }

    /// Announces that the sweep broke off, and gives the lock back.
    ///
    /// # Errors
    /// The ledger refuses.
    pub(crate) async fn fail(
        &self,
        sweep: (Sweep, &str),
        failed: &Failed,
        execution: &str,
        claim: &Claim,
    ) -> Result<(), Error> {
        tracing::error!(
            sweep = sweep.1,
            step = failed.step,
            kind = failed.error,
            "the sweep broke off"
        );
        let now = clock::now(&self.time);
        let organization = &self.config.organization;
        let announcement = sweep_failed(organization, sweep, &failed.step, &failed.error, now);
        self.announce(&announcement, claim).await?;
        self.ledger.release_lock(sweep.0, execution).await
    }
}

fn contact_row(member: &Member, found: &BTreeMap<AccountId, AccountResult>) -> Row {
    let result = found.get(&member.id);
    let coverage = result.and_then(|it| it.found.coverage());
    let skipped = || {
        member
            .skip_reason()
            .map(|it| Coverage::Skipped(it.to_owned()))
    };
    Row {
        account_id: member.id.clone(),
        account_state: member.state.clone(),
        unfinished: result.is_some_and(AccountResult::is_unfinished),
        coverage: coverage.or_else(skipped).unwrap_or_else(not_reached),
    }
}

pub(crate) fn not_reached() -> Coverage {
    Coverage::Uncovered(NOT_REACHED.to_owned())
}
