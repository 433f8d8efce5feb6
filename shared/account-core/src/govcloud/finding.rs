//! What is found about the links of an organization.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::history::{RememberedLink, transition};
use super::link::{Link, Observation};
use super::misfit::{Finding, Misfit};
use crate::ids::AccountId;
use crate::inventory::ACTIVE;

/// The states of a standard account that is going or gone.
const ENDING: [&str; 3] = ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"];

/// The states of a GovCloud account that is going or gone.
const GOVCLOUD_ENDING: [&str; 2] = ["SUSPENDED", "CLOSED"];

/// An account as an audit found it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Audited {
    /// The standard account.
    pub id: AccountId,
    /// Its state in the organization.
    pub state: String,
    /// What asking for its link gave.
    pub observation: Observation,
    /// What was remembered of its link before.
    pub remembered: Option<RememberedLink>,
    /// The GovCloud account that its creation request reported.
    pub reported: Option<AccountId>,
}

impl Audited {
    /// The link, as far as anybody knows: it was not given up because AWS could not say.
    fn believed(&self) -> Option<&Link> {
        let remembered = self.remembered.as_ref().map(|before| &before.link);
        self.observation.link().or(remembered)
    }

    fn misfits(
        &self,
        pending_limit: TimeDelta,
        now: DateTime<Utc>,
    ) -> Vec<(Misfit, Option<&AccountId>)> {
        match self.observation.link() {
            None => Vec::new(),
            Some(Link::NotLinked) => vec![
                (Misfit::PairNotLinked, self.reported.as_ref()),
                (Misfit::Vanished, self.lost()),
            ],
            Some(Link::Linked {
                gov_cloud_account_id: linked,
                state,
            }) => {
                let when = |holds: bool| holds.then_some(linked);
                let is_active = self.state == ACTIVE;
                let is_other = self.reported.as_ref().is_some_and(|it| it != linked);
                let pending = state == "PENDING_ACTIVATION" && pending_limit < self.age(now);
                let outlives = state == ACTIVE && ENDING.contains(&self.state.as_str());
                let ended = is_active && GOVCLOUD_ENDING.contains(&state.as_str());
                vec![
                    (Misfit::OtherThanReported, when(is_other)),
                    (Misfit::PendingTooLong, when(pending)),
                    (Misfit::OutlivesStandard, when(outlives)),
                    (Misfit::EndedBeforeStandard, when(ended)),
                ]
            }
        }
    }

    /// The GovCloud account that the link led to before it vanished.
    fn lost(&self) -> Option<&AccountId> {
        let before = self.remembered.as_ref()?;
        before.link.account().or(before.lost.as_ref())
    }

    /// For how long the link is seen as it is.
    fn age(&self, now: DateTime<Utc>) -> TimeDelta {
        let before = self.remembered.as_ref();
        let transition = transition(before, &self.observation, now);
        transition
            .remembered(before)
            .map_or(TimeDelta::zero(), |link| now - link.since)
    }
}

/// What does not fit, of all audited accounts of an organization.
///
/// Nothing is found about an account whose link is not known: [`compare`](super::compare) keeps what it had.
#[must_use]
pub fn findings(
    audited: &[Audited],
    pending_limit: TimeDelta,
    now: DateTime<Utc>,
) -> BTreeSet<Finding> {
    let sharing = sharing(audited);
    let mut findings = BTreeSet::new();
    for account in audited {
        let shared = account.observation.link().and_then(Link::account);
        let shared = shared.filter(|linked| sharing.contains(linked));
        let misfits = account.misfits(pending_limit, now).into_iter();
        for (finding, govcloud) in misfits.chain([(Misfit::Shared, shared)]) {
            findings.extend(govcloud.map(|govcloud| Finding {
                account_id: account.id.clone(),
                finding,
                gov_cloud_account_id: govcloud.clone(),
            }));
        }
    }
    findings
}

/// The GovCloud accounts that more than one standard account is linked to.
fn sharing(audited: &[Audited]) -> BTreeSet<&AccountId> {
    let mut standard: BTreeMap<&AccountId, BTreeSet<&AccountId>> = BTreeMap::new();
    for account in audited {
        if let Some(linked) = account.believed().and_then(Link::account) {
            standard.entry(linked).or_default().insert(&account.id);
        }
    }
    standard.retain(|_, accounts| 1 < accounts.len());
    standard.into_keys().collect()
}
