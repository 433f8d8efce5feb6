//! Two pollers at once, in every order of their beginnings and of their calls that have an effect.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use simulator::{Options, Outcome, Start};

use crate::world::{Choice, Refusal, Turns, World};

use super::stories::poller::{check, event};
use super::stories::{nothing_is_pending, repeated};
use super::{Bound, Figure, Told, tell};

/// What two pollers are started for at once.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// What is going on.
    pub name: &'static str,
    /// So many requests.
    pub requests: usize,
    /// So many of the pollers die.
    pub deaths: usize,
    plot: Plot,
    /// How many minutes the clock of each poller is off.
    clocks: [i64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plot {
    /// Both see requests for the first time.
    TwoTicks,
    /// One is told of a request by an event.
    EventAndTick,
    /// The same, and AWS lists no request any more.
    Unlisted,
    /// Both find intents that nobody could publish.
    LeftIntents,
}

/// Further apart than a claim is long, and neither is off by a whole Lambda timeout.
const APART: [i64; 2] = [-8, 9];

/// The scenes; those with a death or wrong clocks have one request less, or they would be without end.
pub const SCENES: [Scene; 12] = [
    scene("two ticks", 2, 0, Plot::TwoTicks),
    scene("an event and a tick", 2, 0, Plot::EventAndTick),
    scene("an event and a tick, unlisted", 2, 0, Plot::Unlisted),
    scene(
        "two ticks over intents left behind",
        2,
        0,
        Plot::LeftIntents,
    ),
    scene("two ticks, one dies", 1, 1, Plot::TwoTicks),
    scene("an event and a tick, one dies", 1, 1, Plot::EventAndTick),
    scene(
        "an event and a tick, unlisted, one dies",
        1,
        1,
        Plot::Unlisted,
    ),
    scene(
        "two ticks over an intent left behind, one dies",
        1,
        1,
        Plot::LeftIntents,
    ),
    apart("two ticks, clocks 17 minutes apart", Plot::TwoTicks),
    apart(
        "an event and a tick, clocks 17 minutes apart",
        Plot::EventAndTick,
    ),
    apart(
        "an event and a tick, unlisted, clocks 17 minutes apart",
        Plot::Unlisted,
    ),
    apart(
        "two ticks over an intent left behind, clocks 17 minutes apart",
        Plot::LeftIntents,
    ),
];

const fn scene(name: &'static str, requests: usize, deaths: usize, plot: Plot) -> Scene {
    Scene {
        name,
        requests,
        deaths,
        plot,
        clocks: [0, 0],
    }
}

const fn apart(name: &'static str, plot: Plot) -> Scene {
    Scene {
        clocks: APART,
        ..scene(name, 1, 0, plot)
    }
}

/// Scenes of a sort, and how many orders the search must find in them, or it does not go through all.
struct Sort {
    name: &'static str,
    is_one: fn(&Scene) -> bool,
    least: u64,
}

const SORTS: [Sort; 3] = [
    Sort {
        name: "two requests",
        is_one: |scene| scene.requests == 2,
        least: 1_300,
    },
    Sort {
        name: "clocks apart",
        is_one: |scene| scene.clocks == APART,
        least: 160,
    },
    Sort {
        name: "one dies",
        is_one: |scene| 0 < scene.deaths,
        least: 1_300,
    },
];

/// How one order ended.
#[derive(Clone, Debug)]
pub struct End {
    choices: Vec<Choice>,
    repeated: usize,
}

/// Tells a scene in every order.
#[must_use]
pub fn all_orders(scene: Scene) -> Told<End> {
    let mut all = Told {
        ends: Vec::new(),
        broken: Vec::new(),
    };
    let mut scripts = vec![Vec::new()];
    while !scripts.is_empty() {
        let told = tell(&scripts, |script| story(scene, script));
        scripts = told
            .ends
            .iter()
            .flat_map(|(script, end)| branches(script, end))
            .collect();
        all.ends.extend(told.ends.into_iter().map(|(_, end)| end));
        all.broken.extend(told.broken);
    }
    all
}

/// The scripts that leave an order where its own script had ended; each order is reached by one of them.
fn branches(script: &[usize], end: &End) -> Vec<Vec<usize>> {
    let taken: Vec<_> = end.choices.iter().map(|choice| choice.taken).collect();
    let mut scripts = Vec::new();
    for (turn, choice) in end.choices.iter().enumerate().skip(script.len()) {
        for other in 1..choice.of {
            scripts.push([&taken[..turn], &[other]].concat());
        }
    }
    scripts
}

async fn story(scene: Scene, script: Vec<usize>) -> (Vec<usize>, End) {
    let world = World::new(Options::default());
    world.run(&world.cold_poller(&[]), tick()).await;
    let requests: Vec<_> = (0..scene.requests).map(|_| start(&world)).collect();
    if matches!(scene.plot, Plot::EventAndTick | Plot::Unlisted) {
        // Seen in progress: there are open rows.
        world.run(&world.cold_poller(&[]), tick()).await;
    }
    if scene.plot == Plot::Unlisted {
        for request in &requests {
            world.simulator.forget(request).unwrap();
        }
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    if scene.plot == Plot::LeftIntents {
        world.refuse("Publish", Refusal::Denied);
        world.fail(&world.cold_poller(&[]), tick()).await;
        world.allow("Publish");
    }
    let [one, other] = scene.clocks.map(|minutes| {
        let world = world.with_clock(TimeDelta::minutes(minutes));
        world.cold_poller(&[])
    });
    let first = match scene.plot {
        Plot::EventAndTick | Plot::Unlisted => event(&requests[0]),
        Plot::TwoTicks | Plot::LeftIntents => tick(),
    };
    let turns = Turns::new(2, scene.deaths, &script);
    world.take_turns(Some(turns.clone()));
    let _ = tokio::join!(world.invoke(&one, first), world.invoke(&other, tick()));
    world.take_turns(None);
    settle(&world).await;

    check(&world, &requests.into_iter().collect::<BTreeSet<_>>());
    nothing_is_pending(&world);
    let repeated = repeated(&world);
    assert!(repeated <= scene.deaths, "{repeated} delivered twice");
    let end = End {
        choices: turns.choices(),
        repeated,
    };
    (script, end)
}

/// The claims of the dead end 16 minutes after they began.
async fn settle(world: &World) {
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(17 * 60)).await;
        world.run(&world.cold_poller(&[]), tick()).await;
    }
}

