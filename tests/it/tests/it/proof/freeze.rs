//! After a freeze.

use it::proof::freeze::{Death, freeze};

#[test]
fn an_invocation_after_a_freeze_does_not_notice_that_its_connections_are_dead() {
    for death in [Death::Closed, Death::Reset] {
        let end = freeze(10, death).unwrap();
        assert_eq!(end.well, 10, "{death:?}");
        // The connection lived through the calls of one invocation, and through no freeze.
        assert_eq!(end.connections, 10, "{death:?}");
    }
}
