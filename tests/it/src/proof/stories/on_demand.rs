//! A person asks for one account in the middle of a sweep, and does not ask again, whatever becomes of it: what is left is
//! found by the sweep, by the next one or by a tick.

use std::time::Duration;

use serde_json::json;

use crate::world::World;

use super::{End, Trouble, audits, stamper, sweeps};

/// As the template has it.
const TIMEOUT: Duration = Duration::from_secs(180);

/// A contact sweep beside the person, and one after it.
pub(in crate::proof) async fn contacts(trouble: Trouble) -> End {
    let world = sweeps::world(trouble);
    let account = world.simulator.accounts().into_keys().next_back().unwrap();
    world.arrange(trouble);
    world.begin(trouble);
    let kind = || json!({"kind": "contacts"});
    let person = async {
        next_call(&world, "GetAlternateContact").await;
        let asked = json!({"accounts": [account]});
        // Be it killed or not.
        let _ = world.stamp(&world.cold_stamper(&[]), asked).await;
    };
    let sweep = sweeps::sweep(&world, "s", kind(), &[], "complete");
    tokio::join!(sweep, person);
    sweeps::pass_an_hour().await;
    sweeps::sweep(&world, "again", kind(), &[], "complete").await;
    sweeps::pass_an_hour().await;
    // What was left to be published may be the person's.
    sweeps::settle(&world).await;

    let by_person = stamper::announced(&world);
    let is_asked = |change: &String| change.starts_with(&account) && change.ends_with("added");
    assert!(by_person.iter().all(is_asked), "{by_person:?}");
    if matches!(trouble, Trouble::Peace) {
        assert!(!by_person.is_empty(), "the person came too late");
    }
    // Every other change is the first sweep's: it leaves nothing to the second one.
    let swept = sweeps::CHANGES - by_person.len() as u64;
    let both = [("s", "complete", swept), ("again", "complete", 0)];
    sweeps::check(&world, &both).await
}

/// The audits' own story, with the person beside the one that finds links changed. Who tells of the change of the person's
/// account is all the same: it is told once.
pub(in crate::proof) async fn links(trouble: Trouble) -> End {
    audits::tell(trouble, async |world, account| {
        // The audit has read by now what the links were.
        next_call(world, "GetGovCloudAccountInformation").await;
        let asked = json!({"accounts": [account]});
        let auditor = world.cold_auditor(&[]);
        let answer = world.audit(&auditor, asked, TIMEOUT).await;
        if matches!(trouble, Trouble::Peace) {
            assert!(matches!(answer, Some(Ok(_))), "{answer:?}");
        }
    })
    .await
}

/// Waits until AWS has answered one more call of this operation: then the sweep is in its middle, whatever crashed.
async fn next_call(world: &World, operation: &str) {
    let answered = || {
        let counts = world.simulator.calls();
        counts.get(operation).map_or(0, |count| count.calls)
    };
    let before = answered();
    while answered() == before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
