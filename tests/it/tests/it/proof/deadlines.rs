//! Deadlines.

use it::proof::deadlines::{figures, scenes};

#[test]
fn every_function_answers_five_seconds_before_its_deadline() {
    let scenes = scenes(60);
    for scene in &scenes {
        scene.told.check(scene.name);
    }
    for figure in figures(60, &scenes) {
        assert!(figure.holds(), "{figure}");
    }
}
