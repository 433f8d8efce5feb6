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
    let figures = figures(250, &scenes).into_iter();
    let broken: Vec<_> = figures
        .filter(|it| !it.holds())
        .map(|it| it.to_string())
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
