//! The root and the organizational units: they are given and do not change.

use super::ORGANIZATION_ID;

/// The organization's root.
pub(crate) const ROOT: &str = "r-exam";

/// Every unit with its parent.
pub(super) const UNITS: [(&str, &str); 5] = [
    ("ou-exam-workloads", ROOT),
    ("ou-exam-production", "ou-exam-workloads"),
    ("ou-exam-staging1", "ou-exam-workloads"),
    ("ou-exam-sandboxes", ROOT),
    ("ou-exam-suspended", ROOT),
];

/// Whether this is the root or a unit.
pub(crate) fn exists(id: &str) -> bool {
    id == ROOT || UNITS.iter().any(|(unit, _)| *unit == id)
}

/// The parent of a unit.
pub(crate) fn parent(id: &str) -> Option<&'static str> {
    UNITS
        .iter()
        .find_map(|(unit, parent)| (*unit == id).then_some(*parent))
}

/// The path of the root or a unit, with a slash at its end.
pub(super) fn path(id: &str) -> String {
    match parent(id) {
        Some(parent) => format!("{}{id}/", path(parent)),
        None => format!("{ORGANIZATION_ID}/{ROOT}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_every_parent() {
        assert_eq!(
            path("ou-exam-production"),
            "o-exampleorg1/r-exam/ou-exam-workloads/ou-exam-production/"
        );
    }
}
