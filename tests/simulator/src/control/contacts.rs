//! The control endpoint's methods on contacts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{OfAccount, links, read, text};
use crate::organization::contacts::ContactType;
use crate::simulator::Simulator;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alternate {
    account: String,
    contact_type: ContactType,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutAlternate {
    account: String,
    contact_type: ContactType,
    fields: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutPrimary {
    account: String,
    fields: Value,
}

pub(super) fn perform(simulator: &Simulator, name: &str, body: &[u8]) -> Result<Value, String> {
    match name {
        "contacts" => {
            let OfAccount { account } = read(body)?;
            return simulator.contacts(&account).map_err(text);
        }
        "set_alternate_contact" => {
            let it: PutAlternate = read(body)?;
            simulator
                .set_alternate_contact(&it.account, it.contact_type, it.fields)
                .map_err(text)?;
        }
        "remove_alternate_contact" => {
            let it: Alternate = read(body)?;
            simulator
                .remove_alternate_contact(&it.account, it.contact_type)
                .map_err(text)?;
        }
        "set_primary_contact" => {
            let PutPrimary { account, fields } = read(body)?;
            simulator
                .set_primary_contact(&account, fields)
                .map_err(text)?;
        }
        _ => return links::perform(simulator, name, body),
    }
    Ok(json!({}))
}
