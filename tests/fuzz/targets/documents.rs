//! What the bucket holds: documents that the steps and batches of a sweep leave to each other.
#![no_main]

use std::io::sink;

use account_core::govcloud::{Audited, Finding, findings};
use account_core::inventory::Member;
use account_core::report::{
    Coverage, LinkLine, Report, Row, counts, write_csv, write_html, write_json,
};
use account_core::sweep::{
    AccountFound, AccountResult, Batch, Item, Outcome, Plan, Results, Sweep,
};
use chrono::{DateTime, TimeDelta, Utc};
use organization_sweep::State;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fuzz::target!(|bytes: &[u8]| {
    fuzz::document::<Batch>(bytes);
    fuzz::document::<Vec<Finding>>(bytes);
    fuzz::document::<Vec<Item>>(bytes);
    fuzz::document::<Vec<Member>>(bytes);
    fuzz::document::<Plan>(bytes);
    fuzz::document::<State>(bytes);
    if let Some(results) = fuzz::document::<Results>(bytes) {
        report(results.accounts);
    }
});

/// Whatever batches found, both kinds of sweeps can report it.
fn report(accounts: Vec<AccountResult>) {
    let links = accounts.iter().filter_map(|account| match &account.found {
        AccountFound::Link(audited) => Some(Audited::clone(audited)),
        _ => None,
    });
    let links: Vec<_> = links.collect();
    let _ = findings(&links, TimeDelta::days(7), NOW);
    for kind in [Sweep::Contacts, Sweep::GovCloud] {
        let rows = accounts.iter().filter_map(|account| {
            Some(Row {
                account_id: account.id.clone(),
                account_state: account.state.clone(),
                unfinished: account.is_unfinished(),
                coverage: coverage(kind, &account.found)?,
            })
        });
        let rows: Vec<_> = rows.collect();
        let report = Report {
            sweep: "sweep-1".to_owned(),
            kind,
            outcome: Outcome::Complete,
            started: NOW,
            finished: NOW,
            policy_version: None,
            counts: counts(&rows),
            rows,
        };
        write_json(&report, sink()).expect("the report as JSON");
        write_csv(&report, sink()).expect("the report as a table");
        write_html(&report, sink()).expect("the report as a page");
    }
}

fn coverage(kind: Sweep, found: &AccountFound) -> Option<Coverage> {
    match (kind, found) {
        (Sweep::Contacts, found) => found.coverage(),
        (Sweep::GovCloud, AccountFound::Link(audited)) => {
            let reported = audited.reported.clone();
            let line = LinkLine::new(&audited.observation, reported, Vec::new());
            Some(Coverage::GovCloud(line))
        }
        (Sweep::GovCloud, _) => None,
    }
}
