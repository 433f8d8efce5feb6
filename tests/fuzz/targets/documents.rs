//! What the bucket holds: documents that the steps and batches of a sweep leave to each other.
#![no_main]

use std::io::sink;

use account_core::govcloud::{Finding, findings};
use account_core::inventory::Member;
use account_core::report::{Coverage, LinkLine, Report, Row, counts, write_csv, write_html, write_json};
use account_core::sweep::{AccountFound, AccountResult, Batch, Item, Outcome, Plan, Rest, Results, Sweep};
use chrono::{DateTime, TimeDelta, Utc};
use organization_sweep::State;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::document::<Batch>(bytes);
    fuzz::document::<Vec<Finding>>(bytes);
    fuzz::document::<Vec<Item>>(bytes);
    fuzz::document::<Vec<Member>>(bytes);
    fuzz::document::<Plan>(bytes);
    fuzz::document::<Rest>(bytes);
    fuzz::document::<State>(bytes);
    if let Some(results) = fuzz::document::<Results>(bytes) {
        report(results.accounts);
    }
});

/// Whatever batches found, it can be reported.
fn report(accounts: Vec<AccountResult>) {
    let links: Vec<_> = accounts
        .iter()
        .filter_map(|account| match &account.found {
            AccountFound::Link(audited) => Some((**audited).clone()),
            _ => None,
        })
        .collect();
    let rows: Vec<_> = accounts
        .into_iter()
        .map(|account| Row {
            coverage: coverage(&account.found),
            account_id: account.id,
            account_state: account.state,
        })
        .collect();
    let report = Report {
        sweep: "sweep-1".to_owned(),
        kind: Sweep::Contacts,
        outcome: Outcome::Complete,
        started: NOW,
        finished: NOW,
        policy_version: None,
        counts: counts(&rows),
        rows,
    };
    findings(&links, TimeDelta::days(7), NOW);
    write_json(&report, sink()).expect("the report as JSON");
    write_csv(&report, sink()).expect("the report as a table");
    write_html(&report, sink()).expect("the report as a page");
}

fn coverage(found: &AccountFound) -> Coverage {
    match found {
        AccountFound::Link(audited) => {
            Coverage::GovCloud(LinkLine::new(&audited.observation, audited.reported.clone(), Vec::new()))
        }
        other => other.coverage().expect("all but links are of contact sweeps"),
    }
}
