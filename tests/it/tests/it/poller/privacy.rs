//! Names and addresses of accounts go nowhere.

use simulator::Start;

use super::{deliveries, pass, result_event, tick, world};

#[tokio::test(start_paused = true)]
async fn neither_name_nor_address_is_stored_announced_or_logged() {
    let log = crate::log::start();
    let world = world();
    let poller = world.cold_poller(&[]);
    world.run(&poller, tick()).await;
    let request = world.simulator.start(Start {
        name: Some("Canary Payroll".to_owned()),
        email: Some("canary.person@example.com".to_owned()),
        ..Start::default()
    });
    world.run(&poller, tick()).await;
    pass(60).await;
    world.run(&poller, result_event(&request)).await;
    world.run(&poller, tick()).await;
    assert_eq!(deliveries(&world), [(request, 1)].into());
    for call in world.calls() {
        assert!(
            !call.body.to_lowercase().contains("canary"),
            "{} of {}: {}",
            call.operation,
            call.service,
            call.body
        );
    }
    let log = log.text();
    assert!(log.contains("creation_poller"), "nothing is logged: {log}");
    assert!(!log.to_lowercase().contains("canary"));
}
