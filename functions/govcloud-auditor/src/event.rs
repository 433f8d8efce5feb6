//! What starts the function.

use std::collections::BTreeSet;

use account_aws::Error;
use account_core::ids::AccountId;
use account_core::sweep::Order;
use serde::Deserialize;
use serde_json::Value;

const EXPECTED: &str = r#"a batch of a sweep, or {"accounts": ["111122223333"]}"#;

/// One of the function's own events.
#[derive(Clone, Debug)]
pub enum Event {
    /// A sweep: audit a batch of accounts.
    Sweep(Order),
    /// A person: audit these accounts.
    Accounts(BTreeSet<AccountId>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accounts {
    accounts: BTreeSet<AccountId>,
}

impl Event {
    /// Recognizes an event.
    ///
    /// # Errors
    /// [`Error::ForeignEvent`] when it is none of the function's own.
    pub fn read(payload: Value) -> Result<Self, Error> {
        let foreign = |found: &str| Error::ForeignEvent {
            found: found.to_owned(),
            expected: EXPECTED,
        };
        if payload.get("sweep").is_some() {
            let order = serde_json::from_value(payload);
            return order
                .map(Self::Sweep)
                .or(Err(foreign("a sweep without its batch")));
        }
        let Accounts { accounts } = serde_json::from_value(payload)
            .or(Err(foreign("neither a batch nor a list of account ids")))?;
        Ok(Self::Accounts(accounts))
    }
}
