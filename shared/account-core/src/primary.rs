//! The primary contact of an account.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A field of the primary contact ([`ContactInformation`]).
///
/// [`ContactInformation`]: https://docs.aws.amazon.com/accounts/latest/reference/API_ContactInformation.html
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum PrimaryField {
    /// Street and number.
    AddressLine1,
    /// More of the address.
    AddressLine2,
    /// Yet more of the address.
    AddressLine3,
    /// The city.
    City,
    /// The company.
    CompanyName,
    /// Two letters of ISO 3166.
    CountryCode,
    /// The district or county.
    DistrictOrCounty,
    /// The person or company.
    FullName,
    /// The phone number, with `+`. A new one has to be verified again.
    PhoneNumber,
    /// The postal code.
    PostalCode,
    /// The state or region.
    StateOrRegion,
    /// The company's web site.
    WebsiteUrl,
}

impl PrimaryField {
    /// All of them, in alphabetical order.
    pub const ALL: [Self; 12] = [
        Self::AddressLine1,
        Self::AddressLine2,
        Self::AddressLine3,
        Self::City,
        Self::CompanyName,
        Self::CountryCode,
        Self::DistrictOrCounty,
        Self::FullName,
        Self::PhoneNumber,
        Self::PostalCode,
        Self::StateOrRegion,
        Self::WebsiteUrl,
    ];

    /// What AWS copies from the management account into a new account, beside its own name.
    pub const INHERITED: [Self; 6] = [
        Self::AddressLine1,
        Self::City,
        Self::CountryCode,
        Self::PhoneNumber,
        Self::PostalCode,
        Self::StateOrRegion,
    ];

    /// As a policy writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressLine1 => "addressLine1",
            Self::AddressLine2 => "addressLine2",
            Self::AddressLine3 => "addressLine3",
            Self::City => "city",
            Self::CompanyName => "companyName",
            Self::CountryCode => "countryCode",
            Self::DistrictOrCounty => "districtOrCounty",
            Self::FullName => "fullName",
            Self::PhoneNumber => "phoneNumber",
            Self::PostalCode => "postalCode",
            Self::StateOrRegion => "stateOrRegion",
            Self::WebsiteUrl => "websiteUrl",
        }
    }

    /// The rule that `value` breaks, if any: lengths and patterns of the API model.
    #[must_use]
    pub fn broken_rule(self, value: &str) -> Option<&'static str> {
        let (shortest, longest, rule) = match self {
            Self::AddressLine1 | Self::AddressLine2 | Self::AddressLine3 => {
                (1, 60, "1 to 60 characters")
            }
            Self::City
            | Self::CompanyName
            | Self::DistrictOrCounty
            | Self::FullName
            | Self::StateOrRegion => (1, 50, "1 to 50 characters"),
            Self::CountryCode => (2, 2, "two letters of ISO 3166, such as US"),
            Self::PhoneNumber => (2, 20, "+ and up to 19 digits, spaces, or any of ( ) -"),
            Self::PostalCode => (1, 20, "1 to 20 characters"),
            Self::WebsiteUrl => (1, 256, "1 to 256 characters"),
        };
        let value = self.stored(value);
        let length = value.chars().count();
        let fits = if self == Self::CountryCode {
            value.chars().all(|letter| letter.is_ascii_alphabetic())
        } else if self == Self::PhoneNumber {
            value
                .strip_prefix('+')
                .is_some_and(|rest| rest.chars().all(is_phone))
        } else {
            true
        };
        (!fits || !(shortest..=longest).contains(&length)).then_some(rule)
    }

    /// `value` as AWS keeps it: trimmed, the country in upper case.
    #[must_use]
    pub fn stored(self, value: &str) -> String {
        let trimmed = value.trim();
        if self == Self::CountryCode {
            trimmed.to_ascii_uppercase()
        } else {
            trimmed.to_owned()
        }
    }
}

// By way of a text, so that a map's key shows in the path of an error.
impl TryFrom<String> for PrimaryField {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|field| field.as_str() == text)
            .ok_or("not a field of the primary contact, such as addressLine1 or phoneNumber")
    }
}

impl From<PrimaryField> for &'static str {
    fn from(field: PrimaryField) -> Self {
        field.as_str()
    }
}

