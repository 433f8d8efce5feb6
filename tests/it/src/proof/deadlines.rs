//! Deadlines: wherever the Lambda deadline falls, and whatever hangs, a function answers five seconds before it.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Options, Start};
use tokio::time::Instant;

use crate::world::{Delivery, IN_TIME, Refusal, Sweeping, Weather, World};

use super::{Bound, Figure, Told, tell};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: enforce, name: Billing, title: Team, emailAddress: billing@canary.example.com, phoneNumber: "+1 202 555 0100"}
    SECURITY: {mode: enforce, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0101"}
"#;

/// The shortest time that an invocation gets.
const SHORTEST: Duration = Duration::from_secs(6);
/// Deadlines are spread over so much more.
const SLICE: Duration = Duration::from_secs(40);
/// AWS takes so long for each answer of Organizations and Account Management.
const LATENCY: Duration = Duration::from_secs(2);

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
    /// The time that was left in each story.
    pub told: Told<Duration>,
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

    fn left(self, begun: Instant) -> Duration {
        let left = self.timeout.saturating_sub(begun.elapsed());
        assert!(IN_TIME <= left, "{left:?} before the deadline");
        left
    }
}

async fn poller(case: Case) -> Duration {
    let world = world();
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    for _ in 0..60 {
        let _ = world.simulator.start(Start {
            duration: Some(Duration::from_secs(20)),
            ..Start::default()
        });
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    let shell = world.cold_poller(&[]);
    let begun = case.begin(&world);
    let _ = world
        .invoke_within(&shell, json!({"job": "tick"}), case.timeout)
        .await;
    case.left(begun)
}

async fn doctor(case: Case) -> Duration {
    let world = world();
    let begun = case.begin(&world);
    let _ = world.doctor_within(&[], case.timeout).await;
    case.left(begun)
}

/// Ten accounts, one record each: whatever was not done comes again.
async fn records(case: Case) -> Duration {
    let world = world();
    let accounts = world.simulator.accounts().into_keys();
    let records: Vec<_> = accounts.map(|account| record(&account)).collect();
    let shell = world.cold_stamper(&[]);
    let begun = case.begin(&world);
    let answer = world
        .stamp_within(&shell, json!({"Records": records}), case.timeout)
        .await;
    let left = case.left(begun);
    // An answer, and not an error: that would bring all records back.
    let answer = answer.unwrap().unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().len();
    let stamped = world.messages().len();
    assert!(
        failures + stamped >= records.len(),
        "{failures} come again, {stamped} are done"
    );
    left
}

fn record(account: &str) -> Value {
    let body =
        json!({"type": "AccountCreationSucceeded", "version": 1, "detail": {"accountId": account}});
    let delivery = Delivery {
        id: account.to_owned(),
        body: body.to_string(),
        receives: 1,
    };
    delivery.record()
}

/// The driver of the sweep looks at the time that each step and each batch leaves.
async fn sweep(kind: &str, case: Case) -> Duration {
    let world = world();
    let sweeping = Sweeping {
        timeout: case.timeout,
        step_timeout: case.timeout,
        ..Sweeping::new("s", json!({"kind": kind}))
    };
    case.begin(&world);
    let _ = world.sweep(&sweeping).await;
    IN_TIME
}

fn world() -> World {
    let world = World::new(Options {
        latency: LATENCY,
        ..Options::default()
    });
    world.parameters.put("policy", POLICY);
    world
}

/// The figures of all scenes.
#[must_use]
pub fn figures(scenes: &[Scene]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for Scene { name, told } in scenes {
        let name = |what: &str| format!("deadlines: {name}, {what}");
        let offsets = told.stories();
        figures.push(Figure::new(
            name("offsets"),
            offsets,
            "offsets",
            Bound::AtLeast(1),
        ));
        let late = told.broken.len();
        figures.push(Figure::new(
            name("answers later than 5 s before"),
            late,
            "answers",
            Bound::Exactly(0),
        ));
    }
    figures
}
