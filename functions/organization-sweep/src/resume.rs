//! Takes up what another sweep left uncovered.

use std::collections::BTreeMap;

use account_aws::Error;
use account_core::sweep::{BatchAccount, Sweep, Versions, is_newest_audit};

use crate::Shell;
use crate::begin::no_such;
use crate::state::State;

impl Shell {
    /// What the other sweep found counts as found, where it still holds. The accounts are listed anew: since then some have
    /// joined, moved or left.
    pub(crate) async fn resume(&self, mut state: State, sweep: &str) -> Result<State, Error> {
        let (before, old) = self.earlier(sweep).await?;
        if old.kind != state.kind {
            return Err(no_such(sweep));
        }
        let listed = before.inventory().await?.into_iter();
        let listed: BTreeMap<_, _> = listed.map(|member| (member.id.clone(), member)).collect();
        let mut found = self.found(&before, &old).await?;
        if !self.holds(&old, &found.versions).await? {
            tracing::warn!(resumed = sweep, "what it found no longer holds");
            found.accounts.clear();
        }
        let members = self.members().await?;
        let (mut accounts, mut rest) = (Vec::new(), Vec::new());
        let swept = members.iter().filter(|it| self.is_swept(state.kind, it));
        for member in swept {
            let result = found.accounts.remove(&member.id);
            match result.filter(|it| it.is_carried_over(listed.get(&member.id), member)) {
                Some(result) => accounts.push(result),
                None => rest.push(BatchAccount {
                    member: member.clone(),
                    changes: Vec::new(),
                }),
            }
        }
        let id = state.id.clone();
        let files = self.files(&id);
        files.write_inventory(&members).await?;
        // The gate sees by it when the batches find another version.
        let version = found.versions.one();
        files
            .write_found_before(state.phase, version, &accounts)
            .await?;
        files.write_batches(&mut state, &rest, None).await?;
        Ok(state)
    }

    /// Whether what a sweep found may count beside what is found now: contacts under the policy that is in use, links as
    /// long as no later audit has told of them.
    async fn holds(&self, old: &State, versions: &Versions) -> Result<bool, Error> {
        match old.kind {
            Sweep::Contacts => {
                let accepted = self.ledger.accepted_policy().await?;
                Ok(accepted.is_some_and(|it| versions.one() == Some(&it.version)))
            }
            Sweep::GovCloud => {
                let standing = self.ledger.findings().await?;
                Ok(is_newest_audit(old.started, standing.audited))
            }
        }
    }
}
