//! What starts the creation poller: the schedule, a person, `CreateAccountResult`.
#![no_main]

use creation_poller::Event;

fuzz::target!(|bytes: &[u8]| {
    let Some(payload) = fuzz::payload(bytes) else {
        return;
    };
    if let Ok(Event::Hint(request)) = Event::read(payload) {
        assert!(request.as_str().starts_with("car-"));
    }
});
