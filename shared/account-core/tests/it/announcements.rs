//! What is announced of links and sweeps, held to its schemas.

use std::collections::{BTreeMap, BTreeSet};

use account_core::announcement::Announcement;
use account_core::govcloud::{
    Comparison, Finding, Link, Misfit, Observation, findings_changed, link_changed,
};
use account_core::ids::{AccountId, OrganizationId};
use account_core::sweep::{Finish, Outcome, Reason, Sweep, finished, sweep_failed};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::schema::set;

const GOVCLOUD: &str = include_str!("../../../../schemas/govcloud.schema.json");
const SWEEPS: &str = include_str!("../../../../schemas/sweeps.schema.json");
const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
const REPORT: &str = "s3://bucket/reports/contacts-1/report.html";

fn organization() -> OrganizationId {
    "o-exampleorg1".parse().unwrap()
}

fn account(number: usize) -> AccountId {
    format!("{number:012}").parse().unwrap()
}

fn link(state: &str) -> Link {
    let observation = Observation::linked("900000000001", state);
    observation.link().unwrap().clone()
}

/// The body, which fits the schema, and does not when changed in any of `wrong`.
#[track_caller]
fn check(announcement: &Announcement, schema: &str, wrong: &[(&str, Value)]) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let body: Value = serde_json::from_str(&announcement.body).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&body)
        .map(|it| it.to_string())
        .collect();
    assert_eq!(errors, [""; 0], "{body}");
    for (pointer, value) in wrong {
        let mut body = body.clone();
        set(&mut body, pointer, value.clone());
        assert!(!validator.is_valid(&body), "{pointer} = {value} is taken");
    }
    let subject = &announcement.subject;
    assert!(
        subject.is_ascii() && !subject.contains('?') && subject.len() < 100,
        "{subject}"
    );
    assert!(announcement.attributes.len() <= 10);
    assert!(announcement.body.starts_with(r#"{"summary":"#));
    body
}

#[test]
fn link_changes() {
    let none = Link::NotLinked;
    let (pending, active) = (link("PENDING_ACTIVATION"), link("ACTIVE"));
    let other = Observation::linked("900000000002", "ACTIVE");
    let other = other.link().unwrap();
    let table = [
        (&none, &active, "appeared", "none to 900000000001 (ACTIVE)"),
        (&active, &none, "vanished", "900000000001 (ACTIVE) to none"),
        (
            &pending,
            &active,
            "state",
            "900000000001 (PENDING_ACTIVATION) to 900000000001 (ACTIVE)",
        ),
        (
            &pending,
            other,
            "account",
            "900000000001 (PENDING_ACTIVATION) to 900000000002 (ACTIVE)",
        ),
    ];
    for (from, to, change, told) in table {
        let announcement = link_changed(&organization(), &account(1), (from, to), 2, NOW);
        let wrong = [
            ("/detail/change", json!("else")),
            ("/detail/to/state", json!("")),
            ("/detail/to/name", json!("Jane")),
            ("/detail/counts", json!({})),
            ("/type", json!("GovCloudFindings")),
        ];
        let body = check(&announcement, GOVCLOUD, &wrong);
        let summary = format!("The GovCloud link of account 000000000001 changed from {told}.");
        assert_eq!(body["summary"], summary);
        assert_eq!(announcement.attributes["change"], change);
        assert_eq!(
            announcement.attributes.get("state").map(String::as_str),
            to.state()
        );
        assert_eq!(announcement.attributes["govCloudAccountId"].len(), 12);
    }
}

#[test]
fn each_change_of_a_link_is_its_own_announcement() {
    let none = Link::NotLinked;
    let id = |number, version| {
        let link = link("ACTIVE");
        link_changed(
            &organization(),
            &account(number),
            (&none, &link),
            version,
            NOW,
        )
        .id
    };
    assert_eq!(id(1, 2), id(1, 2));
    let ids = BTreeSet::from([id(1, 2), id(1, 3), id(2, 2)]);
    assert_eq!(ids.len(), 3);
}

fn findings(numbers: std::ops::Range<usize>) -> BTreeSet<Finding> {
    let finding = |number: usize| Finding {
        account_id: account(number),
        finding: Misfit::ALL[number % 7],
        gov_cloud_account_id: account(number),
    };
    numbers.map(finding).collect()
}

fn compared(appeared: usize, cleared: usize) -> Comparison {
    Comparison {
        appeared: findings(0..appeared),
        cleared: findings(100_000..100_000 + cleared),
        standing: findings(200_000..200_003),
    }
}

#[test]
fn findings_of_one_audit() {
    let wrong = [
        ("/detail/appeared/0/finding", json!("else")),
        ("/detail/appeared/0/accountId", json!("1")),
        ("/detail/counts/appeared", json!("many")),
        ("/detail/report", json!("https://example.com")),
        ("/detail/from", json!({"link": "notLinked"})),
    ];
    let announcement = findings_changed(&organization(), &compared(7, 2), 4, Some(REPORT), NOW);
    let body = check(&announcement, GOVCLOUD, &wrong);
    assert_eq!(
        announcement.subject,
        "GovCloud findings: 7 appeared, 2 cleared"
    );
    assert_eq!(
        body["summary"],
        "Findings about GovCloud links: 7 appeared, 2 cleared, 3 as before."
    );
    assert_eq!(
        body["detail"]["counts"],
        json!({"appeared": 7, "cleared": 2, "standing": 3})
    );
    let expected = json!({
        "accountId": "000000000001",
        "finding": "pairNotLinked",
        "govCloudAccountId": "000000000001",
    });
    assert_eq!(body["detail"]["appeared"][1], expected);
    let without = findings_changed(&organization(), &compared(1, 0), 5, None, NOW);
    assert_eq!(check(&without, GOVCLOUD, &[])["detail"].get("report"), None);
    assert_ne!(without.id, announcement.id);
}

#[test]
fn a_flood_of_findings_fits_into_one_message() {
    for (appeared, cleared, listed) in [
        (50_000, 50_000, (100, 0)),
        (60, 50_000, (60, 40)),
        (0, 100, (0, 100)),
    ] {
        let comparison = compared(appeared, cleared);
        let announcement = findings_changed(&organization(), &comparison, 1, Some(REPORT), NOW);
        let body = check(&announcement, GOVCLOUD, &[]);
        let length = |list: &str| body["detail"][list].as_array().unwrap().len();
        assert_eq!((length("appeared"), length("cleared")), listed);
        assert_eq!(body["detail"]["counts"]["cleared"], cleared);
        assert!(announcement.body.len() < 64 * 1024);
    }
}

#[test]
fn sweeps_that_finish() {
    let counts = BTreeMap::from([("accounts".to_owned(), 200)]);
    let reasons = [Reason::Change {
        changes: 6,
        read: 10,
        percent: 10,
    }];
    let finish = |sweep, outcome, reasons| {
        let finish = Finish {
            id: "sweep-1",
            sweep,
            outcome,
            reasons,
            counts: &counts,
            report: REPORT,
        };
        finished(&organization(), &finish, NOW)
    };
    let wrong = [
        ("/detail/outcome", json!("else")),
        ("/detail/sweep", json!("else")),
        ("/detail/counts/accounts", json!("200")),
        ("/detail/report", json!("bucket")),
        ("/detail/reasons", json!([])),
        ("/type", json!("SweepFailed")),
    ];
    let all = [
        Outcome::Complete,
        Outcome::Incomplete,
        Outcome::GateClosed,
        Outcome::DryRun,
        Outcome::Superseded,
    ];
    for outcome in all {
        for sweep in [Sweep::Contacts, Sweep::GovCloud] {
            let announcement = finish(sweep, outcome, &[]);
            let body = check(&announcement, SWEEPS, &wrong);
            assert_eq!(body["detail"].get("reasons"), None);
            assert_eq!(body["detail"]["counts"], json!({"accounts": 200}));
            assert_eq!(announcement.attributes["outcome"], outcome.as_str());
        }
    }
    let closed = finish(Sweep::Contacts, Outcome::GateClosed, &reasons);
    let told = "Contact sweep sweep-1 finished: the gate is closed and nothing was written; \
                6 of 10 contacts would be replaced or removed, more than 10 %. \
                The report is at s3://bucket/reports/contacts-1/report.html.";
    assert_eq!(check(&closed, SWEEPS, &wrong)["summary"], told);
}

#[test]
fn sweeps_that_fail() {
    let failed = |id, step| {
        sweep_failed(
            &organization(),
            (Sweep::GovCloud, id),
            step,
            "States.Timeout",
            NOW,
        )
    };
    let wrong = [
        ("/detail/step", json!("")),
        ("/detail/error", json!(null)),
        ("/detail/cause", json!("x")),
        ("/detail/counts", json!({})),
        ("/type", json!("SweepFinished")),
    ];
    let announcement = failed("sweep-1", "Inventory");
    let body = check(&announcement, SWEEPS, &wrong);
    let told = "GovCloud audit sweep-1 broke off in step Inventory: States.Timeout.";
    assert_eq!(body["summary"], told);
    assert_eq!(announcement.subject, "GovCloud audit failed in Inventory");
    assert_ne!(announcement.id, failed("sweep-2", "Inventory").id);
    assert_eq!(announcement.id, failed("sweep-1", "Inventory").id);
}
