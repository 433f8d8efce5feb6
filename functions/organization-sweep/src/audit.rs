//! The findings of an audit: which hold now, which are new, which are gone.

use std::collections::{BTreeMap, BTreeSet};

use account_aws::bucket::{read_json, write_json};
use account_aws::ledger::{Claim, Standing};
use account_aws::{Error, clock};
use account_core::govcloud::{Audited, Finding, compare, findings, findings_changed};
use account_core::ids::AccountId;
use account_core::inventory::Member;
use account_core::report::{Coverage, LinkLine, Row};
use account_core::sweep::{AccountFound, AccountResult};

use crate::Shell;
use crate::report::not_reached;
use crate::state::State;

impl Shell {
    /// The rows of an audit. Findings that are new or gone are announced, once, in one message.
    pub(crate) async fn audit(
        &self,
        state: &State,
        members: &[Member],
        found: &BTreeMap<AccountId, AccountResult>,
        place: &str,
        claim: &Claim,
    ) -> Result<Vec<Row>, Error> {
        let audited: Vec<Audited> = found
            .values()
            .filter_map(|result| match &result.found {
                AccountFound::Link(audited) => Some(Audited::clone(audited)),
                AccountFound::Skipped(_)
                | AccountFound::Later(_)
                | AccountFound::Contacts { .. } => None,
            })
            .collect();
        // Not the time of this step: it may be made again.
        let now = findings(&audited, self.config.pending_limit, state.started);
        self.compare(state, &now, members, &audited, place, claim)
            .await?;
        let mut by_account: BTreeMap<&AccountId, Vec<_>> = BTreeMap::new();
        for finding in &now {
            by_account
                .entry(&finding.account_id)
                .or_default()
                .push(finding.finding);
        }
        let audited: BTreeMap<_, _> = audited.iter().map(|it| (&it.id, it)).collect();
        let rows = members.iter().map(|member| Row {
            account_id: member.id.clone(),
            account_state: member.state.clone(),
            unfinished: found
                .get(&member.id)
                .is_some_and(AccountResult::is_unfinished),
            coverage: match audited.get(&member.id) {
                Some(audited) => Coverage::GovCloud(LinkLine::new(
                    &audited.observation,
                    audited.reported.clone(),
                    by_account.remove(&member.id).unwrap_or_default(),
                )),
                None => not_reached(),
            },
        });
        Ok(rows.collect())
    }

    async fn compare(
        &self,
        state: &State,
        now: &BTreeSet<Finding>,
        members: &[Member],
        audited: &[Audited],
        place: &str,
        claim: &Claim,
    ) -> Result<(), Error> {
        let standing = self.ledger.findings().await?;
        let before: BTreeSet<Finding> = if standing.version == 0 {
            BTreeSet::new()
        } else {
            read_json(&self.bucket, &key(standing.version)).await?
        };
        let known: BTreeSet<_> = audited
            .iter()
            .filter(|it| it.observation.link().is_some())
            .map(|it| &it.id)
            .collect();
        // An account that has left is not among the members, and what was found about it clears.
        let members = members.iter().map(|member| &member.id);
        let unknown = members.filter(|id| !known.contains(id)).cloned().collect();
        let comparison = compare(&before, now, &unknown);
        let audited = Some(state.started);
        if !comparison.is_news() {
            let standing = Standing {
                audited,
                ..standing
            };
            return self.ledger.keep_findings(&standing).await;
        }
        let version = standing.version + 1;
        let standing = Standing { version, audited };
        write_json(&self.bucket, &key(version), &comparison.remembered()).await?;
        let time = clock::now(&self.time);
        let organization = &self.config.organization;
        let announcement = findings_changed(organization, &comparison, version, Some(place), time);
        if self
            .ledger
            .change_findings(&standing, &announcement, claim, time)
            .await?
        {
            self.publish(&announcement, claim).await;
        }
        Ok(())
    }
}

/// Where the standing findings are: outside of any sweep, so that they do not expire with one.
fn key(version: u64) -> String {
    format!("findings/{version}.json")
}
