//! The environment as an argument: nothing reads a variable behind a caller's back.

use std::str::FromStr;

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
