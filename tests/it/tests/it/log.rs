//! What the functions log: at the most talkative level, for tests that look for what must not be there, and as Lambda gets
//! it.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use it::world::{Ended, Refusal, Sweeping, World};
use lambda_runtime::Context;
use lambda_runtime::layers::trace::request_span;
use serde_json::{Value, json};
use simulator::Options;
use tracing::instrument::{Instrument, WithSubscriber};

/// What is logged, by all tests of this process.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Starts logging at TRACE, once for all tests.
pub(crate) fn start() -> Log {
    static LOG: LazyLock<Log> = LazyLock::new(|| {
        let log = Log::default();
        let writer = log.clone();
        let vars = |name: &str| (name == "AWS_LAMBDA_LOG_LEVEL").then(|| "TRACE".to_owned());
        account_aws::logs::start(&vars, move || writer.clone());
        log
    });
    LOG.clone()
}

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The lines of what runs as one invocation, in the format that the template chooses.
async fn logged(work: impl Future<Output = ()>) -> Vec<Value> {
    // Or other tests of this process, which log nowhere, would settle that nobody wants these lines.
    start();
    let log = Log::default();
    let writer = log.clone();
    let vars = |name: &str| (name == "AWS_LAMBDA_LOG_FORMAT").then(|| "JSON".to_owned());
    let own = account_aws::logs::log(&vars, move || writer.clone());
    let mut context = Context::default();
    context.request_id = "request-1".to_owned();
    // The runtime's own span, made where it is logged.
    let invocation = async { work.instrument(request_span(&context)).await };
    invocation.with_subscriber(own).await;
    let text = log.text();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// Filters of CloudWatch name the place where a value lies: those of the alarms `denied` and `policy-refused`, and those of
/// docs/operations.md.
#[tokio::test(start_paused = true)]
async fn what_filters_look_for_lies_where_they_look() {
    let world = World::new(Options::default());
    world.refuse("ListAccounts", Refusal::Denied);
    let sweeping = Sweeping::new("sweep-1", json!({"kind": "govcloud"}));
    let lines = Box::pin(logged(async {
        let ended = world.sweep(&sweeping).await;
        assert_eq!(ended, Ended::Failed("Denied".to_owned()));
    }))
    .await;

    let told = lines.iter().filter(|line| {
        let is_error = line["level"] == "ERROR";
        is_error || line.get("announcement").is_some()
    });
    let told = told.map(|line| {
        json!([
            line["level"],
            line["kind"],
            line["announcement"],
            line["spans"][0]["requestId"],
            line["spans"][1]["sweep"],
        ])
    });
    let id = world.messages()[0].id().to_owned();
    let expected = [
        // What an invocation ends with is logged when the work on the sweep is over.
        json!(["ERROR", "Denied", null, "request-1", null]),
        // The step that makes an end of the sweep.
        json!(["ERROR", "Denied", null, "request-1", "sweep-1"]),
        json!(["INFO", null, id, "request-1", "sweep-1"]),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected, "{lines:#?}");
}
