//! Contacts' values that went into decisions, and not into the page of their report.

use std::collections::BTreeMap;

use account_core::contact::{Contact, ContactType};
use account_core::policy::{Facts, Policy, standard};
use account_core::report::{ContactLine, Coverage, Done, Found, Report};
use account_core::stamp::{self, Circumstances, Fingerprint, Permit, Reading, decide};
use account_core::sweep::Sweep;
use chrono::DateTime;
use serde_json::Value;

use super::super::report::{report, row};
use super::{browse, visit};

/// Of the first contact all fields differ, the second is missing, and the third cannot be told.
const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: &canary
      mode: enforce
      name: Canary Wanted
      title: Canary Owner
      emailAddress: canary.wanted@example.com
      phoneNumber: "+1 202 555 0177"
    OPERATIONS: *canary
    SECURITY:
      mode: enforce
      name: Canary Wanted
      title: Canary Owner
      emailAddress: "{tag:team}@example.com"
      phoneNumber: "+1 202 555 0177"
"#;

const CANARIES: [&str; 3] = ["canary", "555 0177", "555 0188"];

fn line(kind: ContactType, reading: &Reading<Contact>) -> ContactLine {
    let facts = Facts {
        account: "000000000001".parse().unwrap(),
        units: Vec::new(),
        tags: BTreeMap::from([("team".to_owned(), "canary and no address".to_owned())]),
    };
    let policy = Policy::read(POLICY).unwrap();
    let standard = standard(&policy, &facts).unwrap();
    let circumstances = Circumstances {
        own: None,
        permit: Permit::Add,
        now: DateTime::UNIX_EPOCH,
    };
    let fingerprint = |_: Option<&Contact>| Fingerprint("none".to_owned());
    let decision = decide(
        &standard.contacts[&kind],
        reading,
        &circumstances,
        fingerprint,
    );
    let (found, fields, reason) = match decision.found {
        stamp::Found::Match => (Found::Match, Vec::new(), None),
        stamp::Found::Missing => (Found::Missing, Vec::new(), None),
        stamp::Found::Drift(fields) => (Found::Drift, fields, None),
        stamp::Found::Unknown(reason) => (Found::Unknown, Vec::new(), Some(reason)),
    };
    ContactLine {
        contact: kind.into(),
        found,
        fields: fields.into_iter().map(Into::into).collect(),
        done: Done::Planned,
        reason,
    }
}

fn of_a_run() -> Report {
    let current = Contact::new(|field| match field.as_str() {
        "phoneNumber" => "+1 202 555 0188".to_owned(),
        "emailAddress" => "canary.current@example.com".to_owned(),
        other => format!("Canary {other}"),
    });
    let current = Reading::Present(current);
    let lines = vec![
        line(ContactType::Billing, &current),
        line(ContactType::Operations, &Reading::Absent),
        line(ContactType::Security, &current),
    ];
    report(
        Sweep::Contacts,
        vec![row(1, "ACTIVE", Coverage::Contacts(lines))],
    )
}

#[tokio::test]
async fn no_value_of_a_contact_is_in_the_page() {
    let report = of_a_run();
    for word in ["drift", "missing", "unknown"] {
        assert_eq!(report.counts[word], 1, "{word}");
    }
    browse(async |browser| {
        visit(browser, &report, async |table| {
            table.shows(browser, |_| true).await;
            let whole = "return document.documentElement.outerHTML";
            let whole = browser.run(whole, Value::Null).await;
            let whole = whole.as_str().unwrap().to_lowercase();
            for there in [
                "emailaddress, name, phonenumber, title",
                "with the account's tags it is not",
            ] {
                assert!(whole.contains(there), "{there} is not in {whole}");
            }
            for canary in CANARIES {
                assert!(!whole.contains(canary), "{canary} is in {whole}");
            }
        })
        .await;
    })
    .await;
}
