//! Lists the accounts, and cuts them into batches.

use std::num::NonZeroUsize;

use account_aws::Error;
use account_core::inventory::{Member, batches};
use account_core::sweep::{BatchAccount, Sweep};

use crate::Shell;
use crate::state::{Next, State};

impl Shell {
    /// Lists every account once, and writes the batches of the first round.
    ///
    /// # Errors
    /// The accounts cannot be listed, or the files not be written.
    pub(crate) async fn inventory(&self, mut state: State) -> Result<State, Error> {
        let members = self.organizations.members().await?;
        // One batch of all: each once, in the order of their ids.
        let members = batches(members, NonZeroUsize::MAX).concat();
        let files = self.files(&state.id);
        files.write_inventory(&members).await?;
        let accounts: Vec<_> = members
            .into_iter()
            .filter(|member| self.is_swept(state.kind, member))
            .map(|member| BatchAccount {
                member,
                changes: Vec::new(),
            })
            .collect();
        tracing::info!(sweep = state.id, accounts = accounts.len(), "inventory");
        state.next = if accounts.is_empty() {
            state.after_rounds()
        } else {
            Next::Batches
        };
        state.items = files
            .write_batches(state.phase, state.round, accounts, None)
            .await?;
        Ok(state)
    }

    /// Contacts are asked of active accounts only; links of every account, since one may outlive the other.
    pub(crate) fn is_swept(&self, kind: Sweep, member: &Member) -> bool {
        match kind {
            Sweep::Contacts => member.is_active(),
            Sweep::GovCloud => true,
        }
    }
}
