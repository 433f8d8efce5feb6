//! What must be true of the gate.

use account_core::sweep::{Counts, Gate, Limits, gate};
use proptest::prelude::*;

fn counts() -> impl Strategy<Value = Counts> {
    (0..300_u64, 0..30_u64, 0..300_u64, 0..40_u64, 0..40_u64).prop_map(
        |(read, unknown, add, replace, remove)| Counts {
            read,
            unknown,
            add,
            replace,
            remove,
        },
    )
}

fn limits() -> impl Strategy<Value = Limits> {
    (0..=100_u8, 0..=100_u8).prop_map(|(change, unknown)| Limits { change, unknown })
}

fn is_open(counts: Counts, limits: Limits) -> bool {
    gate(&counts, &limits) == Gate::Open
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn more_change_never_opens_the_gate(counts in counts(), limits in limits(), more in 1..40_u64) {
        if !is_open(counts, limits) {
            let worse = [
                Counts { replace: counts.replace + more, ..counts },
                Counts { remove: counts.remove + more, ..counts },
                Counts { unknown: counts.unknown + more, ..counts },
            ];
            prop_assert!(worse.iter().all(|counts| !is_open(*counts, limits)));
        }
    }

    #[test]
    fn more_room_never_closes_the_gate(counts in counts(), limits in limits(), more in 0..50_u8) {
        if is_open(counts, limits) {
            let wider = Limits {
                change: limits.change.saturating_add(more),
                unknown: limits.unknown.saturating_add(more),
            };
            prop_assert!(is_open(counts, wider));
            let more_read = Counts { read: counts.read + u64::from(more), ..counts };
            prop_assert!(is_open(more_read, limits));
        }
    }

    #[test]
    fn what_is_added_never_counts(counts in counts(), limits in limits(), add: u64) {
        prop_assert_eq!(gate(&counts, &limits), gate(&Counts { add, ..counts }, &limits));
    }

    #[test]
    fn a_closed_gate_says_why(counts in counts(), limits in limits()) {
        if let Gate::Closed { reasons } = gate(&counts, &limits) {
            prop_assert!(!reasons.is_empty());
        }
    }
}
