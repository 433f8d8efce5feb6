//! The policy document, in YAML or JSON.
#![no_main]

use std::collections::BTreeMap;

use account_core::policy::{Facts, Policy, standard};

fuzz::target!(|text: &str| {
    let policy = match Policy::read(text) {
        Ok(policy) => policy,
        Err(refusals) => {
            assert!(!refusals.is_empty());
            // Refusals are logged, and every address has one of these.
            assert!(
                !refusals
                    .iter()
                    .any(|refusal| refusal.to_string().contains('@')),
                "{refusals:?}"
            );
            return;
        }
    };
    let _ = (policy.uses_tags(), policy.uses_units());
    let team = ("team".to_owned(), "red".to_owned());
    let facts = Facts {
        account: "111122223333".parse().expect("an account id"),
        units: policy.units.keys().cloned().collect(),
        tags: BTreeMap::from([team]),
    };
    let Some(standard) = standard(&policy, &facts) else {
        return;
    };
    for asked in standard.contacts.values() {
        for (field, value) in &asked.values {
            assert!(
                value.as_ref().is_err()
                    || value
                        .as_ref()
                        .is_ok_and(|value| field.broken_rule(&value.text).is_none())
            );
        }
    }
});
