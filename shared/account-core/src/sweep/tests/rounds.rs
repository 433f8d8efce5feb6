//! A write that was made stays in the report, whatever a later round finds.

use super::*;

fn line(contact: Contact, found: Found, done: Done, reason: Option<&str>) -> ContactLine {
    ContactLine {
        contact,
        found,
        fields: Vec::new(),
        done,
        reason: reason.map(str::to_owned),
    }
}

fn written() -> ContactLine {
    line(Contact::Security, Found::Missing, Done::Written, None)
}

fn billing(done: Done, reason: &str) -> ContactLine {
    line(Contact::Billing, Found::Drift, done, Some(reason))
}

fn denied() -> ContactLine {
    let denied = Some("Denied");
    line(Contact::Security, Found::Unknown, Done::Nothing, denied)
}

fn contacts(lines: &[ContactLine]) -> AccountFound {
    AccountFound::Contacts {
        lines: lines.to_vec(),
        changes: Vec::new(),
    }
}

fn result(found: AccountFound, again: bool) -> AccountResult {
    AccountResult {
        id: "444455556666".parse().unwrap(),
        state: "ACTIVE".to_owned(),
        again,
        found,
    }
}

#[test]
fn what_was_written_stays_told_whatever_a_later_round_finds() {
    let why = "excluded by the policy";
    let left = [billing(Done::Planned, why), written()];
    let table = [
        (AccountFound::Skipped(why.to_owned()), contacts(&left)),
        (AccountFound::Later(why.to_owned()), contacts(&left)),
        (
            contacts(&[denied(), billing(Done::Written, "")]),
            contacts(&[billing(Done::Written, ""), written()]),
        ),
        (contacts(&[]), contacts(&[written()])),
    ];
    for (found, expected) in table {
        let throttled = [billing(Done::Planned, "Throttled"), written()];
        let earlier = result(contacts(&throttled), true);
        for again in [false, true] {
            let later = result(found.clone(), again);
            assert_eq!(
                later.after(earlier.clone()),
                result(expected.clone(), again)
            );
        }
    }
}

#[test]
fn what_a_later_round_finds_counts_where_nothing_was_written() {
    let skipped = || AccountFound::Skipped("why".to_owned());
    let throttled = contacts(&[billing(Done::Planned, "Throttled")]);
    for earlier in [throttled, AccountFound::Later("why".to_owned()), skipped()] {
        for found in [skipped(), contacts(&[denied()])] {
            let later = result(found, false);
            assert_eq!(later.clone().after(result(earlier.clone(), true)), later);
        }
    }
}
