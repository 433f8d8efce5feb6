//! Quotas that are not there for a while.

use it::proof::storms::{neighbour, neighbour_figures, storm, storm_figures};

#[test]
fn a_throttle_storm_is_sat_out_quietly_and_left_behind_soon() {
    let told = storm();
    told.check("storm");
    for figure in storm_figures(&told) {
        assert!(figure.holds(), "{figure}");
    }
}

#[test]
fn a_neighbour_gets_half_and_the_sweep_the_other() {
    let told = neighbour();
    told.check("neighbour");
    for figure in neighbour_figures(&told) {
        assert!(figure.holds(), "{figure}");
    }
}
