//! A batch of a sweep: plan, or apply what was planned.

use std::time::Duration;

use account_aws::Error;
use account_aws::bucket::{read_json, write_json};
use account_aws::ledger::Claim;
use account_core::ids::AccountId;
use account_core::report::{Contact, ContactLine, Done};
use account_core::stamp::Permit;
use account_core::sweep::{
    AccountFound, AccountResult, Batch, BatchAccount, Order, Phase, PlannedChange, Results,
};
use futures_util::{StreamExt, stream};
use lambda_runtime::Context;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use crate::Shell;
use crate::account::{EXCLUDED, LEFT, Look, Sight};
use crate::answer::{Answer, Swept, line};
use crate::approved::Approved;
use crate::plan::{CONTACTS, Plan};

/// So many accounts are looked at side by side: the quota sets the pace, not the time that AWS takes for an answer.
const IN_FLIGHT: usize = 10;

/// Why an excluded account is looked at again.
const IN_DOUBT: &str =
    "excluded by the policy, and nobody knows yet whether an earlier write was made";

/// Of the time that is left, so much is for the results.
const FOR_RESULTS: Duration = Duration::from_secs(4);

impl Shell {
    /// Deals with the accounts of a batch, as far as time allows, and leaves the results in the bucket.
    ///
    /// # Errors
    /// The batch cannot be read, there is no policy, or the results cannot be written.
    pub(crate) async fn sweep(
        &self,
        order: &Order,
        own_account: Option<&AccountId>,
        context: &Context,
    ) -> Result<Answer, Error> {
        let claim = Claim::of(context);
        let left = self.time_left(&claim);
        let deadline = Instant::now() + left.saturating_sub(FOR_RESULTS);
        let batch: Batch = read_json(&self.bucket, &order.item.batch).await?;
        let policy = self.policy().await?;
        let ids: Vec<_> = batch
            .accounts
            .iter()
            .map(|it| it.member.id.clone())
            .collect();
        let sight = Sight {
            contacts: self.sweep_contacts(),
            key: self.key().await?,
            own_writes: self.ledger.own_writes(&ids, &CONTACTS).await?,
            own_account,
            permit: Permit::All,
            sweep: Some(&order.sweep),
            notice: None,
            claim,
            management: OnceCell::new(),
            policy,
        };
        let throttled = self.sweep_contacts().throttles();
        let planned_under = batch.policy_version.as_deref();
        let is_superseded = planned_under.is_some_and(|version| version != sight.policy.version);
        let deal = |account| self.deal(account, order, &sight, is_superseded);
        let mut work = stream::iter(&batch.accounts)
            .map(deal)
            .buffer_unordered(IN_FLIGHT);
        let mut accounts = Vec::new();
        // What is in flight then is not in the results: the next round looks at it again.
        while let Ok(Some(result)) = timeout_at(deadline, work.next()).await {
            accounts.push(result);
        }
        let results = Results {
            policy_version: Some(sight.policy.version.clone()),
            throttled: self.sweep_contacts().throttles() - throttled,
            accounts,
        };
        write_json(&self.bucket, &order.item.result, &results).await?;
        let swept = Swept {
            accounts: results.accounts.len(),
            again: results.accounts.iter().filter(|it| it.again).count(),
            unreached: ids.len() - results.accounts.len(),
            throttled: results.throttled,
        };
        self.metrics.add("AccountsChecked", swept.accounts as u64);
        let unknown = swept.again + swept.unreached;
        self.metrics.add("AccountsUnknown", unknown as u64);
        Ok(Answer::Swept(swept))
    }

