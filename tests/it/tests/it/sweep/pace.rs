//! As fast as the quotas allow, and no faster.

use std::time::Duration;

use it::world::{Sweeping, World};
use simulator::{Calls, Fault, FaultKind, Options};
use tokio::time::Instant;

use super::{POLICY, contact_sweep, count, outcome, world_with};

fn limited(accounts: usize, latency: u64) -> World {
    world_with(Options {
        accounts,
        quotas: true,
        latency: Duration::from_millis(latency),
        ..Options::default()
    })
}

/// Calls, and those of them that were throttled.
fn calls(world: &World, operation: &str) -> (u64, u64) {
    let calls = world.simulator.calls();
    let count = calls.get(operation).cloned().unwrap_or_default();
    (count.calls, count.throttled)
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_accounts_are_read_at_the_quota_floor() {
    let world = limited(10_000, 100);
    world
        .parameters
        .put("policy", &POLICY.replace("mode: enforce", "mode: audit"));
    let mut sweep = contact_sweep("s");
    sweep.vars = &[("QUOTA_PERCENT", "100"), ("ROUND_WAIT_SECONDS", "1")];
    let begun = Instant::now();
    assert_eq!(outcome(&world, &sweep).await, "complete");
    let (reads, throttled) = calls(&world, "GetAlternateContact");
    let floor = 30_000.0 / 10.0 + 500.0 / 8.0;
    let ratio = begun.elapsed().as_secs_f64() / floor;
    assert!(
        ratio <= 1.05,
        "{ratio:.3} x the quota floor of {reads} reads"
    );
    assert!(throttled * 100 <= reads, "{throttled} of {reads} throttled");
    assert_eq!(count(&world, "s", "covered"), 10_000);
    assert_eq!(count(&world, "s", "contacts"), 30_000);
}

#[tokio::test(start_paused = true)]
async fn at_the_default_share_nothing_is_throttled() {
    let world = limited(300, 100);
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "complete");
    for operation in ["ListAccounts", "GetAlternateContact", "PutAlternateContact"] {
        assert_eq!(calls(&world, operation).1, 0, "{operation}");
    }
    let mut audit = super::govcloud_audit("a");
    audit.vars = &[];
    assert_eq!(outcome(&world, &audit).await, "complete");
    assert_eq!(calls(&world, "GetGovCloudAccountInformation"), (300, 0));
}

#[tokio::test(start_paused = true)]
async fn a_throttle_storm_of_five_minutes_is_outlasted() {
    let world = limited(120, 50);
    let begun = Instant::now();
    world.simulator.set_faults(vec![Fault::on(
        "GetAlternateContact",
        Calls::Every,
        FaultKind::Throttle,
    )]);
    let sweep = contact_sweep("s");
    let ended = world
        .sweep_with(&sweep, &mut |world, _, _| {
            if Duration::from_secs(300) < begun.elapsed() {
                world.simulator.set_faults(Vec::new());
            }
        })
        .await;
    assert_eq!(super::done(ended), "complete");
    assert_eq!(count(&world, "s", "written"), 360);
    // 2,640 at the pace before the storm.
    let (_, throttled) = calls(&world, "GetAlternateContact");
    assert!(throttled < 600, "{throttled} throttled calls");
}

/// What the SDK's own bucket of retries would not: it is empty after a hundred.
#[tokio::test(start_paused = true)]
async fn a_throttle_storm_does_not_use_the_retries_up() {
    let world = limited(400, 0);
    // Every call is throttled once, and goes through when it is made again.
    let throttled = |account: String| {
        let odd = Calls::List(vec![1, 3, 5]);
        Fault::on("GetAlternateContact", odd, FaultKind::Throttle).about(&account)
    };
    let accounts = world.simulator.accounts().into_keys();
    world
        .simulator
        .set_faults(accounts.map(throttled).collect());
    let sweep = Sweeping {
        timeout: Duration::from_secs(900),
        vars: &[("SWEEP_DRY_RUN", "true")],
        ..contact_sweep("s")
    };
    let mut rounds = 0;
    let ended = world
        .sweep_with(&sweep, &mut |_, step, _| {
            rounds += usize::from(step == "batches")
        })
        .await;
    assert_eq!(super::done(ended), "dryRun");
    assert_eq!(count(&world, "s", "missing"), 1_200);
    assert_eq!(rounds, 1, "every account in the first round");
}

#[test]
fn no_part_of_the_quota_at_all_is_refused_by_every_function_that_has_one() {
    let vars = |name: &str| {
        let value = match name {
            "QUOTA_PERCENT" => "0",
            "ORGANIZATION_ID" => "o-exampleorg1",
            "MANAGEMENT_ACCOUNT_ID" => "111122223333",
            "TOPIC_ARN" => "arn:aws:sns:us-east-1:111122223333:t",
            "POLICY_SOURCE" => "ssm:policy",
            "MAX_CHANGE_PERCENT"
            | "MAX_UNKNOWN_PERCENT"
            | "PENDING_DAYS"
            | "ROUND_WAIT_SECONDS" => "10",
            "LEDGER_TABLE" | "BUCKET" | "QUEUE_URL" => "some",
            _ => "true",
        };
        Some(value.to_owned())
    };
    let errors = [
        contact_stamper::Config::from_vars(&vars).map(drop),
        govcloud_auditor::Config::from_vars(&vars).map(drop),
        organization_sweep::Config::from_vars(&vars).map(drop),
    ];
    for error in errors {
        let text = error.unwrap_err().to_string();
        assert!(
            text.starts_with("environment variable QUOTA_PERCENT "),
            "{text}"
        );
    }
}
