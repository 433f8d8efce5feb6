//! The retries of the state machine, as its definition has them.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;

static DEFINITION: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../statemachines/organization-sweep.asl.json");
    serde_json::from_str(text).unwrap()
});

/// The retries of one visit to a state.
#[derive(Debug)]
pub(super) struct Retries {
    retriers: &'static [Value],
    /// How often each of them was used.
    used: Vec<i32>,
}

impl Retries {
    /// Those of the state that makes this step of a sweep.
    pub(super) fn of_step(step: &str) -> Self {
        let mut states = DEFINITION["States"].as_object().unwrap().values();
        let state = states.find(|state| state["Arguments"]["step"] == step);
        Self::of(state.unwrap())
    }

    /// Those of the state that makes a batch of this kind.
    pub(super) fn of_batch(kind: &Value) -> Self {
        let states = &DEFINITION["States"]["Batches"]["ItemProcessor"]["States"];
        let mut choices = states["Kind"]["Choices"].as_array().unwrap().iter();
        let choice = choices.find(|choice| choice["StringEquals"] == *kind);
        let next = choice.unwrap()["Next"].as_str().unwrap();
        Self::of(&states[next])
    }

    fn of(state: &'static Value) -> Self {
        let retriers = state["Retry"].as_array().unwrap();
        Self {
            retriers,
            used: vec![0; retriers.len()],
        }
    }

    /// How long the state machine waits before it tries again after this error, but for the jitter; `None` when it does
    /// not try again.
    pub(super) fn wait(&mut self, error: &str) -> Option<Duration> {
        let mut retriers = self.retriers.iter().zip(&mut self.used);
        let (retrier, used) = retriers.find(|(it, _)| is_for(it, error))?;
        if retrier["MaxAttempts"] == *used {
            return None;
        }
        let number = |member: &str| retrier[member].as_f64().unwrap();
        let wait = number("IntervalSeconds") * number("BackoffRate").powi(*used);
        *used += 1;
        let longest = number("MaxDelaySeconds");
        Some(Duration::from_secs_f64(wait.min(longest)))
    }
}

fn is_for(retrier: &Value, error: &str) -> bool {
    let names = retrier["ErrorEquals"].as_array().unwrap();
    names.iter().any(|name| name == error)
}
