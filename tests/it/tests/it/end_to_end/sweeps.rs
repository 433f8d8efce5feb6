//! Both sweeps on the deployed stack, with the roles enforced: 200 accounts, throttles, a batch that is killed, a link
//! that is not available.

use std::time::Duration;

use it::local::{Announcements, Local, Stack, until};
use serde_json::{Value, json};

const ACCOUNTS: usize = 200;
/// Two hundred accounts are read in a minute and written in two, at the full quotas.
const LONG: Duration = Duration::from_secs(600);
const SOON: Duration = Duration::from_secs(60);

#[test]
fn both_sweeps_account_for_every_account() {
    let local = Local::start("sweeps", true).unwrap();
    let stack = local.deploy_for_sweeps(None).unwrap();
    let accounts = organization(&local);
    let subscriber = Announcements::subscribe(&local.aws, &stack).unwrap();

    let contacts = json!({"kind": "contacts"});
    let first = local.start_sweep(&stack, "contacts-1", &contacts).unwrap();
    let read = |count: u64| {
        until("reads", SOON, || {
            let calls = local.organization("calls", &Value::Null)?;
            let calls = calls["GetAlternateContact"]["calls"].as_u64();
            Ok((Some(count) <= calls).then_some(()))
        })
        .unwrap();
    };
    read(40);
    assert_ne!(local.kill_function(&stack.stamper).unwrap(), 0);
    let second = local.start_sweep(&stack, "contacts-2", &contacts).unwrap();
    assert_eq!(
        local.await_sweep(&second, SOON).unwrap(),
        "FAILED SweepRunning"
    );
    assert_eq!(local.await_sweep(&first, LONG).unwrap(), "SUCCEEDED");
    check_contacts(&local, &stack, &accounts);

    let audit = json!({"kind": "govcloud"});
    let audit = local.start_sweep(&stack, "govcloud-1", &audit).unwrap();
    assert_eq!(local.await_sweep(&audit, LONG).unwrap(), "SUCCEEDED");
    check_links(&local, &stack, &accounts);

    let resume = json!({"kind": "govcloud", "resume": "nowhere"});
    let resume = local.start_sweep(&stack, "govcloud-2", &resume).unwrap();
    assert_eq!(
        local.await_sweep(&resume, SOON).unwrap(),
        "FAILED NoSuchSweep"
    );

    let mut told = Vec::new();
    until("the announcements", SOON, || {
        told.extend(subscriber.take()?);
        Ok((4 <= told.len()).then_some(()))
    })
    .unwrap();
    let mut types: Vec<_> = told
        .iter()
        .map(|it| it.body["type"].as_str().unwrap())
        .collect();
    types.sort_unstable();
    let expected = [
        "GovCloudFindings",
        "SweepFailed",
        "SweepFinished",
        "SweepFinished",
    ];
    assert_eq!(types, expected, "{told:?}");
}

/// Two hundred accounts, three of them linked, one of those not available; AWS throttles now and then.
fn organization(local: &Local) -> Vec<String> {
    let there = local.organization("accounts", &Value::Null).unwrap();
    let missing = ACCOUNTS - there.as_object().unwrap().len();
    let count = json!({"count": missing});
    let added = local.organization("add_accounts", &count).unwrap();
    let accounts: Vec<String> = serde_json::from_value(added).unwrap();
    for (account, state) in accounts.iter().zip(["ACTIVE", "ACTIVE", "SUSPENDED"]) {
        let link = json!({"account": account, "govcloud": govcloud(account), "state": state});
        local.organization("set_link", &link).unwrap();
    }
    let unavailable = json!({"account": accounts[0]});
    local
        .organization("set_link_unavailable", &unavailable)
        .unwrap();
    let throttled = |operation: &str, calls: Value| json!({"operation": operation, "calls": calls, "kind": "throttle"});
    let faults = json!([
        throttled("GetAlternateContact", json!([5, 6, 7, 8, 300, 301])),
        throttled("PutAlternateContact", json!([9, 10, 11, 12, 200])),
        throttled("GetGovCloudAccountInformation", json!([3, 50, 51])),
        throttled("ListAccounts", json!([2])),
    ]);
    local.organization("set_faults", &faults).unwrap();
    accounts
}

fn govcloud(account: &str) -> String {
    account.chars().rev().collect()
}

fn report(local: &Local, stack: &Stack, sweep: &str) -> Value {
    for (file, beginning) in [
        ("report.html", "<!doctype html>"),
        ("report.csv", "account"),
    ] {
        let text = local.report(stack, sweep, file).unwrap().to_lowercase();
        let text = text.trim_start_matches('\u{feff}');
        assert!(text.starts_with(beginning), "{file}: {:.80}", text);
    }
    let report = local.report(stack, sweep, "report.json").unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["outcome"], "complete", "{}", report["counts"]);
    assert_eq!(report["rows"].as_array().unwrap().len(), ACCOUNTS);
    report
}

fn check_contacts(local: &Local, stack: &Stack, accounts: &[String]) {
    let report = report(local, stack, "contacts-1");
    let counts = &report["counts"];
    assert_eq!(counts["covered"], ACCOUNTS, "{counts}");
    assert_eq!(counts["written"], 3 * ACCOUNTS, "{counts}");
    for account in accounts {
        assert_eq!(
            local.contacts(account).unwrap(),
            ["BILLING", "OPERATIONS", "SECURITY"],
            "{account}"
        );
    }
}

fn check_links(local: &Local, stack: &Stack, accounts: &[String]) {
    let report = report(local, stack, "govcloud-1");
    let counts = &report["counts"];
    assert_eq!(counts["covered"], ACCOUNTS, "{counts}");
    assert_eq!(counts["linked"], 2, "{counts}");
    assert_eq!(counts["unknown"], 1, "{counts}");
    assert_eq!(counts["notLinked"], ACCOUNTS - 3, "{counts}");
    let rows = report["rows"].as_array().unwrap();
    let row = |account: &String| {
        let row = rows.iter().find(|row| row["accountId"] == account.as_str());
        row.unwrap()["govCloud"].clone()
    };
    assert_eq!(row(&accounts[0])["link"], "unknown");
    assert_eq!(
        row(&accounts[2])["findings"],
        json!(["endedBeforeStandard"])
    );
    assert_eq!(
        row(&accounts[1])["govCloudAccountId"],
        govcloud(&accounts[1])
    );
}
