//! The program behind `make reliability`, with short schedules.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn prove(proofs: &[&str], seeds: &str, folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reliability"))
        .args(proofs)
        .args(["--requests", "20", "--folder"])
        .arg(folder)
        .env("SEEDS", seeds)
        .env("FIRST_SEED", "7")
        .output()
        .unwrap()
}

#[test]
fn every_figure_is_printed_and_written_beside_those_of_the_other_commands() {
    let folder = tempfile::tempdir().unwrap();
    let other = json!([{"name": "fuzz: tags, crashes", "value": 0, "unit": "crashes", "bound": "= 0", "holds": true}]);
    fs::write(folder.path().join("fuzz.json"), other.to_string()).unwrap();

    let output = prove(&["storms", "schedules"], "2", folder.path());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let results = fs::read(folder.path().join("some.json")).unwrap();
    let results: Vec<Value> = serde_json::from_slice(&results).unwrap();
    assert_eq!(results.len(), 14, "{results:#?}");
    let announced = json!({"name": "schedules: requests announced", "value": 40, "unit": "requests", "bound": "= 40",
        "holds": true});
    assert!(results.contains(&announced), "{results:#?}");
    assert!(results.contains(&other[0]), "{results:#?}");
    for figure in &results[..13] {
        assert!(text.contains(figure["name"].as_str().unwrap()), "{text}");
    }
}

#[test]
fn a_figure_that_does_not_hold_fails() {
    let folder = tempfile::tempdir().unwrap();
    let output = prove(&["schedules"], "0", folder.path());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("BROKEN"), "{text}");
    let results = fs::read_to_string(folder.path().join("some.json")).unwrap();
    assert!(results.contains("\"holds\": false"), "{results}");
}
