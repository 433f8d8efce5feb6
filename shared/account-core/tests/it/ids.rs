//! What must be true of every identifier, and of every announcement's id.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::sync::LazyLock;

use account_core::announcement::{Kind, id};
use account_core::ids::{AccountId, InvalidId, OrganizationId, RequestId, UnitId};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regex_lite::Regex;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The patterns of the Organizations model.
const ACCOUNT: &str = "[0-9]{12}";
const ORGANIZATION: &str = "o-[a-z0-9]{10,32}";
const REQUEST: &str = "car-[a-z0-9]{8,32}";
const UNIT: &str = "ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}";

/// Valid texts, texts that are one letter away from them, and texts that are nothing of the kind.
fn text() -> impl Strategy<Value = String> {
    let valid = || {
        prop_oneof![
            ACCOUNT,
            ORGANIZATION,
            REQUEST,
            UNIT,
            "ou-[0-9a-z]{4,32}",
            "[a-z]{1,3}-[a-z0-9]{7,33}"
        ]
    };
    let letters = vec!['0', 'a', 'z', 'A', '-', '_', '/', ' ', '\n', '\0', 'é', '٣'];
    let spoilt = (
        valid(),
        any::<Index>(),
        0..2_usize,
        prop::option::of(select(letters)),
    );
    prop_oneof![
        2 => valid(),
        4 => spoilt.prop_map(|(mut text, at, removed, letter)| {
            let at = at.index(text.len());
            text.replace_range(at..at + removed, &letter.map(String::from).unwrap_or_default());
            text
        }),
        1 => any::<String>(),
    ]
}

/// Exactly the texts of this pattern are taken, in code and in JSON, and come out again as they are.
fn check<T>(text: &str, pattern: &Regex) -> Result<(), TestCaseError>
where
    T: Debug
        + DeserializeOwned
        + Display
        + FromStr<Err = InvalidId>
        + Into<String>
        + PartialEq
        + Serialize,
{
    let json = serde_json::to_string(text).unwrap();
    let read = serde_json::from_str::<T>(&json);
    let is_valid = pattern.is_match(text);
    match text.parse::<T>() {
        Ok(id) => {
            prop_assert!(is_valid, "{} is taken as {}", json, pattern);
            prop_assert_eq!(&id.to_string(), text);
            prop_assert_eq!(&serde_json::to_string(&id).unwrap(), &json);
            prop_assert_eq!(&read.unwrap(), &id);
            prop_assert_eq!(id.into(), text);
        }
        Err(error) => {
            prop_assert!(!is_valid, "{} is refused as {}", json, pattern);
            prop_assert_eq!(read.unwrap_err().to_string(), error.to_string());
        }
    }
    Ok(())
}

/// Few of each, so that they often meet.
fn announced() -> impl Strategy<Value = (OrganizationId, Kind, String, String)> {
    let kinds = vec![
        Kind::AccountCreationSucceeded,
        Kind::ContactsStamped,
        Kind::SweepFailed,
    ];
    let organizations = vec!["o-exampleorg1", "o-exampleorg2"];
    let organization = select(organizations).prop_map(|text| text.parse().unwrap());
    (organization, select(kinds), "[a-c-]{1,2}", "[a-c,/-]{0,2}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn an_id_is_taken_when_the_model_says_so_and_comes_out_as_it_went_in(text in text()) {
        static PATTERNS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
            [ACCOUNT, ORGANIZATION, REQUEST, UNIT].map(|it| Regex::new(&format!("^(?:{it})$")).unwrap())
        });
        let [account, organization, request, unit] = &*PATTERNS;
        check::<AccountId>(&text, account)?;
        check::<OrganizationId>(&text, organization)?;
        check::<RequestId>(&text, request)?;
        check::<UnitId>(&text, unit)?;
    }

    #[test]
    fn announcements_have_the_same_id_when_and_only_when_they_are_of_the_same_thing(
        one in announced(),
        other in announced(),
    ) {
        let ids = [&one, &other].map(|(organization, kind, subject, occurrence)| id(organization, *kind, subject, occurrence));
        prop_assert_eq!(ids[0] == ids[1], one == other);
        prop_assert_eq!(ids[0].get_version_num(), 5);
    }
}
