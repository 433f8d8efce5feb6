//! Files that are not what they should be, and accounts that leave.

use super::{contact_sweep, count, done, members, rows, world, writes};

#[tokio::test(start_paused = true)]
async fn a_batch_with_rubbish_is_written_anew_and_its_accounts_are_covered() {
    for file in ["batch-1.json", "result-1.json"] {
        let world = world(150);
        let mut seen = 0;
        let ended = world
            .sweep_with(&contact_sweep("s"), &mut |world, step, _| {
                seen += usize::from(step == "batches");
                let when = if file.starts_with("batch") {
                    "batch"
                } else {
                    "collect"
                };
                if step == when && seen == 1 {
                    world
                        .objects
                        .put(&format!("own/sweeps/s/plan-1/{file}"), "{\"accounts\": 7");
                }
            })
            .await;
        assert_eq!(done(ended), "complete", "{file}");
        assert_eq!(count(&world, "s", "written"), 450, "{file}");
        assert_eq!(count(&world, "s", "covered"), 150, "{file}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_inventory_with_rubbish_fails_the_sweep() {
    let world = world(5);
    let ended = world
        .sweep_with(&contact_sweep("s"), &mut |world, step, _| {
            if step == "collect" {
                world.objects.put("own/sweeps/s/inventory.json", "[{}]");
            }
        })
        .await;
    assert_eq!(ended, it::world::Ended::Failed("BrokenDocument".to_owned()));
    assert_eq!(writes(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_leaves_in_between_is_reported_as_gone() {
    for when in ["batch", "collect"] {
        let world = world(20);
        let gone = members(&world)[2].clone();
        let mut left = false;
        let ended = world
            .sweep_with(&contact_sweep("s"), &mut |world, step, _| {
                if step == when && !left {
                    left = true;
                    world.simulator.remove_account(&gone).unwrap();
                }
            })
            .await;
        assert_eq!(done(ended), "complete", "{when}");
        assert_eq!(count(&world, "s", "accounts"), 20, "{when}");
        assert_eq!(
            rows(&world, "s")[&gone]["skipped"],
            "it has left the organization",
            "{when}"
        );
    }
}
