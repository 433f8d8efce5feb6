//! Finds out which accounts the batches covered, and whether another round is needed.

use account_aws::Error;
use account_core::sweep::{AccountFound, AccountResult, BatchAccount, Phase};

use crate::Shell;
use crate::files::{Collected, Files};
use crate::state::State;

/// After so many rounds in a row that covered nothing, the rest is left uncovered. Reads that lag settle in five minutes,
/// and all but the first of these rounds waited for a minute.
const FRUITLESS: u32 = 8;

/// More rounds than this would not fit into an execution's history of 25,000 events.
const ROUNDS: u32 = 200;

impl Shell {
    /// Writes the batches of another round, where accounts are uncovered and a round may help.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub(crate) async fn collect(&self, mut state: State) -> Result<State, Error> {
        let id = state.id.clone();
        let files = self.files(&id);
        let collected = files.collected(state.phase, state.round).await?;
        let before = files.collected(state.phase, state.round - 1).await?;
        let (accounts, version) = self.accounts(&files, &state).await?;
        let all = accounts.len();
        let rest: Vec<_> = accounts
            .into_iter()
            .filter(|account| !collected.covers(&account.member.id))
            .collect();
        let is_fruitful = before.covered() < collected.covered();
        state.fruitless = if is_fruitful { 0 } else { state.fruitless + 1 };
        tracing::info!(
            sweep = id,
            phase = state.phase.as_str(),
            round = state.round,
            covered = all - rest.len(),
            uncovered = rest.len(),
            throttled = collected.throttled,
            "collected"
        );
        if rest.is_empty() || FRUITLESS <= state.fruitless || ROUNDS <= state.round {
            state.next = state.after_rounds();
            return Ok(state);
        }
        // Accounts that were only not reached need no patience.
        let is_busy = !is_fruitful
            || rest
                .iter()
                .any(|account| collected.accounts.contains_key(&account.member.id));
        state.round += 1;
        state.wait = if is_busy { self.config.wait } else { 0 };
        files
            .write_batches(&mut state, &rest, version.as_deref())
            .await?;
        Ok(state)
    }

    /// The accounts of the phase, and the version of the policy that they are changed under.
    async fn accounts(
        &self,
        files: &Files<'_>,
        state: &State,
    ) -> Result<(Vec<BatchAccount>, Option<String>), Error> {
        if state.phase == Phase::Apply {
            let plan = files.plan().await?.ok_or_else(|| Error::NoSuchSweep {
                sweep: state.id.clone(),
            })?;
            return Ok((plan.accounts, Some(plan.policy_version)));
        }
        let members = files.inventory().await?.into_iter();
        let members = members.filter(|member| self.is_swept(state.kind, member));
        let accounts = members.map(|member| BatchAccount {
            member,
            changes: Vec::new(),
        });
        Ok((accounts.collect(), None))
    }

    /// What a sweep found, the plan and what became of it put together.
    pub(crate) async fn found(&self, files: &Files<'_>, state: &State) -> Result<Collected, Error> {
        let Some(planned) = state.planned else {
            return files.collected(state.phase, state.round).await;
        };
        let mut found = files.collected(Phase::Plan, planned).await?;
        let mut applied = files.collected(Phase::Apply, state.round).await?;
        found.versions.extend(applied.versions);
        let plan = files.plan().await?;
        for account in plan.into_iter().flat_map(|plan| plan.accounts) {
            let Some(result) = found.accounts.get_mut(&account.member.id) else {
                continue;
            };
            match applied.accounts.remove(&account.member.id) {
                Some(applied) => put_over(result, applied),
                None => {
                    let reason =
                        "its changes were planned, and it is not known that they were made";
                    result.found = AccountFound::Later(reason.to_owned());
                }
            }
        }
        Ok(found)
    }
}

impl Collected {
    fn covered(&self) -> usize {
        self.accounts.values().filter(|it| !it.again).count()
    }
}

/// Puts what became of an account's planned changes over its plan.
fn put_over(result: &mut AccountResult, applied: AccountResult) {
    let AccountFound::Contacts { lines: made, .. } = applied.found else {
        *result = applied;
        return;
    };
    // What the plan could not find out about another contact is still not known.
    result.again |= applied.again;
    if let AccountFound::Contacts { lines, changes } = &mut result.found {
        changes.clear();
        for line in lines {
            if let Some(made) = made.iter().find(|made| made.contact == line.contact) {
                *line = made.clone();
            }
        }
    }
}
