//! Identifiers that are valid by construction.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not the identifier it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct InvalidId {
    /// What the identifier looks like. The rejected text is left out: it may be anything.
    pub expected: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $is_valid:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if $is_valid(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId { expected: $expected }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An AWS account, `^\d{12}$` in the Organizations model.
    AccountId, "an account id of twelve digits", is_account
}
id! {
    /// An organization, `^o-[a-z0-9]{10,32}$` in the Organizations model.
    OrganizationId, "an organization id such as o-exampleorg1", is_organization
}
id! {
    /// A creation request, `^car-[a-z0-9]{8,32}$` in the Organizations model.
    RequestId, "a creation request id such as car-examplecreateaccountrequestid111", is_request
}
id! {
    /// An organizational unit, `^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$` in the Organizations model.
    UnitId, "an id of an organizational unit such as ou-exam-12345678", is_unit
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_organization(text: &str) -> bool {
    has_form(text, "o-", 10)
}

fn is_request(text: &str) -> bool {
    has_form(text, "car-", 8)
}

fn is_unit(text: &str) -> bool {
    let Some((root, unit)) = text
        .strip_prefix("ou-")
        .and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    has_form(root, "", 4) && has_form(unit, "", 8)
}

fn has_form(text: &str, prefix: &str, shortest: usize) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        (shortest..=32).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: FromStr<Err = InvalidId>>(good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(text.parse::<T>().is_ok(), "{text} is refused");
        }
        for text in bad {
            assert!(text.parse::<T>().is_err(), "{text} is accepted");
        }
    }

    #[test]
    fn account_ids() {
        check::<AccountId>(
            &["111122223333"],
            &[
                "",
                "11112222333",
                "1111222233334",
                "11112222333a",
                "１11122223333",
            ],
        );
    }

    #[test]
    fn organization_ids() {
        check::<OrganizationId>(
            &["o-exampleorg1", "o-0123456789abcdefghijklmnopqrstuv"],
            &[
                "o-short",
                "o-EXAMPLEORG1",
                "exampleorg1",
                "o-0123456789abcdefghijklmnopqrstuvw",
            ],
        );
    }

    #[test]
    fn request_ids() {
        check::<RequestId>(
            &["car-examplecreateaccountrequestid111", "car-12345678"],
            &[
                "car-1234567",
                "car-",
                "CAR-12345678",
                "car-1234 5678",
                "car-examplecreateaccountrequestid1111",
            ],
        );
    }

    #[test]
    fn json_is_checked_too() {
        assert!(serde_json::from_str::<AccountId>("\"111122223333\"").is_ok());
        let error = serde_json::from_str::<AccountId>("\"someone@example.com\"").unwrap_err();
        assert_eq!(error.to_string(), "not an account id of twelve digits");
    }
}
