//! Hard kills.

use it::proof::repeats::{figures, kills};

#[test]
fn a_hard_kill_repeats_one_batch_at_most() {
    let (peace, told) = kills(12);
    told.check();
    for figure in figures(peace, &told) {
        assert!(figure.holds(), "{figure}");
    }
}
