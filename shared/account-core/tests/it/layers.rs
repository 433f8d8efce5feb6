//! What must be true of the layers of every policy.

use std::collections::BTreeMap;

use account_core::contact::{ContactType, Field};
use account_core::ids::{AccountId, UnitId};
use account_core::policy::{
    Exclude, Facts, Layer, Mode, Policy, Primary, PrimaryMode, Rule, Tagged, standard,
};
use account_core::primary::PrimaryField;
use proptest::prelude::*;
use proptest::sample::select;

/// The layers of every document here, those that apply to the account from the weakest to the strongest.
const APPLYING: [&str; 6] = [
    "organization",
    "units.ou-exam-00outside",
    "units.ou-exam-00000inside",
    "tags[0]",
    "tags[2]",
    "accounts.111122223333",
];
const FOREIGN: [&str; 4] = [
    "units.ou-exam-elsewhere",
    "tags[1]",
    "tags[3]",
    "accounts.444455556666",
];

/// What each layer says of one alternate contact and of the primary contact: a mode, and which fields it gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    kind: Option<ContactType>,
    mode: Option<Mode>,
    fields: Vec<Field>,
    primary: Option<(Option<PrimaryMode>, Vec<PrimaryField>)>,
}

fn said() -> impl Strategy<Value = Said> {
    let modes = vec![Mode::Enforce, Mode::Fill, Mode::Audit, Mode::Absent];
    let primary_modes = vec![PrimaryMode::Enforce, PrimaryMode::Audit];
    // Of these any short text will do.
    let primary_fields = vec![
        PrimaryField::City,
        PrimaryField::CompanyName,
        PrimaryField::FullName,
    ];
    (
        prop::option::of(select(ContactType::ALL.to_vec())),
        prop::option::of(select(modes)),
        prop::sample::subsequence(Field::ALL.to_vec(), 0..=4),
        prop::option::of((
            prop::option::of(select(primary_modes)),
            prop::sample::subsequence(primary_fields, 0..=3),
        )),
    )
        .prop_map(|(kind, mode, fields, primary)| Said {
            kind,
            mode,
            fields,
            primary,
        })
}

/// Every layer's own text for a field: which layer a value comes from shows in the value.
pub(super) fn text(layer: &str, field: Field) -> String {
    let number = APPLYING
        .iter()
        .chain(&FOREIGN)
        .position(|name| *name == layer);
    let number = number.unwrap();
    match field {
        Field::EmailAddress => format!("layer{number}@example.com"),
        Field::Name | Field::Title => format!("layer {number}"),
        Field::PhoneNumber => number.to_string(),
    }
}

pub(super) type Stack = BTreeMap<&'static str, Said>;

pub(super) fn stack() -> impl Strategy<Value = Stack> {
    let names = APPLYING.into_iter().chain(FOREIGN);
    prop::collection::vec(said(), APPLYING.len() + FOREIGN.len())
        .prop_map(move |said| names.clone().zip(said).collect())
}

fn layer(stack: &Stack, name: &str) -> Layer {
    let said = &stack[name];
    let give = |field: Field| said.fields.contains(&field).then(|| text(name, field));
    let rule = Rule {
        mode: said.mode,
        email_address: give(Field::EmailAddress),
        name: give(Field::Name),
        phone_number: give(Field::PhoneNumber),
        title: give(Field::Title),
    };
    Layer {
        contacts: said.kind.map(|kind| (kind, rule)).into_iter().collect(),
        primary: said.primary.as_ref().map(|(mode, fields)| Primary {
            mode: *mode,
            fields: fields
                .iter()
                .map(|field| (*field, text(name, Field::Name)))
                .collect(),
        }),
    }
}

pub(super) fn policy(stack: &Stack) -> Policy {
    let tagged = |index: usize, key: &str, value: Option<&str>| {
        let Layer { contacts, primary } = layer(stack, &format!("tags[{index}]"));
        Tagged {
            key: key.to_owned(),
            value: value.map(str::to_owned),
            contacts,
            primary,
        }
    };
    let named = |name: &'static str| (name.split_once('.').unwrap().1, layer(stack, name));
    let units = ["units.ou-exam-elsewhere", APPLYING[1], APPLYING[2]].map(named);
    let accounts = ["accounts.444455556666", APPLYING[5]].map(named);
    Policy {
        version: 1,
        organization: layer(stack, "organization"),
        units: units.map(|(id, layer)| (id.parse().unwrap(), layer)).into(),
        tags: vec![
            tagged(0, "team", None),
            tagged(1, "team", Some("blue")),
            tagged(2, "team", Some("red")),
            tagged(3, "stage", None),
        ],
        accounts: accounts
            .map(|(id, layer)| (id.parse().unwrap(), layer))
            .into(),
        exclude: Exclude::default(),
    }
}

