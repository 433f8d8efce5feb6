//! What starts the contact stamper: its queue, a person, a batch of a sweep.
#![no_main]

use contact_stamper::Event;

fuzz::target!(|bytes: &[u8]| {
    let Some(payload) = fuzz::payload(bytes) else {
        return;
    };
    let given = payload["Records"].as_array().map_or(0, Vec::len);
    if let Ok(Event::Batch(records)) = Event::read(payload) {
        assert_eq!(records.len(), given, "a record is lost");
    }
});
