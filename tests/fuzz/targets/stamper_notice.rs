//! What a record of the queue says: an announcement through SNS, or an event as a rule passes it on.
#![no_main]

use contact_stamper::Notice;

fuzz::target!(|body: &str| {
    let Ok(notice) = Notice::read(body) else {
        return;
    };
    // Only a role may be told of whoever changed a contact: the names of sessions and users are often addresses.
    let role = notice.actor.and_then(|actor| actor.role_arn);
    assert!(role.is_none_or(|role| role.contains(":role/")));
});
