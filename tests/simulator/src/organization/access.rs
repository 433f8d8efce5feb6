//! Who calls Account Management, and what keeps a caller from an account.

use std::time::Duration;

use serde::Deserialize;

use super::MANAGEMENT_ACCOUNT_ID;
use crate::Options;

/// The account whose credentials the calls of Account Management carry. Organizations is always
/// called by the management account.
///
/// As JSON: `"management"`, `{"delegated_administrator": "ID"}` or `{"member": "ID"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// The management account.
    #[default]
    Management,
    /// This account, delegated administrator for Account Management.
    DelegatedAdministrator(String),
    /// This account, a member without rights over others.
    Member(String),
}

impl Caller {
    /// The id of the account.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Management => MANAGEMENT_ACCOUNT_ID,
            Self::DelegatedAdministrator(id) | Self::Member(id) => id,
        }
    }
}

/// The rules that can be chosen.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) caller: Caller,
    pub(crate) trusted: bool,
    pub(crate) all_features: bool,
    pub(crate) inactive_denied: bool,
    pub(crate) young_denied: Duration,
}

impl Access {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            caller: options.caller.clone(),
            trusted: options.trusted_access,
            all_features: true,
            inactive_denied: options.inactive_denied,
            young_denied: options.young_denied,
        }
    }
}
