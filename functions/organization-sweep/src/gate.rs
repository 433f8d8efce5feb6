//! Decides whether the plan may be applied.

use account_aws::Error;
use account_core::inventory::Member;
use account_core::sweep::{
    AccountFound, AccountResult, BatchAccount, Gate, Outcome, Phase, Plan, gate, plan_counts,
};

use crate::Shell;
use crate::files::Collected;
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
        let members = files.inventory().await?;
        let swept: Vec<_> = members
            .iter()
            .filter(|member| self.is_swept(state.kind, member))
            .map(|member| collected.accounts.get(&member.id))
            .collect();
        let counts = plan_counts(&swept);
        state.counts = Some(counts);
        state.next = Next::Report;
        let Some(version) = collected.versions.one() else {
            // Without any result there is no version, and nothing to apply.
            let is_mixed = collected.versions.is_mixed();
            state.outcome = is_mixed.then_some(Outcome::Superseded);
            return Ok(state);
        };
        let plan = plan(members, &collected, version);
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
        // Nobody knows what the policy would do to accounts that were not looked at: it passes when a sweep has seen all.
        let is_seen = swept
            .iter()
            .all(|it| it.is_some_and(AccountResult::is_covered));
        if is_seen && !self.ledger.pass_policy(version).await? {
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
        files
            .write_batches(&mut state, &plan.accounts, Some(version))
            .await?;
        Ok(state)
    }
}

/// The accounts that are to be changed, and the changes.
fn plan(members: Vec<Member>, collected: &Collected, version: &str) -> Plan {
    let mut accounts = Vec::new();
    for member in members {
        let found = collected.accounts.get(&member.id).map(|it| &it.found);
        if let Some(AccountFound::Contacts { changes, .. }) = found
            && !changes.is_empty()
        {
            let changes = changes.clone();
            accounts.push(BatchAccount { member, changes });
        }
    }
    Plan {
        policy_version: version.to_owned(),
        accounts,
    }
}
