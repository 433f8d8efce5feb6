//! The control endpoint: `POST /_simulator/<method>` with the method's argument as JSON, for
//! each method of [`Simulator`] that sees or moves the world.
//!
//! `calls`, `reset_calls`, `terminal_requests`, `accounts`, `links` and `expire_tokens` need no
//! body; `set_faults` takes the script, `add_history` a [`History`](crate::History), `start` a
//! [`Start`](crate::Start), `add_row` the row, `forget` and `erase` `{"id": …}`, `finish`
//! `{"id": …, "outcome": …}`, `add_accounts` `{"count": …}`, `set_caller` a
//! [`Caller`](crate::Caller), `set_trusted_access`, `set_all_features`, `set_paths` and
//! `set_old_status` true or false. What is about one account takes `{"account": …}` and what else it needs of
//! `contact_type`, `fields`, `state`, `unit`, `govcloud` and `calls`.

mod accounts;
mod contacts;
mod links;

use http::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::organization::creation::Outcome;
use crate::simulator::Simulator;
use crate::wire;

/// Where the control endpoint begins.
pub(crate) const PATH: &str = "/_simulator/";

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Finish {
    id: String,
    #[serde(default)]
    outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfAccount {
    account: String,
}

pub(crate) fn answer(simulator: &Simulator, name: &str, body: &[u8]) -> Response<Vec<u8>> {
    match perform(simulator, name, body) {
        Ok(answer) => wire::json(200, answer.to_string().into_bytes()),
        Err(error) => wire::json(400, json!({ "error": error }).to_string().into_bytes()),
    }
}

fn perform(simulator: &Simulator, name: &str, body: &[u8]) -> Result<Value, String> {
    match name {
        "calls" => return write(&simulator.calls()),
        "terminal_requests" => return write(&simulator.terminal_requests()),
        "start" => return Ok(json!({ "id": simulator.start(read(body)?) })),
        "reset_calls" => simulator.reset_calls(),
        "expire_tokens" => simulator.expire_tokens(),
        "set_faults" => simulator.set_faults(read(body)?),
        "add_history" => simulator.add_history(&read(body)?),
        "add_row" => simulator.add_row(read(body)?),
        "forget" => simulator.forget(&read::<Named>(body)?.id).map_err(text)?,
        "erase" => simulator.erase(&read::<Named>(body)?.id).map_err(text)?,
        "finish" => {
            let Finish { id, outcome } = read(body)?;
            simulator.finish(&id, outcome).map_err(text)?;
        }
        _ => return accounts::perform(simulator, name, body),
    }
    Ok(json!({}))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(text)
}

fn write(answer: &impl Serialize) -> Result<Value, String> {
    serde_json::to_value(answer).map_err(text)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
