//! Crashes.

use it::proof::crash;

#[test]
fn a_crash_at_any_call_loses_nothing_and_repeats_nothing_without_reason() {
    let mut scenes = crash::scenes(&[20, 2]);
    // Odd: each way to crash has its turn.
    scenes.extend(crash::longer_scenes(47));
    for scene in &scenes {
        scene.told.check();
    }
    for figure in crash::figures(&scenes, 2_000) {
        assert!(figure.holds(), "{figure}");
    }
}
