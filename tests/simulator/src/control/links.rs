//! The control endpoint's methods on links with GovCloud accounts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{OfAccount, read, text, write};
use crate::simulator::Simulator;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    account: String,
    govcloud: String,
    state: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unavailable {
    account: String,
    calls: Option<u64>,
}

pub(super) fn perform(simulator: &Simulator, name: &str, body: &[u8]) -> Result<Value, String> {
    match name {
        "links" => return write(&simulator.links()),
        "set_link" => {
            let it: Put = read(body)?;
            simulator
                .set_link(&it.account, &it.govcloud, &it.state)
                .map_err(text)?;
        }
        "clear_link" => {
            let OfAccount { account } = read(body)?;
            simulator.clear_link(&account).map_err(text)?;
        }
        "set_link_unavailable" => {
            let Unavailable { account, calls } = read(body)?;
            simulator
                .set_link_unavailable(&account, calls)
                .map_err(text)?;
        }
        "set_link_available" => {
            let OfAccount { account } = read(body)?;
            simulator.set_link_available(&account).map_err(text)?;
        }
        _ => return Err(format!("no such method: {name}")),
    }
    Ok(json!({}))
}
