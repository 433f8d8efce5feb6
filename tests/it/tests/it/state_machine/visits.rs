//! The way of an execution through the states, by its history.

use chrono::{DateTime, Utc};
use it::local::Run;
use serde_json::Value;

use super::coverage::states;

/// A state on the way.
#[derive(Clone, Debug)]
pub(super) struct Visit<'a> {
    pub(super) state: &'a str,
    pub(super) entered: &'a Value,
    pub(super) exited: &'a Value,
    /// What it got.
    pub(super) input: Value,
    /// What it gave; null where it did not come to that.
    pub(super) output: Value,
    /// How often its task began.
    pub(super) tries: usize,
    /// What ended its task, each time.
    pub(super) errors: Vec<String>,
}

impl<'a> Visit<'a> {
    fn of(state: &'a str) -> Self {
        Self {
            state,
            entered: &Value::Null,
            exited: &Value::Null,
            input: Value::Null,
            output: Value::Null,
            tries: 0,
            errors: Vec::new(),
        }
    }

    fn see(&mut self, event: &'a Value) {
        self.tries += usize::from(event["type"] == "TaskScheduled");
        if let Some(error) = event["taskFailedEventDetails"]["error"].as_str() {
            self.errors.push(error.to_owned());
        }
        if let Some(details) = event.get("stateExitedEventDetails") {
            self.exited = &event["timestamp"];
            self.output = payload(&details["output"]);
        }
    }
}

/// The states that an execution entered, in this order.
pub(super) fn visits(run: &Run) -> Vec<Visit<'_>> {
    let mut visits: Vec<Visit<'_>> = Vec::new();
    for event in &run.events {
        if let Some(details) = event.get("stateEnteredEventDetails") {
            let mut visit = Visit::of(details["name"].as_str().unwrap());
            visit.entered = &event["timestamp"];
            visit.input = payload(&details["input"]);
            visits.push(visit);
        } else if let Some(visit) = visits.last_mut() {
            visit.see(event);
        }
    }
    visits
}

/// The same for a batch, of which MiniStack tells the tasks only: where it began, its task if it had one, and where a
/// success ends.
pub(super) fn visits_of_batch<'a>(definition: &'a Value, run: &'a Run) -> Vec<Visit<'a>> {
    let find = |member: &str, value: &Value| {
        let (name, _) = states(definition).find(|(_, state)| state[member] == *value)?;
        Some(Visit::of(name))
    };
    let mut events = run.events.iter();
    let task = events.find_map(|event| event.pointer("/taskScheduledEventDetails/resource"));
    let task = task.map(|resource| {
        let mut task = find("Resource", resource).unwrap();
        run.events.iter().for_each(|event| task.see(event));
        task
    });
    let first = Visit::of(definition["StartAt"].as_str().unwrap());
    let last = find("Type", &"Succeed".into());
    [Some(first), task, last].into_iter().flatten().collect()
}

/// For how many seconds of this machine.
pub(super) fn lasted(visit: &Visit<'_>) -> f64 {
    let time = |value: &Value| -> DateTime<Utc> { value.as_str().unwrap().parse().unwrap() };
    (time(visit.exited) - time(visit.entered)).as_seconds_f64()
}

fn payload(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}
