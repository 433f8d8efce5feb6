//! Every policy is what its document says.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use account_core::contact::{ContactType, Field};
use account_core::policy::{Layer, Mode, Policy, Primary, PrimaryMode, Rule};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::layers::{Stack, policy, stack, text};

/// A policy that says enough to be accepted.
fn whole(stack: &Stack) -> Policy {
    let mut policy = policy(stack);
    for kind in ContactType::ALL {
        let rule = policy.organization.contacts.entry(kind).or_default();
        rule.mode.get_or_insert(Mode::Fill);
        let [email, name, phone, title] = Field::ALL.map(|field| text("organization", field));
        rule.email_address.get_or_insert(email);
        rule.name.get_or_insert(name);
        rule.phone_number.get_or_insert(phone);
        rule.title.get_or_insert(title);
    }
    let nothing = Primary {
        mode: None,
        fields: BTreeMap::new(),
    };
    let primary = policy.organization.primary.get_or_insert(nothing);
    primary.mode.get_or_insert(PrimaryMode::Audit);
    policy
}

/// The members of a layer in a document.
fn members(contacts: &BTreeMap<ContactType, Rule>, primary: Option<&Primary>) -> Value {
    let word = |mode: &dyn Debug| format!("{mode:?}").to_lowercase();
    let contacts = contacts.iter().map(|(kind, rule)| {
        let mut contact = json!({"mode": rule.mode.map(|mode| word(&mode))});
        for field in Field::ALL {
            contact[field.as_str()] = json!(rule.get(field));
        }
        (kind.to_string(), contact)
    });
    let primary = primary.map(|primary| {
        let mode = primary.mode.map(|mode| word(&mode));
        json!({"mode": mode, "fields": primary.fields})
    });
    json!({"contacts": contacts.collect::<Map<_, _>>(), "primary": primary})
}

/// The policy as a document that names its units and accounts in one order or the other.
fn document(policy: &Policy, is_reversed: bool) -> String {
    let layer = |layer: &Layer| members(&layer.contacts, layer.primary.as_ref());
    let map = |mut layers: Vec<String>| {
        if is_reversed {
            layers.reverse();
        }
        layers.join(", ")
    };
    let named = |(id, it): (&dyn Display, &Layer)| format!(r#""{id}": {}"#, layer(it));
    let units = policy.units.iter().map(|(id, it)| named((id, it)));
    let accounts = policy.accounts.iter().map(|(id, it)| named((id, it)));
    let tags = policy.tags.iter().map(|tagged| {
        let mut layer = members(&tagged.contacts, tagged.primary.as_ref());
        layer["key"] = json!(tagged.key);
        layer["value"] = json!(tagged.value);
        layer
    });
    format!(
        r#"{{"version": 1, "organization": {}, "tags": {}, "units": {{{}}}, "accounts": {{{}}}}}"#,
        layer(&policy.organization),
        tags.collect::<Value>(),
        map(units.collect()),
        map(accounts.collect()),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_policy_is_what_its_document_says_in_any_order_of_units_and_accounts(stack in stack(), is_reversed: bool) {
        let policy = whole(&stack);
        let document = document(&policy, is_reversed);
        prop_assert_eq!(Policy::read(&document), Ok(policy), "{}", document);
    }
}
