//! The steps of a sweep, as the state machine asks for them, and what a person starts it with.
#![no_main]

use organization_sweep::{Event, Input, Step};
use serde_json::Value;

fuzz::target!(|bytes: &[u8]| {
    let Some(payload) = fuzz::payload(bytes) else {
        return;
    };
    input(&payload);
    let Ok(event) = Event::read(payload) else {
        return;
    };
    if let Step::Begin {
        input: started_with,
    }
    | Step::Fail {
        input: started_with,
        ..
    } = &event.step
    {
        input(started_with);
    }
});

/// The id of another sweep becomes a part of keys.
fn input(payload: &Value) {
    if let Ok(Input::Resume(_, id) | Input::ApplyPlan(id)) = Input::read(payload) {
        assert!(
            !id.is_empty() && !id.contains(['/', '.']),
            "{id:?} leads elsewhere"
        );
    }
}
