//! The control endpoint's methods on accounts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{OfAccount, contacts, read, text, write};
use crate::organization::account::AccountState;
use crate::simulator::Simulator;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutState {
    account: String,
    state: AccountState,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    account: String,
    unit: String,
}

pub(super) fn perform(simulator: &Simulator, name: &str, body: &[u8]) -> Result<Value, String> {
    match name {
        "accounts" => return write(&simulator.accounts()),
        "add_accounts" => {
            let Add { count } = read(body)?;
            return write(&simulator.add_accounts(count));
        }
        "remove_account" => {
            let OfAccount { account } = read(body)?;
            simulator.remove_account(&account).map_err(text)?;
        }
        "move_account" => {
            let Move { account, unit } = read(body)?;
            simulator.move_account(&account, &unit).map_err(text)?;
        }
        "set_caller" => simulator.set_caller(read(body)?).map_err(text)?,
        "set_all_features" => simulator.set_all_features(read(body)?),
        "set_trusted_access" => simulator.set_trusted_access(read(body)?),
        "set_paths" => simulator.set_paths(read(body)?),
        "set_old_status" => simulator.set_old_status(read(body)?),
        "set_state" => {
            let PutState { account, state } = read(body)?;
            simulator.set_state(&account, state).map_err(text)?;
        }
        _ => return contacts::perform(simulator, name, body),
    }
    Ok(json!({}))
}