fn facts() -> Facts {
    let units: [UnitId; 2] =
        ["ou-exam-00outside", "ou-exam-00000inside"].map(|unit| unit.parse().unwrap());
    Facts {
        account: "111122223333".parse().unwrap(),
        units: units.into(),
        tags: BTreeMap::from([("team".to_owned(), "red".to_owned())]),
    }
}

/// The strongest applying layer that says something.
fn strongest<T>(stack: &Stack, says: impl Fn(&Said) -> Option<T>) -> Option<(&'static str, T)> {
    let mut told = APPLYING
        .into_iter()
        .rev()
        .filter_map(|name| Some((name, says(&stack[name])?)));
    told.next()
}

fn check_contact(stack: &Stack, kind: ContactType) -> Result<(), TestCaseError> {
    let of = |said: &Said| (said.kind == Some(kind)).then_some(());
    let standard = standard(&policy(stack), &facts()).unwrap();
    let asked = standard.contacts.get(&kind);
    if strongest(stack, of).is_none() {
        prop_assert!(asked.is_none(), "no layer names {kind}");
        return Ok(());
    }
    let asked = asked.unwrap();
    let mode = strongest(stack, |said| of(said).and(said.mode));
    // Without a mode, nothing is to be had.
    prop_assert!(mode.is_some() || asked.contact().is_err());
    prop_assert_eq!(asked.mode, mode.map_or(Mode::Audit, |(_, mode)| mode));
    if asked.mode == Mode::Absent || mode.is_none() {
        return Ok(());
    }
    for field in Field::ALL {
        let gives = |said: &Said| of(said).filter(|()| said.fields.contains(&field));
        let expected =
            strongest(stack, gives).map(|(name, ())| (name.to_owned(), text(name, field)));
        let value = asked.values[&field].as_ref().ok();
        let value = value.map(|value| (value.source.clone(), value.text.clone()));
        prop_assert_eq!(value, expected, "{} {:?}", kind, field);
    }
    Ok(())
}

fn check_primary(stack: &Stack) -> Result<(), TestCaseError> {
    let standard = standard(&policy(stack), &facts()).unwrap();
    let mode = strongest(stack, |said| said.primary.as_ref()?.0);
    prop_assert_eq!(
        standard.primary.as_ref().map(|asked| asked.mode),
        mode.map(|(_, mode)| mode)
    );
    let Some(asked) = standard.primary else {
        return Ok(());
    };
    for field in PrimaryField::ALL {
        let gives = |said: &Said| said.primary.as_ref()?.1.contains(&field).then_some(());
        let expected = strongest(stack, gives).map(|(name, ())| text(name, Field::Name));
        let value = asked
            .fields
            .get(&field)
            .map(|value| value.as_ref().unwrap().text.clone());
        prop_assert_eq!(value, expected, "{}", field);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_strongest_layer_wins_and_what_no_layer_names_is_left_alone(stack in stack()) {
        for kind in ContactType::ALL {
            check_contact(&stack, kind)?;
        }
        check_primary(&stack)?;
    }

    #[test]
    fn an_excluded_account_has_no_standard(stack in stack(), by_unit: bool, excluded: bool) {
        let account: AccountId = if excluded { "111122223333" } else { "777788889999" }.parse().unwrap();
        let unit: UnitId = if excluded { "ou-exam-00outside" } else { "ou-exam-elsewhere" }.parse().unwrap();
        let exclude = if by_unit {
            Exclude { units: vec![unit], ..Exclude::default() }
        } else {
            Exclude { accounts: vec![account], ..Exclude::default() }
        };
        let policy = Policy { exclude, ..policy(&stack) };
        prop_assert_eq!(standard(&policy, &facts()).is_none(), excluded);
    }

    #[test]
    fn layers_for_others_change_nothing(stack in stack(), others in stack()) {
        let mut changed = stack.clone();
        for name in FOREIGN {
            changed.insert(name, others[name].clone());
        }
        prop_assert_eq!(standard(&policy(&stack), &facts()), standard(&policy(&changed), &facts()));
    }
}
