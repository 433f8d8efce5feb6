//! Creation requests of all kinds, told by events, seen by ticks, or both.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use simulator::{History, Options, Outcome, Start};

use crate::world::{End as Ended, Refusal, World};

use super::{End, Trouble, end, refused};

/// Pages of requests that ended before the world began.
const HISTORY: usize = 25;

/// So many ticks are more than enough for a first scan, even where a claim has to end first.
const TICKS: usize = 60;

/// Between two invocations.
const GAP: Duration = Duration::from_secs(50);

pub(in crate::proof) async fn story(count: usize, trouble: Trouble) -> End {
    let world = trouble.world(Options {
        seed: count as u64,
        ..Options::default()
    });
    world.simulator.add_history(&History {
        count: HISTORY,
        failed: 0.2,
        govcloud: 0.1,
        from: (world.clock.now() - Duration::from_secs(90_000)).into(),
        to: (world.clock.now() - Duration::from_secs(3_600)).into(),
    });
    let history: Vec<_> = world.simulator.terminal_requests();
    let mut history = history.into_iter().map(|request| request.id);
    world.arrange(trouble);
    // What is history is settled by the first scan: it meets what goes on all the time, too. A storm comes once, and is
    // for the requests.
    if trouble.is_lasting() {
        world.begin(trouble);
    }
    // The requests come after it: what it finds ended may be history.
    let mut poller = None;
    end_first_scan(&world, &mut poller).await;
    let mut requests = start(&world, count);
    if !trouble.is_lasting() {
        world.begin(trouble);
    }
    let mut later = Vec::new();
    for round in 0..rounds(trouble) {
        for request in requests.iter().skip(round).step_by(4) {
            let meddling = world.meddle_with_clock(trouble, round);
            tokio::join!(invoke(&world, &mut poller, event(request)), meddling);
        }
        unlist(&world, &requests);
        // What has ended long ago vanishes, and what an event has told of.
        let told = requests.iter().skip(round).step_by(4).cloned();
        let vanishing: Vec<_> = history.by_ref().take(4).chain(told).collect();
        let stirring = async {
            tokio::time::sleep(GAP).await;
            world.stir(trouble, &vanishing).await
        };
        let tick = invoke(&world, &mut poller, json!({"job": "tick"}));
        let ((), appeared) = tokio::join!(tick, stirring);
        later.extend(appeared);
    }
    requests.extend(later);
    let requests = requests.into_iter().collect();
    if trouble.passes() {
        check(&world, &requests);
    }
    settle(&world).await;
    check(&world, &requests);
    end(&world)
}

/// A row that makes no sense, a request that AWS does not know any more, a topic and a listing that refuse.
pub(in crate::proof) async fn unheard(trouble: Trouble) -> End {
    let world = trouble.world(Options::default());
    world.arrange(trouble);
    let mut poller = None;
    end_first_scan(&world, &mut poller).await;
    let requests = start(&world, 3);
    let unknown = world.simulator.start(Start {
        duration: Some(Duration::from_secs(3_600)),
        ..Start::default()
    });
    let odd = "car-unknownstate1";
    let row = json!({"Id": odd, "State": "PARKED"});
    world.simulator.add_row(row);
    for request in [unknown.as_str(), odd] {
        invoke(&world, &mut poller, event(request)).await;
    }
    world.simulator.erase(&unknown).unwrap();
    world.refuse("Publish", Refusal::Denied);
    for _ in 0..6 {
        invoke(&world, &mut poller, json!({"job": "tick"})).await;
    }
    world.refuse("ListCreateAccountStatus", Refusal::Denied);
    invoke(&world, &mut poller, json!({"job": "reconcile"})).await;
    world.allow("ListCreateAccountStatus");
    refused(&world, "Publish");
    world.allow("Publish");
    invoke(&world, &mut poller, json!({"job": "reconcile"})).await;
    // What makes no sense for a day is given up; the first tick may have died, and the second only be told of it.
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(25 * 3_600)).await;
        invoke(&world, &mut poller, json!({"job": "tick"})).await;
    }
    settle(&world).await;
    check(&world, &requests.into_iter().collect());
    let open = world.ledger().into_iter();
    let open = open.filter(|row| row["id"]["S"].as_str().unwrap().starts_with("open#"));
    assert_eq!(open.count(), 0);
    end(&world)
}

