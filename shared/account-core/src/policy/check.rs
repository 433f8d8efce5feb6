//! What a policy must fulfil beyond its form.

use crate::contact::{ContactType, Field};

use super::refusal::Refusal;
use super::template::{Template, parse};
use super::{Mode, Policy};

/// Everything that is wrong with the content of a policy.
pub(super) fn check(policy: &Policy) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if policy.version != 1 {
        refusals.push(Refusal::new(
            "version",
            format!("version {}", policy.version),
            "1",
        ));
    }
    for (place, layer) in policy.layers() {
        for (kind, rule) in layer.contacts {
            for field in Field::ALL {
                let place = format!("{place}.contacts.{kind}.{}", field.as_str());
                check_value(&mut refusals, &place, rule.get(field), |value| {
                    field.broken_rule(value)
                });
            }
        }
        for (field, value) in layer.primary.iter().flat_map(|primary| &primary.fields) {
            let place = format!("{place}.primary.fields.{field}");
            check_value(&mut refusals, &place, Some(value), |value| {
                field.broken_rule(value)
            });
        }
    }
    for kind in ContactType::ALL {
        check_whole(&mut refusals, policy, kind);
    }
    check_primary_mode(&mut refusals, policy);
    refusals
}

/// A value without tags must be one that AWS takes; with tags, that shows only for each account.
fn check_value(
    refusals: &mut Vec<Refusal>,
    place: &str,
    value: Option<&str>,
    broken_rule: impl Fn(&str) -> Option<&'static str>,
) {
    let Some(value) = value else { return };
    let found = format!("a text of {} characters", value.chars().count());
    match parse(value) {
        Err(expected) => refusals.push(Refusal::new(place, found, expected)),
        Ok(Template::Plain(value)) => {
            if let Some(expected) = broken_rule(value) {
                refusals.push(Refusal::new(place, found, expected));
            }
        }
        Ok(Template::Tagged(_)) => (),
    }
}

/// A contact that is asked for must get its mode and every field from some layer: AWS takes it whole or not at all.
fn check_whole(refusals: &mut Vec<Refusal>, policy: &Policy, kind: ContactType) {
    let rules: Vec<_> = policy
        .layers()
        .filter_map(|(_, layer)| layer.contacts.get(&kind))
        .collect();
    if rules.is_empty() {
        return;
    }
    let place = format!("organization.contacts.{kind}");
    if rules.iter().all(|rule| rule.mode.is_none()) {
        refusals.push(Refusal::new(
            format!("{place}.mode"),
            "nothing",
            "enforce, fill, audit or absent, here or in a layer above",
        ));
    }
    // A contact that is only ever removed needs no fields.
    let modes: Vec<_> = rules.iter().filter_map(|rule| rule.mode).collect();
    let only_absent = !modes.is_empty() && modes.iter().all(|mode| *mode == Mode::Absent);
    for field in Field::ALL {
        if !only_absent && rules.iter().all(|rule| rule.get(field).is_none()) {
            refusals.push(Refusal::new(
                format!("{place}.{}", field.as_str()),
                "nothing",
                "a text, here or in a layer above",
            ));
        }
    }
}

fn check_primary_mode(refusals: &mut Vec<Refusal>, policy: &Policy) {
    let primaries: Vec<_> = policy
        .layers()
        .filter_map(|(_, layer)| layer.primary)
        .collect();
    if !primaries.is_empty() && primaries.iter().all(|primary| primary.mode.is_none()) {
        refusals.push(Refusal::new(
            "organization.primary.mode",
            "nothing",
            "enforce or audit, here or in a layer above",
        ));
    }
}
