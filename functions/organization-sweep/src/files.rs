//! What a sweep keeps in the bucket, under `sweeps/<id>/`.
//!
//! | key | what |
//! |---|---|
//! | `state.json` | where the sweep stands, for another one to resume it |
//! | `inventory.json` | the accounts, with their names |
//! | `<phase>-<round>/items.json` | the list of batches that the state machine reads |
//! | `<phase>-<round>/batch-<n>.json` | the accounts of a batch |
//! | `<phase>-<round>/result-<n>.json` | what the batch found |
//! | `plan.json` | what is to be changed |
//! | `report.html`, `report.csv`, `report.json` | the report |

use std::collections::BTreeMap;

use account_aws::Error;
use account_aws::bucket::{Bucket, find_json, read_json, write_json};
use account_core::ids::AccountId;
use account_core::inventory::Member;
use account_core::sweep::{
    AccountResult, Batch, BatchAccount, Item, Phase, Plan, Results, Versions,
};
use serde::Serialize;

use crate::state::{Items, Next, State};

/// So many accounts are in a batch: 300 reads take 38 s at the default pace, 300 writes 75 s, well within a function's
/// time.
const BATCH: usize = 100;

/// The files of one sweep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Files<'a> {
    pub(crate) bucket: &'a Bucket,
    pub(crate) sweep: &'a str,
}

/// What the batches of a phase found, each account as it was found last.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) accounts: BTreeMap<AccountId, AccountResult>,
    pub(crate) versions: Versions,
    pub(crate) throttled: u64,
}

impl Files<'_> {
    pub(crate) fn key(&self, name: &str) -> String {
        format!("sweeps/{}/{name}", self.sweep)
    }

    pub(crate) async fn write_state(&self, state: &State) -> Result<(), Error> {
        write_json(self.bucket, &self.key("state.json"), state).await
    }

    /// `None` where there is no such sweep (any more).
    pub(crate) async fn state(&self) -> Result<Option<State>, Error> {
        find_json(self.bucket, &self.key("state.json")).await
    }

    pub(crate) async fn write_inventory(&self, members: &[Member]) -> Result<(), Error> {
        write_json(self.bucket, &self.key("inventory.json"), &members).await
    }

    pub(crate) async fn inventory(&self) -> Result<Vec<Member>, Error> {
        read_json(self.bucket, &self.key("inventory.json")).await
    }

    pub(crate) async fn write_plan(&self, plan: &Plan) -> Result<(), Error> {
        write_json(self.bucket, &self.key("plan.json"), plan).await
    }

    /// `None` where the sweep made none, or it has expired.
    pub(crate) async fn plan(&self) -> Result<Option<Plan>, Error> {
        find_json(self.bucket, &self.key("plan.json")).await
    }

    fn item(&self, phase: Phase, round: u32, number: usize) -> Item {
        let key = |what| self.key(&format!("{}-{round}/{what}-{number}.json", phase.as_str()));
        Item {
            batch: key("batch"),
            result: key("result"),
        }
    }

    fn items_key(&self, phase: Phase, round: u32) -> String {
        self.key(&format!("{}-{round}/items.json", phase.as_str()))
    }

    /// Writes the batches of the round to come, and the list of them last. Where there are none the sweep goes on without:
    /// what Step Functions makes of a list without items is not documented.
    pub(crate) async fn write_batches(
        &self,
        state: &mut State,
        accounts: &[BatchAccount],
        policy_version: Option<&str>,
    ) -> Result<(), Error> {
        let batch = |accounts: &[BatchAccount]| Batch {
            policy_version: policy_version.map(str::to_owned),
            accounts: accounts.to_vec(),
        };
        let (phase, round) = (state.phase, state.round);
        state.items = self
            .write_parts(phase, round, accounts, |item| &item.batch, batch)
            .await?;
        state.next = if accounts.is_empty() {
            state.after_rounds()
        } else {
            Next::Batches
        };
        Ok(())
    }

    /// Writes what an earlier sweep found under a version of the policy, as the results of round 0 of this one. In one object
    /// that of a large organization would be too long to be read again.
    pub(crate) async fn write_found_before(
        &self,
        phase: Phase,
        policy_version: Option<&str>,
        accounts: &[AccountResult],
    ) -> Result<(), Error> {
        let results = |accounts: &[AccountResult]| Results {
            policy_version: policy_version.map(str::to_owned),
            throttled: 0,
            accounts: accounts.to_vec(),
        };
        self.write_parts(phase, 0, accounts, |item| &item.result, results)
            .await
            .map(drop)
    }

    /// Writes something about accounts batch by batch, each under a key of its item, and the list of the items last.
    async fn write_parts<A, D: Serialize>(
        &self,
        phase: Phase,
        round: u32,
        accounts: &[A],
        key: fn(&Item) -> &str,
        document: impl Fn(&[A]) -> D,
    ) -> Result<Items, Error> {
        let mut items = Vec::new();
        for (index, accounts) in accounts.chunks(BATCH).enumerate() {
            let item = self.item(phase, round, index + 1);
            write_json(self.bucket, key(&item), &document(accounts)).await?;
            items.push(item);
        }
        let key = self.items_key(phase, round);
        write_json(self.bucket, &key, &items).await?;
        Ok(Items {
            bucket: self.bucket.name().to_owned(),
            key,
        })
    }

    /// What the rounds of a phase found up to `last`. A batch without results, or with rubbish for results, found
    /// nothing: its accounts are left for the next round.
    pub(crate) async fn collected(&self, phase: Phase, last: u32) -> Result<Collected, Error> {
        let mut collected = Collected::default();
        for round in 0..=last {
            let items: Option<Vec<Item>> =
                find_json(self.bucket, &self.items_key(phase, round)).await?;
            for item in items.unwrap_or_default() {
                match find_json(self.bucket, &item.result).await {
                    Ok(results) => collected.add(results.unwrap_or_default()),
                    Err(error @ Error::BrokenDocument { .. }) => {
                        tracing::error!(kind = error.kind(), "{error}");
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(collected)
    }
}

impl Collected {
    fn add(&mut self, results: Results) {
        self.versions.add(&results);
        self.throttled += u64::from(results.throttled);
        for account in results.accounts {
            let account = match self.accounts.remove(&account.id) {
                Some(earlier) => account.after(earlier),
                None => account,
            };
            self.accounts.insert(account.id.clone(), account);
        }
    }

    /// Whether nothing more is to be found out about an account.
    pub(crate) fn covers(&self, account: &AccountId) -> bool {
        self.accounts.get(account).is_some_and(|it| !it.again)
    }
}
