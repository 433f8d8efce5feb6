//! Hard kills.

use it::proof::repeats::{KINDS, figures, kills};

#[test]
fn a_hard_kill_repeats_one_batch_at_most() {
    for kind in KINDS {
        let (peace, told) = kills(kind, 12);
        told.check(&format!("{kind:?}"));
        for figure in figures(kind, 12, peace, &told) {
            assert!(figure.holds(), "{figure}");
        }
    }
}
