//! One sweep of a kind at a time.

use account_aws::Error;
use account_core::sweep::Sweep;

use crate::Shell;
use crate::state::{Next, State};

impl Shell {
    /// Takes the lock, where nobody holds it or its holder is dead.
    pub(crate) async fn lock(&self, kind: Sweep, execution: &str) -> Result<(), Error> {
        let holder = self.ledger.lock_holder(kind).await?;
        let running = |holder: &str| Error::SweepRunning {
            holder: holder.to_owned(),
        };
        // A holder that no longer runs did not live to give the lock back.
        if let Some(other) = holder.as_deref().filter(|holder| *holder != execution)
            && self.executions.is_running(other).await?
        {
            return Err(running(other));
        }
        if self
            .ledger
            .take_lock(kind, execution, holder.as_deref())
            .await?
        {
            Ok(())
        } else {
            Err(running("one that began a moment ago"))
        }
    }

    /// Sees that a sweep still holds its lock. One that was stopped, and is redriven when another has begun, does not.
    ///
    /// Gives the end of the sweep where it has come to it: the step that gave the lock back is made again, because its answer
    /// was lost.
    pub(crate) async fn end_without_lock(
        &self,
        state: &State,
        execution: &str,
    ) -> Result<Option<State>, Error> {
        let holder = self.ledger.lock_holder(state.kind).await?;
        if holder.as_deref() == Some(execution) {
            return Ok(None);
        }
        let last = self.files(&state.id).state().await?;
        let end = last.filter(|it| it.next == Next::Done && it.started == state.started);
        let running = || Error::SweepRunning {
            holder: holder.unwrap_or_else(|| "one that began after this one had ended".to_owned()),
        };
        end.ok_or_else(running).map(Some)
    }
}
