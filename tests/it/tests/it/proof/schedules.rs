//! Long stories of the poller.

use it::proof::schedules::{Listed, figures, schedules};

#[test]
fn a_seed_tells_the_same_story_again() {
    let tell = |seed| schedules(100, seed..seed + 1, Listed::Always).ends;
    assert_eq!(tell(7), tell(7));
    assert_ne!(tell(7), tell(8));
}

#[test]
fn up_to_four_pollers_that_crash_all_the_time_lose_nothing() {
    for listed in [Listed::Always, Listed::UntilOpen] {
        let told = schedules(100, 0..10, listed);
        told.check(listed.scene());
        for figure in figures(listed, 100, 10, &told) {
            assert!(figure.holds(), "{figure}");
        }
    }
}
