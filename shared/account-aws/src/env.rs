//! The environment as an argument: nothing reads a variable behind a caller's back.

use std::str::FromStr;

use account_core::ids::{AccountId, OrganizationId};

use crate::Error;

/// Looks a variable up; an empty one counts as not set, as Lambda cannot unset a variable.
pub trait Lookup: Fn(&str) -> Option<String> {}

impl<F: Fn(&str) -> Option<String>> Lookup for F {}

/// The variables of this process.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// `ORGANIZATION_ID`.
///
/// # Errors
/// As [`required`].
pub fn organization(vars: &impl Lookup) -> Result<OrganizationId, Error> {
    let expected = "an organization id such as o-exampleorg1";
    required(vars, "ORGANIZATION_ID", expected)
}

/// `MANAGEMENT_ACCOUNT_ID`.
///
/// # Errors
/// As [`required`].
pub fn management(vars: &impl Lookup) -> Result<AccountId, Error> {
    required(
        vars,
        "MANAGEMENT_ACCOUNT_ID",
        "an account id of twelve digits",
    )
}

/// `LEDGER_TABLE`.
///
/// # Errors
/// As [`required`].
pub fn table(vars: &impl Lookup) -> Result<String, Error> {
    required(vars, "LEDGER_TABLE", "the name of a DynamoDB table")
}

/// `TOPIC_ARN`.
///
/// # Errors
/// As [`required`].
pub fn topic(vars: &impl Lookup) -> Result<String, Error> {
    required(vars, "TOPIC_ARN", "the ARN of an SNS topic")
}

/// `BUCKET`.
///
/// # Errors
/// As [`required`].
pub fn bucket(vars: &impl Lookup) -> Result<String, Error> {
    required(vars, "BUCKET", "the name of an S3 bucket")
}

/// A variable that must be set.
///
/// # Errors
/// [`Error::Variable`] names the variable and `expected` when it is missing or does not parse.
pub fn required<T: FromStr>(
    vars: &impl Lookup,
    name: &'static str,
    expected: &'static str,
) -> Result<T, Error> {
    optional(vars, name, expected)?.ok_or(Error::Variable {
        name,
        problem: "is not set",
        expected,
    })
}

/// A variable that may be left out or empty.
///
/// # Errors
/// [`Error::Variable`] names the variable and `expected` when it does not parse.
pub fn optional<T: FromStr>(
    vars: &impl Lookup,
    name: &'static str,
    expected: &'static str,
) -> Result<Option<T>, Error> {
    vars(name)
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse().or(Err(Error::Variable {
                name,
                problem: "is malformed",
                expected,
            }))
        })
        .transpose()
}
