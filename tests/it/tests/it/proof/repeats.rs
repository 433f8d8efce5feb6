//! Hard kills.

use it::proof::repeats::{KINDS, figures, kills};

#[test]
fn a_hard_kill_repeats_one_batch_at_most() {
    for kind in KINDS {
        let (peace, told) = kills(kind, 12);
        told.check();
        for figure in figures(kind, peace, &told) {
            assert!(figure.holds(), "{figure}");
        }
    }
}
