//! Names and addresses of accounts go nowhere.

use std::io::Write;
use std::sync::{Arc, Mutex};

use simulator::Start;

use super::{deliveries, pass, result_event, tick, world};

/// What is logged, by all tests of this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn neither_name_nor_address_is_stored_announced_or_logged() {
    let log = Log::default();
    let writer = log.clone();
    let vars = |name: &str| (name == "AWS_LAMBDA_LOG_LEVEL").then(|| "TRACE".to_owned());
    account_aws::logs::start(&vars, move || writer.clone());
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
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("creation_poller"), "nothing is logged: {log}");
    assert!(!log.to_lowercase().contains("canary"));
}
