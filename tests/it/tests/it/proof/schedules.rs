//! Long stories of the poller.

use it::proof::schedules::{figures, schedules};

#[test]
fn up_to_four_pollers_that_crash_all_the_time_lose_nothing() {
    let told = schedules(100, 0..10);
    told.check();
    for figure in figures(100, &told) {
        assert!(figure.holds(), "{figure}");
    }
}
