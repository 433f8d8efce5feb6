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
        let mut items = Vec::new();
        for (index, accounts) in accounts.chunks(BATCH).enumerate() {
            let item = self.item(state.phase, state.round, index + 1);
            let batch = Batch {
                policy_version: policy_version.map(str::to_owned),
                accounts: accounts.to_vec(),
            };
            write_json(self.bucket, &item.batch, &batch).await?;
            items.push(item);
        }
        state.items = self.write_items(state.phase, state.round, &items).await?;
        state.next = if items.is_empty() {
            state.after_rounds()
        } else {
            Next::Batches
        };
        Ok(())
    }

    async fn write_items(&self, phase: Phase, round: u32, items: &[Item]) -> Result<Items, Error> {
        let key = self.items_key(phase, round);
        write_json(self.bucket, &key, &items).await?;
        Ok(Items {
            bucket: self.bucket.name().to_owned(),
            key,
        })
    }

    /// Writes what an earlier sweep found, as round 0 of this one.
    pub(crate) async fn write_found_before(
        &self,
        phase: Phase,
        results: &Results,
    ) -> Result<(), Error> {
        let item = self.item(phase, 0, 1);
        write_json(self.bucket, &item.result, results).await?;
        self.write_items(phase, 0, &[item]).await.map(drop)
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
            self.accounts.insert(account.id.clone(), account);
        }
    }

    /// Whether nothing more is to be found out about an account.
    pub(crate) fn covers(&self, account: &AccountId) -> bool {
        self.accounts.get(account).is_some_and(|it| !it.again)
    }
}
