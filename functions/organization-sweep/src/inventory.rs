//! Lists the accounts, and cuts them into batches.

use std::num::NonZeroUsize;

use account_aws::Error;
use account_core::inventory::{Member, batches};
use account_core::sweep::{BatchAccount, Sweep};

use crate::Shell;
use crate::state::State;

impl Shell {
    /// Lists every account once, and writes the batches of the first round.
    ///
    /// # Errors
    /// The accounts cannot be listed, or the files not be written.
    pub(crate) async fn inventory(&self, mut state: State) -> Result<State, Error> {
        let members = self.members().await?;
        let id = state.id.clone();
        let files = self.files(&id);
        files.write_inventory(&members).await?;
        let accounts: Vec<_> = members
            .into_iter()
            .filter(|member| self.is_swept(state.kind, member))
            .map(|member| BatchAccount {
                member,
                changes: Vec::new(),
            })
            .collect();
        tracing::info!(sweep = id, accounts = accounts.len(), "inventory");
        files.write_batches(&mut state, &accounts, None).await?;
        Ok(state)
    }

    /// Every account, once, in the order of their ids.
    pub(crate) async fn members(&self) -> Result<Vec<Member>, Error> {
        let members = self.organizations.members().await?;
        // One batch of all.
        Ok(batches(members, NonZeroUsize::MAX).concat())
    }

    /// Contacts are asked of accounts in use only; links of every account, since one may outlive the other.
    pub(crate) fn is_swept(&self, kind: Sweep, member: &Member) -> bool {
        match kind {
            Sweep::Contacts => member.skip_reason().is_none(),
            Sweep::GovCloud => true,
        }
    }
}
