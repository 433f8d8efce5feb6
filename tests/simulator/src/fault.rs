//! Scripted faults: which call of which operation goes wrong, and how.

use std::collections::HashMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::input::ACCOUNT_ID;
use crate::operations::{self, GOVCLOUD, Operation};
use crate::refusal::Refusal;
use crate::service::Service;

/// One line of the fault script. The first line that fits a call is taken.
///
/// As JSON: `{"operation": "CreateAccount", "calls": [1, 3], "kind": "lost"}`. Without
/// `operation` it fits every operation, without `calls` every call; `calls` may also be
/// `{"from": 2, "to": 5}` (both included) or `{"from": 2}`. With `"account": "111122223333"` it
/// fits only calls about that account, and `calls` counts those alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation's name as on the wire; `None` means any.
    #[serde(default, deserialize_with = "known")]
    pub operation: Option<String>,
    /// The account that a call names as `AccountId`, `StandardAccountId`, `ResourceId` or
    /// `ChildId`; a call of Account Management that names none is about its caller's own. `None`
    /// means any account, and also calls about none.
    #[serde(default, deserialize_with = "twelve_digits")]
    pub account: Option<String>,
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

/// Any other id would never strike, either.
fn twelve_digits<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    let id = Option::<String>::deserialize(input)?;
    match id.as_deref().filter(|id| ACCOUNT_ID.check(id).is_err()) {
        Some(other) => Err(D::Error::custom(format!("no account id: `{other}`"))),
        None => Ok(id),
    }
}

impl Fault {
    /// A fault of one operation.
    #[must_use]
    pub fn on(operation: &str, calls: Calls, kind: FaultKind) -> Self {
        Self {
            operation: Some(operation.to_owned()),
            account: None,
            calls,
            kind,
        }
    }

    /// A fault of every operation.
    #[must_use]
    pub fn any(calls: Calls, kind: FaultKind) -> Self {
        Self {
            operation: None,
            account: None,
            calls,
            kind,
        }
    }

    /// The same of calls about one account alone; the numbers of the calls count these.
    #[must_use]
    pub fn about(self, account: &str) -> Self {
        Self {
            account: Some(account.to_owned()),
            ..self
        }
    }

    fn strikes(&self, operation: &str, account: Option<&str>, counts: &Counts) -> bool {
        let other = |want: &Option<String>, is| want.is_some() && want.as_deref() != is;
        if other(&self.operation, Some(operation)) || other(&self.account, account) {
            return false;
        }
        let key = (operation.to_owned(), self.account.clone());
        let number = counts.get(&key).copied().unwrap_or_default();
        self.calls.contains(number)
    }
}

/// Call numbers. They count each operation apart, from 1, since the script was set; those of a
/// fault about one account count the calls about it.
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
    /// Refused by `GetGovCloudAccountInformation`: `ResourceUnavailableException`, HTTP 424.
    ResourceUnavailable,
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
            Self::ResourceUnavailable => {
                (operation.name == GOVCLOUD).then(Refusal::resource_unavailable)
            }
            Self::Timeout | Self::Lost | Self::Reset | Self::RepeatToken | Self::Empty => None,
        }
    }
}

/// How many calls there were by operation: of any account, and about each account.
type Counts = HashMap<(String, Option<String>), u64>;

/// The script and how far each operation has come in it.
#[derive(Debug, Default)]
pub(crate) struct Script {
    faults: Vec<Fault>,
    counts: Counts,
}

impl Script {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self {
            faults,
            counts: HashMap::new(),
        }
    }

    /// Counts a call and says what goes wrong with it.
    pub(crate) fn next(&mut self, operation: &str, account: Option<&str>) -> Option<FaultKind> {
        if self.faults.is_empty() {
            return None;
        }
        self.count(operation, None);
        if account.is_some() {
            self.count(operation, account);
        }
        let strikes = |fault: &&Fault| fault.strikes(operation, account, &self.counts);
        self.faults.iter().find(strikes).map(|fault| fault.kind)
    }

    fn count(&mut self, operation: &str, account: Option<&str>) {
        let key = (operation.to_owned(), account.map(str::to_owned));
        *self.counts.entry(key).or_default() += 1;
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

        let mut kinds = |operation| [(); 4].map(|()| script.next(operation, None));
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
    fn a_fault_about_an_account_counts_the_calls_about_it() {
        let faults = serde_json::from_str(
            r#"[{"account": "111122223333", "calls": [2], "kind": "reset"},
                {"operation": "CloseAccount", "calls": [4], "kind": "throttle"}]"#,
        )
        .unwrap();
        let mut script = Script::new(faults);
        let (one, other) = (Some("111122223333"), Some("444455556666"));
        let mut next = |account| script.next("CloseAccount", account);
        assert_eq!([one, other, None].map(&mut next), [None; 3]);
        assert_eq!(next(one), Some(FaultKind::Reset), "the first that fits");
        assert_eq!([one, other].map(&mut next), [None; 2]);
        assert_eq!(script.next("DescribeAccount", one), None);
        assert_eq!(script.next("DescribeAccount", one), Some(FaultKind::Reset));
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
            (
                r#"{"account": "1234", "kind": "lost"}"#,
                "no account id: `1234`",
            ),
            (r#"{"calls": [1]}"#, "missing field `kind`"),
        ] {
            let error = serde_json::from_str::<Fault>(script)
                .unwrap_err()
                .to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
