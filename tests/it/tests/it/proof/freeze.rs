//! After a freeze.

use it::proof::freeze::{Death, freeze};

#[test]
fn an_invocation_after_a_freeze_does_not_notice_that_its_connections_are_dead() {
    // A silent one costs a call's time limit of 15 s.
    for (death, times) in [(Death::Closed, 10), (Death::Reset, 10), (Death::Silent, 2)] {
        let end = freeze(times, death).unwrap();
        assert_eq!(end.well, times, "{death:?}");
        // A connection lives through the calls of one invocation, and through no freeze.
        assert_eq!(end.connections, times + 1, "{death:?}");
    }
}
