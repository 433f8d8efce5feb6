//! What a change must not make worse: recorded figures, and what they are now.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::local::root;

use super::{Case, Error, FUNCTIONS, OWN, measure};

/// So much above what is recorded is still the same.
const TOLERANCE: f64 = 1.05;

/// What is recorded in `tests/bench/gates.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    /// Instructions from the start to the first request for an event.
    start: u64,
    /// Instructions of the first invocation.
    first: u64,
    /// Bytes of the package.
    zip: u64,
}

/// One figure beside what is recorded.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What it is of.
    pub name: String,
    /// What it is now.
    pub value: u64,
    /// What is recorded.
    pub recorded: u64,
}

impl Gate {
    /// Whether it is not worse than recorded.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "these are far below 2^52")]
    pub fn holds(&self) -> bool {
        self.value as f64 <= self.recorded as f64 * TOLERANCE
    }
}

/// The figures of all functions.
///
/// # Errors
/// A function is not built, or cannot be measured.
pub fn gates() -> Result<Vec<Gate>, Error> {
    let text = fs::read_to_string(root().join("tests/bench/gates.json"))?;
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(&text)?;
    let mut gates = Vec::new();
    for function in FUNCTIONS {
        let recorded = recorded
            .get(function)
            .ok_or_else(|| format!("nothing is recorded of {function}"))?;
        let mut case = Case::new(function, &format!("gate-{function}"))?;
        let (instructions, _) = measure::instructions(OWN, &mut case)?;
        for (what, value, recorded) in [
            ("start", instructions.start, recorded.start),
            ("first", instructions.first, recorded.first),
            ("zip", measure::zip(OWN, function)?, recorded.zip),
        ] {
            gates.push(Gate {
                name: format!("{function}: {what}"),
                value,
                recorded,
            });
        }
    }
    Ok(gates)
}
