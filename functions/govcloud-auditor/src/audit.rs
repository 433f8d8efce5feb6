//! A batch of a sweep, or the accounts that a person names.

use std::collections::BTreeSet;

use account_aws::bucket::{read_json, write_json};
use account_aws::contacts::Target;
use account_aws::invocation::own_account;
use account_aws::ledger::{Claim, KnownLink};
use account_aws::{Error, clock};
use account_core::govcloud::{Audited, Observation};
use account_core::ids::AccountId;
use account_core::inventory::Member;
use account_core::sweep::{AccountFound, AccountResult, Batch, Order, Results};
use futures_util::{StreamExt, stream};
use lambda_runtime::Context;
use tokio::time::{Instant, timeout_at};

use crate::{Answer, MARGIN, Shell, Swept};

/// So many accounts are asked about side by side: the quota sets the pace, not the time that AWS takes for an answer.
const IN_FLIGHT: usize = 10;

const OUT_OF_TIME: Error = Error::OutOfTime {
    margin_seconds: MARGIN.as_secs(),
};

impl Shell {
    /// Audits the accounts of a batch, as far as time allows, and leaves the results in the bucket.
    ///
    /// # Errors
    /// The batch cannot be read, the ledger refuses, or the results cannot be written.
    pub(crate) async fn sweep(&self, order: &Order, context: &Context) -> Result<Answer, Error> {
        let batch: Batch = read_json(&self.bucket, &order.item.batch).await?;
        let members: Vec<_> = batch.accounts.into_iter().map(|it| it.member).collect();
        let throttled = self.govcloud.throttles();
        let (accounts, changed) = self.audit(&members, context).await?;
        let results = Results {
            policy_version: None,
            throttled: self.govcloud.throttles() - throttled,
            accounts,
        };
        write_json(&self.bucket, &order.item.result, &results).await?;
        let swept = Swept {
            accounts: results.accounts.len(),
            again: results.accounts.iter().filter(|it| it.again).count(),
            unreached: members.len() - results.accounts.len(),
            changed,
            throttled: results.throttled,
        };
        self.metrics.add("AccountsChecked", swept.accounts as u64);
        let unknown = swept.again + swept.unreached;
        self.metrics.add("AccountsUnknown", unknown as u64);
        self.metrics.add("LinksChanged", swept.changed as u64);
        Ok(Answer::Swept(swept))
    }

    /// Audits the accounts that a person names. An account that cannot be looked up does not keep the others back.
    ///
    /// # Errors
    /// The ledger refuses.
    pub(crate) async fn accounts(
        &self,
        accounts: &BTreeSet<AccountId>,
        context: &Context,
    ) -> Result<Answer, Error> {
        let mut members = Vec::new();
        let mut others = Vec::new();
        for account in accounts {
            let reason = match self.organizations.account(account).await {
                Ok(Some(member)) => {
                    members.push(member);
                    continue;
                }
                Ok(None) => "not an account of this organization",
                Err(error) => {
                    tracing::error!(kind = error.kind(), %account, "{error}");
                    error.kind()
                }
            };
            others.push(AccountResult {
                id: account.clone(),
                state: String::new(),
                again: false,
                found: AccountFound::Later(reason.to_owned()),
            });
        }
        let (results, _) = self.audit(&members, context).await?;
        let reached: BTreeSet<_> = results.iter().map(|it| it.id.clone()).collect();
        let unreached = members.iter().filter(|it| !reached.contains(&it.id));
        others.extend(unreached.map(|member| waits(member, &OUT_OF_TIME)));
        Ok(Answer::Accounts([results, others].concat()))
    }

    /// Asks for links, compares and announces. Accounts that were not reached are left out.
    async fn audit(
        &self,
        members: &[Member],
        context: &Context,
    ) -> Result<(Vec<AccountResult>, usize), Error> {
        let claim = Claim::of(context);
        let left = claim.time_left(clock::now(&self.time));
        let deadline = Instant::now() + left.saturating_sub(MARGIN);
        let own = own_account(context);
        let ids: Vec<_> = members.iter().map(|member| member.id.clone()).collect();
        let known = self.ledger.known_links(&ids).await?;
        let (mut waiting, mut asked) = (Vec::new(), Vec::new());
        for member in members {
            match known.get(&member.id) {
                Some(Ok(link)) => asked.push((member, link.clone())),
                Some(Err(error)) => waiting.push(waits(member, error)),
                None => asked.push((member, KnownLink::default())),
            }
        }
        let ask = async |(member, known)| {
            let (observation, again) = self.observe(member, own.as_ref()).await;
            (Self::audited(member, observation, known), again)
        };
        let mut work = stream::iter(asked).map(ask).buffer_unordered(IN_FLIGHT);
        let mut audited: Vec<(Audited, bool)> = Vec::new();
        while let Ok(Some(account)) = timeout_at(deadline, work.next()).await {
            audited.push(account);
        }
        let changed = self
            .settle(audited.iter().map(|(audited, _)| audited), &claim)
            .await?;
        let results = audited.into_iter().map(|(audited, again)| AccountResult {
            id: audited.id.clone(),
            state: audited.state.clone(),
            again,
            found: AccountFound::Link(Box::new(audited)),
        });
        Ok((results.chain(waiting).collect(), changed))
    }

    /// What AWS says of an account's link, and whether it may say more soon.
    async fn observe(&self, member: &Member, own: Option<&AccountId>) -> (Observation, bool) {
        let target = if own == Some(&member.id) {
            Target::Own
        } else if member.id == self.config.management {
            let reason = "the management account is out of reach from here";
            return (Observation::Unknown(reason.to_owned()), false);
        } else {
            Target::Member(member.id.clone())
        };
        match self.govcloud.link(&target).await {
            Ok(observation) => {
                // Also an answer that makes no sense may be another one soon.
                let again = observation.link().is_none();
                (observation, again)
            }
            Err(error) => {
                // AWS may deny what is asked about an account that is not active, for as long as it is not.
                let is_young = member.is_active() && member.is_young(clock::now(&self.time));
                let again = error.may_pass(is_young);
                let is_denied = matches!(error, Error::Denied { .. });
                error.log(
                    &member.id,
                    None,
                    again || (is_denied && !member.is_active()),
                );
                (Observation::Unknown(error.kind().to_owned()), again)
            }
        }
    }
}

/// An account that is not asked about: the ledger does not say what was last seen, so that nothing can be compared, or time is up.
fn waits(member: &Member, error: &Error) -> AccountResult {
    error.log(&member.id, None, error.is_passing());
    AccountResult {
        id: member.id.clone(),
        state: member.state.clone(),
        again: true,
        found: AccountFound::Later(error.kind().to_owned()),
    }
}
