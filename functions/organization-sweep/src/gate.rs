//! Decides whether the plan may be applied.

use account_aws::Error;
use account_core::sweep::{AccountFound, BatchAccount, Counts, Gate, Outcome, Phase, Plan, gate};

use crate::Shell;
use crate::state::{Next, State};

impl Shell {
    /// Keeps the plan, and goes on to apply it where the gate is open and this is no dry run.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub(crate) async fn gate(&self, mut state: State) -> Result<State, Error> {
        let id = state.id.clone();
        let files = self.files(&id);
        let collected = files.collected(Phase::Plan, state.round).await?;
        let mut counts = Counts::default();
        for account in collected.accounts.values() {
            counts += account.found.counts();
        }
        state.counts = Some(counts);
        state.next = Next::Report;
        let mut versions = collected.policy_versions.iter();
        let (Some(version), None) = (versions.next(), versions.next()) else {
            // Without any result there is no version, and nothing to apply.
            let is_mixed = !collected.policy_versions.is_empty();
            state.outcome = is_mixed.then_some(Outcome::Superseded);
            return Ok(state);
        };
        let mut accounts = Vec::new();
        for member in files.inventory().await? {
            let found = collected.accounts.get(&member.id).map(|it| &it.found);
            if let Some(AccountFound::Contacts { changes, .. }) = found
                && !changes.is_empty()
            {
                let changes = changes.clone();
                accounts.push(BatchAccount { member, changes });
            }
        }
        let plan = Plan {
            policy_version: version.clone(),
            accounts,
        };
        files.write_plan(&plan).await?;
        if let Gate::Closed { reasons } = gate(&counts, &self.config.limits) {
            for reason in reasons {
                tracing::warn!(sweep = id, "the gate is closed: {reason}");
            }
            state.outcome = Some(Outcome::GateClosed);
            return Ok(state);
        }
        if self.config.dry_run {
            state.outcome = Some(Outcome::DryRun);
            return Ok(state);
        }
        if !self.ledger.pass_policy(&plan.policy_version).await? {
            state.outcome = Some(Outcome::Superseded);
            return Ok(state);
        }
        if plan.accounts.is_empty() {
            return Ok(state);
        }
        state.planned = Some(state.round);
        state.phase = Phase::Apply;
        state.round = 1;
        state.fruitless = 0;
        state.wait = 0;
        state.items = files
            .write_batches(Phase::Apply, 1, plan.accounts, Some(version))
            .await?;
        state.next = Next::Batches;
        Ok(state)
    }
}