fn tick() -> Value {
    json!({"job": "tick"})
}

fn start(world: &World) -> String {
    world.simulator.start(Start {
        duration: Some(Duration::from_secs(10)),
        outcome: Outcome::Succeed,
        ..Start::default()
    })
}

/// The figures of all scenes.
#[must_use]
pub fn figures(scenes: &[(Scene, Told<End>)]) -> Vec<Figure> {
    let mut figures: Vec<_> = scenes
        .iter()
        .flat_map(|(scene, told)| scene_figures(*scene, told))
        .collect();
    for sort in SORTS {
        let orders = scenes.iter().filter(|(scene, _)| (sort.is_one)(scene));
        let orders = orders.map(|(_, told)| told.stories()).sum();
        let name = format!("orders of calls in all, {}", sort.name);
        let least = Bound::AtLeast(sort.least);
        figures.push(Figure::new(name, orders, "orders", least));
    }
    figures
}

fn scene_figures(scene: Scene, told: &Told<End>) -> [Figure; 3] {
    let repeated = told.ends.iter().filter(|end| end.repeated > 0).count();
    let figure = |what: &str, value, unit, bound| {
        Figure::new(format!("{}: {what}", scene.name), value, unit, bound)
    };
    let (orders, broken) = (told.stories(), told.broken.len());
    // That it can happen where one dies shows that the search reaches it.
    let duplicates = match scene.deaths {
        0 => Bound::Exactly(0),
        _ => Bound::AtLeast(1),
    };
    [
        figure("orders of calls", orders, "orders", Bound::AtLeast(2)),
        figure("broken orders", broken, "orders", Bound::Exactly(0)),
        figure(
            "orders with a second delivery",
            repeated,
            "orders",
            duplicates,
        ),
    ]
}
