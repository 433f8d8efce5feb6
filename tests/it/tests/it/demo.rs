//! `make demo`, the first command that a new user types.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use it::local::root;

fn demo(policy: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_demo"))
        .env("POLICY", policy)
        .output()
        .unwrap()
}

/// With a policy of the user's own: that of the README.
#[test]
fn the_first_command_shows_what_it_promises() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, policy) = readme.split_once("```yaml\n").unwrap();
    let (policy, _) = policy.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.yaml");
    fs::write(&file, policy).unwrap();

    let output = demo(&file);
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}{errors}");
    let count = |word: &str| text.matches(word).count();
    assert_eq!(count("| AccountCreationSucceeded"), 4, "{text}");
    assert_eq!(count("| AccountCreationFailed"), 2, "{text}");
    assert_eq!(count("| ContactsStamped"), 4, "{text}");
    // What its policy names: no account has the tag that its OPERATIONS take.
    assert_eq!(count("SECURITY match: nothing"), 4, "{text}");
    assert!(!text.contains("BILLING"), "{text}");
    for place in text
        .split(' ')
        .map(str::trim)
        .filter(|it| it.ends_with("report.html"))
    {
        assert!(
            fs::read_to_string(place).unwrap().contains("<html"),
            "{place}"
        );
    }
    assert_eq!(count("report.html"), 2, "{text}");
}

#[test]
fn a_policy_that_is_refused_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.yaml");
    let policy = "version: 1\norganization:\n  contacts:\n    SECURITY: {mode: enforce, name: canary, title: T}\n";
    fs::write(&file, policy).unwrap();
    let output = demo(&file);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("policy.yaml is refused"), "{text}");
    assert!(
        text.contains("organization.contacts.SECURITY.emailAddress"),
        "{text}"
    );
    assert!(
        !text.contains("MiniStack") && !text.contains("canary"),
        "{text}"
    );
}
