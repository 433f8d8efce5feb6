//! Faults.

use it::proof::faults::{figures, scenes};

#[test]
fn whatever_aws_refuses_delays_or_garbles_nothing_is_lost() {
    let scenes = scenes(6);
    let broken: Vec<_> = scenes
        .iter()
        .flat_map(|scene| scene.told.broken.iter().map(|it| (&scene.name, it)))
        .collect();
    assert!(broken.is_empty(), "{} broken: {broken:#?}", broken.len());
    for figure in figures(250, &scenes) {
        assert!(figure.holds(), "{figure}");
    }
}
