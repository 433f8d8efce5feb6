//! Alternate contacts: their types, their fields, and what AWS takes and keeps of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The three alternate contacts of an account ([`AlternateContactType`]).
///
/// [`AlternateContactType`]: https://docs.aws.amazon.com/accounts/latest/reference/API_AlternateContact.html
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum ContactType {
    /// Money.
    Billing,
    /// Running the account.
    Operations,
    /// Security; Security Hub's control Account.1 wants it.
    Security,
}

impl ContactType {
    /// All of them, in alphabetical order.
    pub const ALL: [Self; 3] = [Self::Billing, Self::Operations, Self::Security];

    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Billing => "BILLING",
            Self::Operations => "OPERATIONS",
            Self::Security => "SECURITY",
        }
    }
}

// By way of a text, so that a map's key shows in the path of an error.
impl TryFrom<String> for ContactType {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or("not one of BILLING, OPERATIONS, SECURITY")
    }
}

impl From<ContactType> for &'static str {
    fn from(kind: ContactType) -> Self {
        kind.as_str()
    }
}

impl AsRef<str> for ContactType {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ContactType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A field of an alternate contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// The email address.
    EmailAddress,
    /// The person or team.
    Name,
    /// The phone number.
    PhoneNumber,
    /// The person's or team's title.
    Title,
}

impl Field {
    /// All of them: AWS takes a contact whole or not at all.
    pub const ALL: [Self; 4] = [
        Self::EmailAddress,
        Self::Name,
        Self::PhoneNumber,
        Self::Title,
    ];

    /// As a policy writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmailAddress => "emailAddress",
            Self::Name => "name",
            Self::PhoneNumber => "phoneNumber",
            Self::Title => "title",
        }
    }

    /// The rule that `value` breaks, if any: lengths and patterns of the API model.
    #[must_use]
    pub fn broken_rule(self, value: &str) -> Option<&'static str> {
        let (longest, rule): (usize, &'static str) = match self {
            Self::EmailAddress => (254, "an email address of at most 254 characters"),
            Self::Name => (64, "1 to 64 characters"),
            Self::PhoneNumber => (25, "1 to 25 digits, spaces, or any of ( ) + -"),
            Self::Title => (50, "1 to 50 characters"),
        };
        let fits = match self {
            Self::EmailAddress => is_email(value),
            Self::PhoneNumber => value.chars().all(is_phone),
            Self::Name | Self::Title => true,
        };
        let length = value.chars().count();
        (!fits || !(1..=longest).contains(&length)).then_some(rule)
    }

    /// `value` as AWS keeps it: it trims the email address and nothing else.
    fn stored(self, value: &str) -> &str {
        match self {
            Self::EmailAddress => value.trim(),
            Self::Name | Self::PhoneNumber | Self::Title => value,
        }
    }
}

/// `[\s]*[\w+=.#|!&-]+@[\w.-]+\.[\w]+[\s]*`, where `\w` is ASCII.
fn is_email(value: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let Some((local, domain)) = value.trim().split_once('@') else {
        return false;
    };
    let Some((host, top)) = domain.rsplit_once('.') else {
        return false;
    };
    !local.is_empty()
        && local
            .chars()
            .all(|letter| is_word(letter) || "+=.#|!&-".contains(letter))
        && !host.is_empty()
        && host
            .chars()
            .all(|letter| is_word(letter) || ".-".contains(letter))
        && !top.is_empty()
        && top.chars().all(is_word)
}

fn is_phone(letter: char) -> bool {
    letter.is_whitespace() || letter.is_ascii_digit() || "()+-".contains(letter)
}

/// An alternate contact. Personal data: it has no `Display`, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact(BTreeMap<Field, String>);

impl Contact {
    /// A contact as AWS keeps it, of all four fields.
    #[must_use]
    pub fn new(values: impl Fn(Field) -> String) -> Self {
        Self(
            Field::ALL
                .into_iter()
                .map(|field| (field, field.stored(&values(field)).to_owned()))
                .collect(),
        )
    }

    /// A field's value.
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        self.0.get(&field).map_or("", String::as_str)
    }

    /// The fields in which two contacts differ.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<Field> {
        Field::ALL
            .into_iter()
            .filter(|field| self.get(*field) != other.get(*field))
            .collect()
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Contact(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Field, good: &[&str], bad: &[&str]) {
        for value in good {
            assert_eq!(field.broken_rule(value), None, "{value:?} is refused");
        }
        for value in bad {
            assert!(field.broken_rule(value).is_some(), "{value:?} is accepted");
        }
    }

    #[test]
    fn a_type_has_one_text_wherever_it_is_written() {
        for (kind, text) in [
            (ContactType::Billing, "BILLING"),
            (ContactType::Operations, "OPERATIONS"),
            (ContactType::Security, "SECURITY"),
        ] {
            assert_eq!(kind.as_ref(), text);
            assert_eq!(kind.to_string(), text);
            assert_eq!(serde_json::to_value(kind).unwrap(), text);
            assert_eq!(ContactType::try_from(text.to_owned()), Ok(kind));
        }
        assert!(ContactType::try_from("security".to_owned()).is_err());
    }

    #[test]
    fn email_addresses() {
        let longest = format!("{}@example.com", "x".repeat(254 - 12));
        let too_long = format!("x{longest}");
        check(
            Field::EmailAddress,
            &[
                "a@b.c",
                " ops+aws@sub.example.com ",
                "a.b_c=d#e|f!g&h-i@x-y.z_1",
                &longest,
            ],
            &[
                "",
                "a@b",
                "@b.c",
                "a@.c",
                "a@b.",
                "a b@c.d",
                "jürgen@example.com",
                "a@exämple.com",
                "a@b@c.d",
                &too_long,
            ],
        );
    }

    #[test]
    fn phone_numbers() {
        check(
            Field::PhoneNumber,
            &["+1 (202) 555-0100", "1"],
            &["", "+1 202 CALL", "1234567890123456789012345 6", "１"],
        );
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        check(
            Field::Name,
            &["ü".repeat(64).as_str()],
            &["", "ü".repeat(65).as_str()],
        );
        check(
            Field::Title,
            &["x".repeat(50).as_str()],
            &["x".repeat(51).as_str()],
        );
    }

    fn contact(email: &str, name: &str) -> Contact {
        Contact::new(|field| match field {
            Field::EmailAddress => email.to_owned(),
            Field::Name => name.to_owned(),
            Field::PhoneNumber | Field::Title => "1".to_owned(),
        })
    }

    #[test]
    fn contacts_are_compared_as_aws_keeps_them() {
        assert_eq!(contact(" a@b.c ", "n"), contact("a@b.c", "n"));
        assert_eq!(
            contact("a@b.c", "n").differing(&contact("A@b.c", "n ")),
            [Field::EmailAddress, Field::Name]
        );
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", contact("a@b.c", "n")), "Contact(…)");
    }
}
