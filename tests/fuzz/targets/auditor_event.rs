//! What starts the GovCloud auditor: a batch of a sweep, a person.
#![no_main]

use govcloud_auditor::Event;

fuzz::target!(|bytes: &[u8]| {
    let Some(payload) = fuzz::payload(bytes) else {
        return;
    };
    let given = payload["accounts"].as_array().map_or(0, Vec::len);
    if let Ok(Event::Accounts(accounts)) = Event::read(payload) {
        assert_eq!(accounts.len(), given, "an account is lost");
    }
});
