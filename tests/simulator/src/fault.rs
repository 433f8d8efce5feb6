//! Scripted faults: which call of which operation goes wrong, and how.

use std::collections::HashMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::operations::{self, Operation};
use crate::refusal::Refusal;
use crate::service::Service;

/// One line of the fault script. The first line that fits a call is taken.
///
/// As JSON: `{"operation": "CreateAccount", "calls": [1, 3], "kind": "lost"}`. Without
/// `operation` it fits every operation, without `calls` every call; `calls` may also be
/// `{"from": 2, "to": 5}` (both included) or `{"from": 2}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation's name as on the wire; `None` means any.
    #[serde(default, deserialize_with = "known")]
    pub operation: Option<String>,
    /// The calls it strikes.
    #[serde(default)]
    pub calls: Calls,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// A misspelt name would never strike and go unnoticed.
fn known<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    let name = Option::<String>::deserialize(input)?;
    match name
        .as_deref()
        .filter(|name| operations::find(name).is_none())
    {
        Some(unknown) => Err(D::Error::custom(format!("unknown operation `{unknown}`"))),
        None => Ok(name),
    }
}

impl Fault {
    /// A fault of one operation.
    #[must_use]
    pub fn on(operation: &str, calls: Calls, kind: FaultKind) -> Self {
        Self {
            operation: Some(operation.to_owned()),
            calls,
            kind,
        }
    }

    /// A fault of every operation.
    #[must_use]
    pub fn any(calls: Calls, kind: FaultKind) -> Self {
        Self {
            operation: None,
            calls,
            kind,
        }
    }
}

/// Call numbers. They count each operation apart, from 1, since the script was set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Calls {
    /// Every call.
    #[default]
    Every,
    /// These calls.
    List(Vec<u64>),
    /// The calls `from` to `to`, both included; without `to` it has no end.
    Range {
        /// The first call.
        from: u64,
        /// The last call.
        to: Option<u64>,
    },
}

impl Calls {
    fn contains(&self, number: u64) -> bool {
        match self {
            Self::Every => true,
            Self::List(numbers) => numbers.contains(&number),
            Self::Range { from, to } => *from <= number && to.is_none_or(|to| number <= to),
        }
    }
}

/// What can go wrong with a call. Nothing does where the service does not know such an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Refused: `TooManyRequestsException`.
    Throttle,
    /// Refused: `ServiceException`, of Account Management `InternalServerException`; HTTP 500.
    Internal,
    /// Refused: HTTP 503.
    Unavailable,
    /// Never answered, and not applied.
    Timeout,
    /// Applied, then the connection is dropped.
    Lost,
    /// Not applied, the connection is dropped.
    Reset,
    /// Refused: `AccessDeniedException`.
    Denied,
    /// Refused by Organizations: `AWSOrganizationsNotInUseException`.
    NotInUse,
    /// Refused by Organizations: `InvalidInputException` with reason `INVALID_NEXT_TOKEN`.
    ExpiredToken,
    /// Refused by Account Management with HTTP 400 and a text, without an error code.
    BareError,
    /// A list answers with the very token it was asked with; nothing happens on a first page.
    RepeatToken,
    /// A list answers with an empty page and a token that goes on from the same place.
    Empty,
}

impl FaultKind {
    /// The refusal, for the kinds that refuse.
    pub(crate) fn refusal(self, operation: &Operation, caller: &str) -> Option<Refusal> {
        let organizations = operation.service == Service::Organizations;
        match self {
            Self::Throttle => Some(operation.service.throttled()),
            Self::Internal => Some(operation.service.internal()),
            Self::Unavailable => Some(Refusal::unavailable()),
            Self::Denied if organizations => Some(Refusal::denied()),
            Self::Denied => Some(Refusal::no_policy(caller, operation.name)),
            Self::NotInUse => organizations.then(Refusal::not_in_use),
            Self::ExpiredToken => organizations.then(Refusal::token),
            Self::BareError => (!organizations).then(Refusal::bare),
            Self::Timeout | Self::Lost | Self::Reset | Self::RepeatToken | Self::Empty => None,
        }
    }
}

/// The script and how far each operation has come in it.
#[derive(Debug, Default)]
pub(crate) struct Script {
    faults: Vec<Fault>,
    counts: HashMap<String, u64>,
}

impl Script {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self {
            faults,
            counts: HashMap::new(),
        }
    }

    /// Counts a call and says what goes wrong with it.
    pub(crate) fn next(&mut self, operation: &str) -> Option<FaultKind> {
        if self.faults.is_empty() {
            return None;
        }
        let count = self.counts.entry(operation.to_owned()).or_default();
        *count += 1;
        let strikes = |fault: &&Fault| {
            fault
                .operation
                .as_deref()
                .is_none_or(|name| name == operation)
                && fault.calls.contains(*count)
        };
        self.faults.iter().find(strikes).map(|fault| fault.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_reads_from_json_and_counts_each_operation_apart() {
        let faults = serde_json::from_str(
            r#"[{"operation": "CreateAccount", "calls": [2], "kind": "lost"},
                {"operation": "MoveAccount", "calls": {"from": 2, "to": 3}, "kind": "not_in_use"},
                {"operation": "CloseAccount", "kind": "throttle"}]"#,
        )
        .unwrap();
        let mut script = Script::new(faults);

        let mut kinds = |operation| [(); 4].map(|()| script.next(operation));
        assert_eq!(
            kinds("CreateAccount"),
            [None, Some(FaultKind::Lost), None, None]
        );
        let refused = Some(FaultKind::NotInUse);
        assert_eq!(kinds("MoveAccount"), [None, refused, refused, None]);
        assert_eq!(kinds("CloseAccount"), [Some(FaultKind::Throttle); 4]);
        assert_eq!(kinds("TagResource"), [None; 4]);
    }

    #[test]
    fn a_script_with_a_mistake_is_refused() {
        for (script, reason) in [
            (
                r#"{"operation": "Create", "kind": "lost"}"#,
                "unknown operation `Create`",
            ),
            (
                r#"{"calls": {"from": 2, "until": 5}, "kind": "lost"}"#,
                "did not match any variant",
            ),
            (r#"{"call": [1], "kind": "lost"}"#, "unknown field `call`"),
            (r#"{"calls": [1]}"#, "missing field `kind`"),
        ] {
            let error = serde_json::from_str::<Fault>(script)
                .unwrap_err()
                .to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
