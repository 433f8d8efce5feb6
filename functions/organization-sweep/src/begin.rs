//! Begins a sweep: one of a kind at a time.

use account_aws::Error;
use account_core::sweep::{Phase, Sweep};
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::event::{Input, is_sweep_id};
use crate::files::Files;
use crate::state::{Items, Next, State};

impl Shell {
    /// Takes the lock, and finds out what is to be swept.
    ///
    /// # Errors
    /// [`Error::SweepRunning`] when another execution sweeps; [`Error::NoSuchSweep`] when there is nothing to resume or to
    /// apply.
    pub(crate) async fn begin(
        &self,
        execution: &str,
        started: DateTime<Utc>,
        input: &Input,
    ) -> Result<State, Error> {
        let kind = input.kind();
        let is_there = match kind {
            Sweep::Contacts => self.config.has_contacts,
            Sweep::GovCloud => self.config.has_govcloud,
        };
        let id = crate::id(execution);
        if !is_there {
            return Err(Error::ForeignEvent {
                found: format!("a sweep of {}", kind.as_str()),
                expected: "a kind of sweep that this stack has: contacts with a policy, govcloud in the partition aws",
            });
        }
        if !is_sweep_id(id) {
            return Err(Error::ForeignEvent {
                found: "an execution with another name".to_owned(),
                expected: "a name of letters, digits, - and _, or none",
            });
        }
        let namesake = self.files(id).state().await?;
        if namesake.is_some_and(|it| it.started != started) {
            return Err(Error::ForeignEvent {
                found: "an execution with the name of an earlier sweep".to_owned(),
                expected: "a name that no sweep has had, or none",
            });
        }
        self.lock(kind, execution).await?;
        let state = State {
            id: id.to_owned(),
            kind,
            phase: match kind {
                Sweep::Contacts => Phase::Plan,
                Sweep::GovCloud => Phase::Audit,
            },
            round: 1,
            fruitless: 0,
            planned: None,
            next: Next::Inventory,
            wait: 0,
            items: Items::default(),
            started,
            counts: None,
            outcome: None,
        };
        match input {
            Input::Sweep(_) => Ok(state),
            Input::Resume(_, sweep) => self.resume(state, sweep).await,
            Input::ApplyPlan(sweep) => self.apply_plan(state, sweep).await,
        }
    }

    /// Another sweep's files, and how it ended.
    pub(crate) async fn earlier<'a>(&'a self, sweep: &'a str) -> Result<(Files<'a>, State), Error> {
        let files = self.files(sweep);
        let state = files.state().await?.ok_or_else(|| no_such(sweep))?;
        Ok((files, state))
    }

    /// Applies the plan of another sweep: a person has approved it by naming it.
    async fn apply_plan(&self, mut state: State, sweep: &str) -> Result<State, Error> {
        let (before, old) = self.earlier(sweep).await?;
        let plan = before.plan().await?.ok_or_else(|| no_such(sweep))?;
        let last = old.planned.unwrap_or(old.round);
        let planned = before.collected(Phase::Plan, last).await?;
        let id = state.id.clone();
        let files = self.files(&id);
        files.write_inventory(&before.inventory().await?).await?;
        files.write_plan(&plan).await?;
        let version = Some(plan.policy_version.as_str());
        let found: Vec<_> = planned.accounts.into_values().collect();
        files
            .write_found_before(Phase::Plan, version, &found)
            .await?;
        if !self.ledger.pass_policy(&plan.policy_version).await? {
            tracing::warn!("the policy has changed since the plan was made");
        }
        state.phase = Phase::Apply;
        state.planned = Some(0);
        files
            .write_batches(&mut state, &plan.accounts, version)
            .await?;
        Ok(state)
    }
}

pub(crate) fn no_such(sweep: &str) -> Error {
    Error::NoSuchSweep {
        sweep: sweep.to_owned(),
    }
}
