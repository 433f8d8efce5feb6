//! Crashes.

use it::proof::crash::{self, Share};

#[test]
fn a_crash_at_any_call_loses_nothing_and_repeats_nothing_without_reason() {
    let mut scenes = crash::scenes(&[20, 2]);
    let share = Share {
        effects: 47,
        reads: 47,
    };
    scenes.extend(crash::longer_scenes(share));
    for scene in &scenes {
        scene.told.check(&scene.name);
    }
    for figure in crash::figures(&scenes, 2_000) {
        assert!(figure.holds(), "{figure}");
    }
}
