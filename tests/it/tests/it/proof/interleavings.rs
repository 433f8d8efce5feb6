//! Two pollers at once.

use it::proof::interleavings::{SCENES, all_orders, figures};

#[test]
fn two_pollers_at_once_lose_nothing_in_any_order() {
    let scenes = SCENES.map(|scene| (scene, all_orders(scene)));
    for (scene, told) in &scenes {
        told.check(scene.name);
    }
    for figure in figures(&scenes) {
        assert!(figure.holds(), "{figure}");
    }
}
