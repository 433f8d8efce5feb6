//! Deadlines: wherever the Lambda deadline falls, and whatever hangs, a function answers five seconds before it, and what it
//! leaves is taken up again.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Options, Start};
use tokio::time::Instant;

use crate::world::{Delivery, Ended, IN_TIME, Refusal, Sweeping, Weather, World};

use super::stories::{audits, end, poller as polling, stamper as stamping, sweeps};
use super::trouble::Trouble;
use super::{Bound, Figure, Told, tell};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: enforce, name: Billing, title: Team, emailAddress: billing@canary.example.com, phoneNumber: "+1 202 555 0100"}
    SECURITY: {mode: enforce, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0101"}
"#;

const KINDS: [&str; 2] = ["BILLING", "SECURITY"];

/// The shortest time that an invocation gets.
const SHORTEST: Duration = Duration::from_secs(6);
/// Deadlines are spread over so much more.
const SLICE: Duration = Duration::from_secs(40);
/// Requests that end before the poller looks.
const REQUESTS: usize = 60;
/// AWS takes so long for each answer of Organizations and Account Management.
const LATENCY: Duration = Duration::from_secs(2);

/// One in so many accounts has a link, which changes.
const LINKED: usize = 3;

/// One deadline.
#[derive(Clone, Copy, Debug)]
struct Case {
    timeout: Duration,
    /// From then on no call is answered.
    hangs_after: Option<Duration>,
}

/// What ran against its deadlines.
#[derive(Debug)]
pub struct Scene {
    /// Which function.
    pub name: &'static str,
    /// Whether work was left, in each story.
    pub told: Told<bool>,
}

/// Every function at so many offsets within a slice.
#[must_use]
pub fn scenes(offsets: u32) -> Vec<Scene> {
    let cases: Vec<_> = (0..offsets).map(|it| Case::at(it, offsets)).collect();
    let scene = |name, told| Scene { name, told };
    vec![
        scene("poller", tell(&cases, poller)),
        scene("stamper, ten records", tell(&cases, records)),
        scene("doctor", tell(&cases, doctor)),
        scene(
            "contact sweep",
            tell(&cases, |case| sweep("contacts", case)),
        ),
        scene(
            "GovCloud audit",
            tell(&cases, |case| sweep("govcloud", case)),
        ),
    ]
}

impl Case {
    fn at(offset: u32, offsets: u32) -> Self {
        let into = SLICE * offset / offsets;
        Self {
            timeout: SHORTEST + into,
            // Every other time.
            hangs_after: (offset % 2 == 1).then(|| into / 3),
        }
    }

    fn begin(self, world: &World) -> Instant {
        if let Some(after) = self.hangs_after {
            let hours = Duration::from_secs(7_200);
            let storm = Weather::storm(Refusal::Silence, &[], after, hours);
            world.set_weather(Some(storm));
        }
        Instant::now()
    }

    fn check(self, begun: Instant) {
        let left = self.timeout.saturating_sub(begun.elapsed());
        assert!(IN_TIME <= left, "{left:?} before the deadline");
    }
}

async fn poller(case: Case) -> bool {
    let world = world();
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    let start = |_| {
        world.simulator.start(Start {
            duration: Some(Duration::from_secs(20)),
            ..Start::default()
        })
    };
    let requests: BTreeSet<_> = (0..REQUESTS).map(start).collect();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let shell = world.cold_poller(&[]);
    let begun = case.begin(&world);
    let _ = world
        .invoke_within(&shell, json!({"job": "tick"}), case.timeout)
        .await;
    case.check(begun);
    let is_left = polling::announced(&world).len() < REQUESTS;
    polling::settle(&world).await;
    polling::check(&world, &requests);
    end(&world);
    is_left
}

/// It changes nothing, so that nothing is left.
async fn doctor(case: Case) -> bool {
    let world = world();
    let begun = case.begin(&world);
    let answer = world.doctor_within(&[], case.timeout).await;
    case.check(begun);
    answer.is_err()
}

/// Ten accounts, one record each: whatever was not done comes again.
async fn records(case: Case) -> bool {
    let world = world();
    let accounts = world.simulator.accounts().into_keys();
    let mut records: Vec<_> = accounts.map(|it| stamping::record(&it, 0)).collect();
    let batch: Vec<_> = records.iter().map(Delivery::record).collect();
    let shell = world.cold_stamper(&[]);
    let begun = case.begin(&world);
    let answer = world
        .stamp_within(&shell, json!({"Records": batch}), case.timeout)
        .await;
    case.check(begun);
    // An answer, and not an error: that would bring all records back.
    let answer = answer.unwrap().unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap();
    records.retain(|record| {
        let is_it = |failure: &Value| failure["itemIdentifier"] == record.id;
        failures.iter().any(is_it)
    });
    let is_left = !records.is_empty();
    world.calm();
    stamping::deliver_until_done(&world, records, Trouble::Peace).await;
    stamping::publish_what_is_left(&world).await;
    let accounts = world.simulator.accounts().into_keys();
    let changes = accounts.flat_map(|it| KINDS.map(|kind| format!("{it} {kind} added")));
    assert_eq!(stamping::announced(&world), changes.collect());
    on_standard(&world);
    end(&world);
    is_left
}

/// The driver of the sweep looks at the time that each step and each batch leaves. Where the sweep breaks off, the next one
/// does what is left.
async fn sweep(kind: &str, case: Case) -> bool {
    let world = world();
    let is_audit = kind == "govcloud";
    let mut changed = 0;
    if is_audit {
        changed = audits::change_links(&world, LINKED).await;
    }
    let sweeping = Sweeping {
        timeout: case.timeout,
        step_timeout: case.timeout,
        ..Sweeping::new("s", json!({"kind": kind}))
    };
    case.begin(&world);
    let ended = world.sweep(&sweeping).await;
    let is_left = !is_complete(&ended);
    world.calm();
    sweeps::pass_an_hour().await;
    sweeps::sweep(&world, "again", json!({"kind": kind}), &[], "complete").await;
    if is_audit {
        let told = audits::links_told(&world).await;
        assert_eq!(told, changed, "links whose change was announced");
    } else {
        on_standard(&world);
    }
    sweeps::settle(&world).await;
    end(&world);
    is_left
}

fn is_complete(ended: &Ended) -> bool {
    matches!(ended, Ended::Done(state) if state["outcome"] == "complete")
}

fn on_standard(world: &World) {
    for account in world.simulator.accounts().into_keys() {
        let stored = world.simulator.contacts(&account).unwrap();
        let names = KINDS.map(|kind| stored["alternate"][kind]["Name"].clone());
        assert_eq!(names, ["Billing", "Security"], "{account}");
    }
}

fn world() -> World {
    let world = World::new(Options {
        latency: LATENCY,
        ..Options::default()
    });
    world.parameters.put("policy", POLICY);
    world
}

/// The figures of all scenes, each of which had so many offsets.
#[must_use]
pub fn figures(offsets: u32, scenes: &[Scene]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for Scene { name, told } in scenes {
        let name = |what: &str| format!("deadlines: {name}, {what}");
        figures.push(Figure::new(
            name("offsets"),
            told.stories(),
            "offsets",
            Bound::Exactly(u64::from(offsets)),
        ));
        figures.push(Figure::new(
            name("work left for later"),
            told.ends.iter().filter(|is_left| **is_left).count(),
            "offsets",
            Bound::AtLeast(u64::from(offsets) / 4),
        ));
        figures.push(Figure::new(
            name("answers later than 5 s before, or work that nobody took up"),
            told.broken.len(),
            "offsets",
            Bound::Exactly(0),
        ));
    }
    figures
}
