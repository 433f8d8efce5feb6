//! Fifty thousand accounts need no setting: what travels and what is kept stays within AWS's limits.

use it::world::Ended;
use serde_json::Value;
use simulator::Options;

use super::{POLICY, contact_sweep, count, world_with};

/// Events of one state in an execution's history, at the most: entered, scheduled, started, ended, exited, and a retry.
const EVENTS: usize = 10;

#[tokio::test(start_paused = true)]
async fn fifty_thousand_accounts_stay_within_the_limits_of_step_functions() {
    let world = world_with(Options {
        accounts: 50_000,
        ..Options::default()
    });
    // One contact of each account: reading all of them makes the test three times as long, and no state longer.
    let security = POLICY
        .lines()
        .filter(|line| !line.contains("BILLING") && !line.contains("OPERATIONS"));
    let policy: Vec<_> = security.collect();
    world.parameters.put(
        "policy",
        &policy.join("\n").replace("mode: enforce", "mode: audit"),
    );
    let (mut states, mut items, mut largest) = (0, 0, 0);
    let ended = world
        .sweep_with(&contact_sweep("s"), &mut |_, step, state| {
            states += usize::from(step != "batch");
            items += usize::from(step == "batch");
            largest = largest.max(state.to_string().len());
        })
        .await;
    let Ended::Done(_) = ended else {
        panic!("{ended:?}")
    };
    assert_eq!(count(&world, "s", "covered"), 50_000);
    // 25,000 events, 256 KiB, and 10,000 items of a list.
    assert!(states * EVENTS < 25_000, "{states} states");
    assert!(largest < 4_096, "{largest} bytes of state");
    assert!(items <= 10_000, "{items} batches");
    let list: Vec<Value> = {
        let text = world.objects.get("own/sweeps/s/plan-1/items.json").unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(list.len(), 500);
    let largest_item = list.iter().map(|item| item.to_string().len()).max();
    assert!(
        largest_item < Some(512),
        "{largest_item:?} bytes of an item"
    );
}
