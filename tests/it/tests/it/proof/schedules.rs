//! Long stories of the poller.

use it::proof::schedules::{figures, schedules};

#[test]
fn a_seed_tells_the_same_story_again() {
    let told = [(); 2].map(|()| schedules(100, 7..8));
    assert_eq!(told[0].ends, told[1].ends);
    assert_ne!(told[0].ends, schedules(100, 8..9).ends);
}

#[test]
fn up_to_four_pollers_that_crash_all_the_time_lose_nothing() {
    let told = schedules(100, 0..10);
    told.check("schedules");
    for figure in figures(100, 10, &told) {
        assert!(figure.holds(), "{figure}");
    }
}
