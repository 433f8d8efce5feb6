//! Two pollers at once.

use it::proof::interleavings::{SCENES, all_orders, figures};

#[test]
fn two_pollers_at_once_lose_nothing_in_any_order() {
    for scene in SCENES {
        let told = all_orders(scene);
        told.check();
        for figure in figures(scene, &told) {
            assert!(figure.holds(), "{figure}");
        }
    }
}
