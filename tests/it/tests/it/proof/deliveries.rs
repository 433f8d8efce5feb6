//! Deliveries and sweeps that get in each other's way.

use it::proof::deliveries::{
    figures, meeting_figures, pair_figures, shuffled, sweep_and_event, two_sweeps,
};

#[test]
fn records_in_any_order_and_number_change_and_announce_each_contact_once() {
    let told = shuffled(60);
    told.check("records in any order");
    for figure in figures("records in any order", 60, &told) {
        assert!(figure.holds(), "{figure}");
    }
}

#[test]
fn two_sweeps_at_once_are_one() {
    let offsets: Vec<_> = (0..60).map(|it| it * 37).collect();
    let told = two_sweeps(&offsets);
    told.check("two sweeps at once");
    for figure in pair_figures(60, &told) {
        assert!(figure.holds(), "{figure}");
    }
}

#[test]
fn a_sweep_and_an_event_at_one_account_make_each_change_once() {
    let offsets: Vec<_> = (0..120).map(|it| it * 40).collect();
    let told = sweep_and_event(&offsets);
    told.check("an event in a sweep");
    for figure in meeting_figures(120, &told) {
        assert!(figure.holds(), "{figure}");
    }
}