/// Ticks until the ledger says that a scan has reached its last page.
async fn end_first_scan(world: &World, poller: &mut Option<creation_poller::Shell>) {
    let is_complete = || {
        let mut ledger = world.ledger().into_iter();
        ledger.any(|row| row["id"]["S"] == "progress" && row["complete"]["BOOL"] == true)
    };
    for _ in 0..TICKS {
        if is_complete() {
            return;
        }
        invoke(world, poller, json!({"job": "tick"})).await;
    }
    panic!("{TICKS} ticks did not end the first scan");
}

/// Of 50 s and more.
const fn rounds(trouble: Trouble) -> usize {
    // The last one of these is after the storm.
    if matches!(trouble, Trouble::Storm(..)) {
        8
    } else {
        4
    }
}

/// An invocation of a warm function, and of a new one after a death.
async fn invoke(world: &World, warm: &mut Option<creation_poller::Shell>, payload: Value) {
    tokio::time::sleep(GAP).await;
    let shell = warm.get_or_insert_with(|| world.cold_poller(&[]));
    if matches!(world.invoke(shell, payload).await, Ended::Killed) {
        *warm = None;
    }
}

/// AWS does not say for how long it lists a request: of every other one the open row is soon all that there is. Gives those.
pub(in crate::proof) fn unlist(world: &World, requests: &[String]) -> Vec<String> {
    let ledger = world.ledger();
    let is_open = |request: &str| {
        let id = format!("open#{request}");
        ledger.iter().any(|row| row["id"]["S"] == id)
    };
    let every_other = requests.iter().step_by(2).filter(|it| is_open(it));
    // What no read sees yet is listed for longer.
    let unlisted = every_other.filter(|it| world.simulator.forget(it).is_ok());
    unlisted.cloned().collect()
}

/// Claims of the dead end 16 minutes after they began.
pub(in crate::proof) async fn settle(world: &World) {
    world.calm();
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(17 * 60)).await;
        world
            .run(&world.cold_poller(&[]), json!({"job": "tick"}))
            .await;
    }
}

fn start(world: &World, count: usize) -> Vec<String> {
    let mut rng = StdRng::seed_from_u64(count as u64);
    let start = |_| {
        world.simulator.start(Start {
            govcloud: rng.random_bool(0.2),
            duration: Some(Duration::from_secs(rng.random_range(1..240))),
            outcome: if rng.random_bool(0.3) {
                Outcome::Fail("INTERNAL_FAILURE".to_owned())
            } else {
                Outcome::Succeed
            },
            ..Start::default()
        })
    };
    (0..count).map(start).collect()
}

/// `CreateAccountResult`, as EventBridge delivers it.
pub(in crate::proof) fn event(request: &str) -> Value {
    let sample = include_str!("../../../../../events/create-account-result-succeeded.json");
    let mut event: Value = serde_json::from_str(sample).unwrap();
    event["detail"]["serviceEventDetails"]["createAccountStatus"]["id"] = json!(request);
    event
}

/// Which requests were announced, each with the id of its announcement.
pub(in crate::proof) fn announced(world: &World) -> BTreeSet<(String, String)> {
    let messages = world.messages().into_iter();
    messages
        .map(|message| (message.request().to_owned(), message.id().to_owned()))
        .collect()
}

/// These requests are announced, nothing else, and each by one announcement.
pub(in crate::proof) fn check(world: &World, requests: &BTreeSet<String>) {
    let told = announced(world);
    let announced: BTreeSet<_> = told.iter().map(|(request, _)| request.clone()).collect();
    let lost: Vec<_> = requests.difference(&announced).collect();
    let strange: Vec<_> = announced.difference(requests).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(strange.is_empty(), "should be silent: {strange:?}");
    assert_eq!(told.len(), requests.len(), "a request with several ids");
}
