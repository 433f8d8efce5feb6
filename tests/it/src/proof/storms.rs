//! Quotas that are not there for a while: a storm in which AWS throttles every read of a contact, and a neighbour who takes half.

use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use simulator::{Calls, Count, Fault, FaultKind, MANAGEMENT_ACCOUNT_ID, Options};
use tokio::time::{Instant, sleep};

use crate::world::{Ended, Sweeping, World};

use super::{Bound, Figure, Told, tell};

/// A sweep is disturbed after so long, in the middle of a batch.
const BEFORE: Duration = Duration::from_secs(60);
/// The storm, and the accounts of a sweep that is not at its end after it.
const STORM: (Duration, usize) = (Duration::from_secs(300), 1_500);
/// The same of the neighbour.
const THEFT: (Duration, usize) = (Duration::from_secs(600), 4_500);

/// Calls a second: those that AWS allows, those that a sweep makes of them, and those that a neighbour makes.
const QUOTA: u64 = 10;
const PACE: u64 = 8;
const STOLEN: u32 = 5;

const READ: &str = "GetAlternateContact";
const POLICY: &str = "
version: 1
organization:
  contacts:
    SECURITY: {mode: audit, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: '1'}
";

/// How a sweep got through.
#[derive(Clone, Copy, Debug, Default)]
pub struct End {
    /// Reads that it made while it was disturbed.
    pub own: Count,
    /// Reads that somebody else made meanwhile.
    pub others: Count,
    /// Seconds from the end of the disturbance until it was as fast as before.
    pub recovery: u64,
    /// Accounts that its report does not cover.
    pub uncovered: u64,
}

/// A sweep in a storm of five minutes.
#[must_use]
pub fn storm() -> Told<End> {
    tell(&[()], |()| async {
        disturbed(STORM.1, async |world: &World| {
            let every = Fault::on(READ, Calls::Every, FaultKind::Throttle);
            world.simulator.set_faults(vec![every]);
            sleep(STORM.0).await;
            world.simulator.set_faults(Vec::new());
            Count::default()
        })
        .await
    })
}

/// A sweep beside somebody who takes half of the quota for ten minutes.
#[must_use]
pub fn neighbour() -> Told<End> {
    tell(&[()], |()| async {
        disturbed(THEFT.1, async |world: &World| {
            let begun = Instant::now();
            let mut count = Count::default();
            while begun.elapsed() < THEFT.0 {
                count.calls += 1;
                count.throttled += u64::from(is_throttled(world).await);
                sleep(Duration::from_secs(1) / STOLEN).await;
            }
            count
        })
        .await
    })
}

/// A read of somebody else.
async fn is_throttled(world: &World) -> bool {
    let mut accounts = world.simulator.accounts().into_keys();
    let account = accounts.find(|it| it != MANAGEMENT_ACCOUNT_ID);
    let body = json!({"AccountId": account, "AlternateContactType": "BILLING"});
    let request = Request::post("https://account.us-east-1.amazonaws.com/getAlternateContact");
    let request = request.body(body.to_string().into_bytes()).unwrap();
    let answer = world.answer("account", request).await.unwrap();
    answer.status() == 429
}

/// A sweep over so many accounts that is disturbed; the disturbance ends with the reads that it made.
async fn disturbed(accounts: usize, disturbance: impl AsyncFnOnce(&World) -> Count) -> End {
    let world = World::new(Options {
        accounts,
        quotas: true,
        latency: Duration::from_millis(50),
        ..Options::default()
    });
    world.parameters.put("policy", POLICY);
    let mut sweeping = Sweeping::new("s", json!({"kind": "contacts"}));
    sweeping.vars = &[("SWEEP_DRY_RUN", "true")];
    sweeping.is_warm = true;
    let watch = async {
        until_it_reads(&world).await;
        sleep(BEFORE).await;
        let before = reads(&world);
        let others = disturbance(&world).await;
        let after = reads(&world);
        let relieved = Instant::now();
        let fast = until_it_is_as_fast(&world).await;
        End {
            own: Count {
                calls: after.calls - before.calls - others.calls,
                throttled: after.throttled - before.throttled - others.throttled,
                ..Count::default()
            },
            others,
            recovery: (fast - relieved).as_secs(),
            uncovered: 0,
        }
    };
    let (ended, end) = tokio::join!(Box::pin(world.sweep(&sweeping)), watch);
    let Ended::Done(_) = ended else {
        panic!("the sweep failed: {ended:?}")
    };
    let report = world.objects.get("own/sweeps/s/report.json").unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let covered = report["counts"]["covered"].as_u64().unwrap_or_default();
    End {
        uncovered: accounts as u64 - covered,
        ..end
    }
}

fn reads(world: &World) -> Count {
    world.simulator.calls().remove(READ).unwrap_or_default()
}

async fn until_it_reads(world: &World) {
    while reads(world).calls == 0 {
        sleep(Duration::from_secs(1)).await;
    }
}

/// When five seconds at nine tenths of its pace begin.
async fn until_it_is_as_fast(world: &World) -> Instant {
    loop {
        let (begun, before) = (Instant::now(), reads(world).calls);
        sleep(Duration::from_secs(5)).await;
        if 5 * PACE * 9 / 10 <= reads(world).calls - before {
            return begun;
        }
    }
}

/// The figures of a storm.
#[must_use]
pub fn storm_figures(told: &Told<End>) -> Vec<Figure> {
    let end = end(told);
    let more = [
        ("attempts", end.own.calls, "attempts", STORM.0.as_secs()),
        ("until it is as fast as before", end.recovery, "s", 30),
    ];
    figures("sweep in a storm", told, more)
}

/// The figures of a neighbour.
#[must_use]
pub fn neighbour_figures(told: &Told<End>) -> Vec<Figure> {
    let end = end(told);
    let through = |count: Count| count.calls - count.throttled;
    let left_over = QUOTA * THEFT.0.as_secs() - through(end.others);
    let time = 100 * left_over / through(end.own).max(1);
    let throttled = 100 * end.own.throttled / end.own.calls.max(1);
    let more = [
        ("time, of what the rest allows", time, "percent", 120),
        ("throttled attempts", throttled, "percent", 5),
    ];
    figures("sweep beside a neighbour who takes half", told, more)
}

/// What must be zero, and what must not be more than it may.
fn figures(
    story: &str,
    told: &Told<End>,
    more: [(&str, u64, &'static str, u64); 2],
) -> Vec<Figure> {
    let zero = [
        ("failed", told.broken.len() as u64, "sweeps", 0),
        ("left uncovered", end(told).uncovered, "accounts", 0),
    ];
    let figure = |(what, value, unit, most)| {
        let value = usize::try_from(value).unwrap_or(usize::MAX);
        Figure::new(format!("{story}: {what}"), value, unit, Bound::AtMost(most))
    };
    zero.into_iter().chain(more).map(figure).collect()
}

/// A story that broke has no end, and its first figure says so.
fn end(told: &Told<End>) -> End {
    told.ends.first().copied().unwrap_or_default()
}
