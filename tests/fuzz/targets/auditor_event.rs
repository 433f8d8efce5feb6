//! What starts the GovCloud auditor: a batch of a sweep, a person.
#![no_main]

use std::collections::HashSet;

use govcloud_auditor::Event;

fuzz::target!(|bytes: &[u8]| {
    let Some(payload) = fuzz::payload(bytes) else {
        return;
    };
    // An account that is named twice is looked at once.
    let given = payload["accounts"].as_array().into_iter().flatten();
    let given: HashSet<_> = given.cloned().collect();
    if let Ok(Event::Accounts(accounts)) = Event::read(payload) {
        assert_eq!(accounts.len(), given.len(), "an account is lost");
    }
});