    async fn deal(
        &self,
        account: &BatchAccount,
        order: &Order,
        sight: &Sight<'_>,
        is_superseded: bool,
    ) -> AccountResult {
        let member = &account.member;
        let mut result = AccountResult {
            id: member.id.clone(),
            state: member.state.clone(),
            again: false,
            found: AccountFound::Later(String::new()),
        };
        // It may have moved, been suspended or left since the inventory, which may be months old.
        let is_old = order.phase == Phase::Apply;
        // AWS gave no state of it.
        let is_vague = member.state.is_empty();
        let look = if is_old || is_vague {
            self.look_anew(&member.id, sight).await
        } else {
            self.look_at(member, sight).await
        };
        match look {
            Look::Skip(reason) => result.found = AccountFound::Skipped(reason),
            Look::Later(reason) => {
                result.again = true;
                result.found = AccountFound::Later(reason);
            }
            Look::Plan(mut plan) => {
                let made = self.make(&mut plan, account, order, sight, is_superseded);
                (result.found, result.again) = made.await.unwrap_or_else(|error| {
                    tracing::error!(kind = error.kind(), account = %member.id, "{error}");
                    (AccountFound::Later(error.kind().to_owned()), true)
                });
                if plan.is_excluded {
                    result.found = excluded(result.found, result.again);
                }
            }
        }
        if self.has_left(&result).await {
            let found = AccountFound::Skipped(LEFT.to_owned());
            let left = AccountResult {
                again: false,
                found,
                ..result.clone()
            };
            return left.after(result);
        }
        result
    }

    /// Plans the changes of an account, or makes them. What the run of an event or of a person that died left unannounced
    /// goes first: another write to the same contact would hide it, and of one on standard nobody else would ever tell.
    async fn make(
        &self,
        plan: &mut Plan,
        account: &BatchAccount,
        order: &Order,
        sight: &Sight<'_>,
        is_superseded: bool,
    ) -> Result<(AccountFound, bool), Error> {
        let is_told = self.announce_writes(plan, &plan.left_over()).await?;
        if order.phase != Phase::Apply {
            return Ok((planned(plan), plan.again || !is_told));
        }
        if !is_told {
            let reason = "somebody else is at the account's contacts".to_owned();
            return Ok((AccountFound::Later(reason), true));
        }
        plan.settle_left_over();
        let approved = Approved {
            shell: self,
            sight,
            sweep: &order.sweep,
            plan,
            is_superseded,
        };
        let (lines, again) = approved.changes(&account.changes).await;
        Ok((contacts(lines), again))
    }

    /// Whether an account whose contacts are denied has left since the inventory.
    async fn has_left(&self, result: &AccountResult) -> bool {
        let AccountFound::Contacts { lines, .. } = &result.found else {
            return false;
        };
        let is_denied = |line: &ContactLine| line.reason.as_deref() == Some("Denied");
        lines.iter().any(is_denied)
            && matches!(self.organizations.account(&result.id).await, Ok(None))
    }
}

/// What is found of an excluded account: only what was written there before says anything of its contacts.
fn excluded(found: AccountFound, again: bool) -> AccountFound {
    let AccountFound::Contacts { lines, .. } = &found else {
        return found;
    };
    if lines.iter().any(|line| line.done == Done::Written) {
        found
    } else if again {
        AccountFound::Later(IN_DOUBT.to_owned())
    } else {
        AccountFound::Skipped(EXCLUDED.to_owned())
    }
}

fn contacts(lines: Vec<ContactLine>) -> AccountFound {
    AccountFound::Contacts {
        lines,
        changes: Vec::new(),
    }
}

/// What a plan would change, and how each contact is that the policy asks for.
fn planned(plan: &Plan) -> AccountFound {
    let mut lines = Vec::new();
    let mut changes = Vec::new();
    let mut add = |line: ContactLine, change: Option<PlannedChange>| {
        lines.push(line);
        changes.extend(change);
    };
    for it in plan.alternates.iter().filter(|it| !it.is_not_asked) {
        let line = line(it.kind.into(), &it.decision);
        add(line, it.planned_change(&plan.key));
    }
    if let Some(it) = plan.primary.as_ref().filter(|it| !it.is_not_asked) {
        let line = line(Contact::Primary, &it.decision);
        add(line, it.planned_change(&plan.key));
    }
    AccountFound::Contacts { lines, changes }
}