fn is_phone(letter: char) -> bool {
    letter.is_whitespace() || letter.is_ascii_digit() || "()-".contains(letter)
}

impl fmt::Display for PrimaryField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A primary contact as AWS keeps it. Personal data: its `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PrimaryContact(BTreeMap<PrimaryField, String>);

impl PrimaryContact {
    /// A primary contact of these values; empty ones are left out, as AWS does.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (PrimaryField, String)>) -> Self {
        let stored = values
            .into_iter()
            .map(|(field, value)| (field, field.stored(&value)));
        Self(stored.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// A field's value.
    #[must_use]
    pub fn get(&self, field: PrimaryField) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// This contact with the fields that `wanted` has taken from it: a Put replaces the whole record. A phone number that
    /// is only written in another way stays as it is: another text starts its verification anew.
    #[must_use]
    pub fn merged(&self, wanted: &Self) -> Self {
        let mut merged = self.clone();
        for (field, value) in &wanted.0 {
            if !self.has(*field, value) {
                merged.0.insert(*field, value.clone());
            }
        }
        merged
    }

    /// Whether a field has this value; of a phone number, only the digits count.
    fn has(&self, field: PrimaryField, value: &str) -> bool {
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        self.get(field).is_some_and(|own| {
            let is_same_number = || !digits(own).is_empty() && digits(own) == digits(value);
            own == value || (field == PrimaryField::PhoneNumber && is_same_number())
        })
    }

    /// The fields of `wanted` in which this contact differs from it.
    #[must_use]
    pub fn differing(&self, wanted: &Self) -> Vec<PrimaryField> {
        wanted
            .0
            .iter()
            .filter(|(field, value)| !self.has(**field, value))
            .map(|(field, _)| *field)
            .collect()
    }

    /// Whether this is still what AWS copied from the `management` account when it made the account `name`. A field that
    /// AWS is not known to copy may be absent.
    #[must_use]
    pub fn is_untouched(&self, management: &Self, name: &str) -> bool {
        let is_copy = |field: PrimaryField| {
            let own = self.get(field);
            let may_lack = !PrimaryField::INHERITED.contains(&field);
            own == management.get(field) || (may_lack && own.is_none())
        };
        self.get(PrimaryField::FullName) == Some(name.trim())
            && PrimaryField::ALL
                .into_iter()
                .filter(|field| *field != PrimaryField::FullName)
                .all(is_copy)
    }
}

impl fmt::Debug for PrimaryContact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PrimaryContact(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_one_text_wherever_it_is_written() {
        for field in PrimaryField::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
            assert_eq!(field.to_string(), field.as_str());
            assert_eq!(PrimaryField::try_from(field.as_str().to_owned()), Ok(field));
        }
        assert!(PrimaryField::try_from("AddressLine1".to_owned()).is_err());
    }

    #[test]
    fn values_keep_the_rules_of_the_model() {
        use PrimaryField::*;
        for (field, good, bad) in [
            (AddressLine2, "x".repeat(60), "x".repeat(61)),
            (City, "ü".repeat(50), "ü".repeat(51)),
            (CountryCode, " us ".to_owned(), "U1".to_owned()),
            (CountryCode, "US".to_owned(), "USA".to_owned()),
            (
                PhoneNumber,
                "+1 (202) 555-0100".to_owned(),
                "+1 202 CALL".to_owned(),
            ),
            (PhoneNumber, "+1".to_owned(), "1 202 555".to_owned()),
            (
                PhoneNumber,
                "+1234567890123456789".to_owned(),
                "+12345678901234567890".to_owned(),
            ),
            (PostalCode, "1".repeat(20), " ".to_owned()),
            (WebsiteUrl, "x".repeat(256), "x".repeat(257)),
        ] {
            assert_eq!(
                field.broken_rule(&good),
                None,
                "{field} {good:?} is refused"
            );
            assert!(
                field.broken_rule(&bad).is_some(),
                "{field} {bad:?} is accepted"
            );
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let contact = PrimaryContact::new([(PrimaryField::City, "Here".to_owned())]);
        assert_eq!(format!("{contact:?}"), "PrimaryContact(…)");
    }
}
