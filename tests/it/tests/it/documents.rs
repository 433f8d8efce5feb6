//! What README.md and the files beside it say, held against what is so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use creation_poller::Summary;
use it::local::root;
use serde_json::Value;

use crate::template::template;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// What stands between backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the table that begins like this.
fn rows<'a>(page: &'a str, head: &'a str) -> impl Iterator<Item = &'a str> {
    page.lines()
        .skip_while(move |line| !line.starts_with(head))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
}

#[test]
fn the_table_of_parameters_is_the_templates() {
    let readme = read("README.md");
    let mut told = BTreeMap::new();
    for row in rows(&readme, "| parameter |") {
        let cells: Vec<_> = row
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        told.insert(
            cells[0].to_owned(),
            cells[2].trim_start_matches("empty").to_owned(),
        );
    }
    let template = template();
    let parameters = template["Parameters"].as_object().unwrap();
    let default = |parameter: &Value| {
        let default = &parameter["Default"];
        default
            .as_str()
            .map_or_else(|| default.to_string(), str::to_owned)
            .replace("null", "")
    };
    let so: BTreeMap<_, _> = parameters
        .iter()
        .map(|(name, parameter)| (name.clone(), default(parameter)))
        .collect();
    assert_eq!(told, so);
}

#[test]
fn the_table_of_actions_is_the_codes() {
    let page = read("docs/security.md");
    for (name, actions) in [
        ("creation-poller", &creation_poller::ACTIONS[..]),
        ("contact-stamper", &contact_stamper::ACTIONS[..]),
        ("govcloud-auditor", &govcloud_auditor::ACTIONS[..]),
        ("organization-sweep", &organization_sweep::ACTIONS[..]),
        ("doctor", &doctor::ACTIONS[..]),
    ] {
        let head = format!("| {name} | `");
        let row = page.lines().find(|line| line.starts_with(&head)).unwrap();
        assert_eq!(quoted(row), actions.iter().copied().collect(), "{name}");
    }
}

/// The types of all schemas.
#[test]
fn the_table_of_announcements_is_the_schemas() {
    let readme = read("README.md");
    let told = rows(&readme, "| `type` |").filter_map(|row| row.split('`').nth(1));
    let mut so = BTreeSet::new();
    for file in ["account-creation", "contacts", "govcloud", "sweeps"] {
        let schema: Value =
            serde_json::from_str(&read(&format!("schemas/{file}.schema.json"))).unwrap();
        let types = schema["properties"]["type"]["enum"].as_array().unwrap();
        so.extend(types.iter().map(|it| it.as_str().unwrap().to_owned()));
    }
    assert_eq!(told.map(str::to_owned).collect::<BTreeSet<_>>(), so);
}

#[test]
fn the_example_announcement_fits_the_schema() {
    let readme = read("README.md");
    let (_, example) = readme.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let schema = serde_json::from_str(&read("schemas/account-creation.schema.json")).unwrap();
    let example = serde_json::from_str(example).unwrap();
    jsonschema::validator_for(&schema)
        .unwrap()
        .validate(&example)
        .unwrap();
}

#[test]
fn every_sample_event_and_every_count_is_told() {
    let readme = read("README.md");
    for file in fs::read_dir(root().join("events")).unwrap() {
        let name = file.unwrap().file_name();
        let name = format!("events/{}", name.to_str().unwrap());
        assert!(readme.contains(&name), "README.md does not tell of {name}");
    }
    let (_, answer) = readme.split_once("It answers with counts:").unwrap();
    let (answer, _) = answer.split_once("If anything went wrong").unwrap();
    let everything = Summary {
        listed: Some(0),
        scan_elsewhere: true,
        ..Summary::default()
    };
    let everything = serde_json::to_value(everything).unwrap();
    assert_eq!(
        quoted(answer),
        everything
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect()
    );
}

#[test]
fn the_variables_for_sam_local_invoke_are_the_functions() {
    let file: Value = serde_json::from_str(&read("events/env/functions.json")).unwrap();
    let template = template();
    for function in [
        "CreationPoller",
        "ContactStamper",
        "GovCloudAuditor",
        "OrganizationSweep",
        "Doctor",
    ] {
        let variables = file[function].as_object().unwrap();
        let so = &template["Resources"][function]["Properties"]["Environment"]["Variables"];
        let so: BTreeSet<_> = so.as_object().unwrap().keys().collect();
        assert_eq!(variables.keys().collect::<BTreeSet<_>>(), so, "{function}");
        let lookup = |name: &str| match name {
            "AWS_REGION" => Some("us-east-1".to_owned()),
            _ => variables[name].as_str().map(str::to_owned),
        };
        match function {
            "CreationPoller" => drop(creation_poller::Config::from_vars(&lookup).unwrap()),
            "ContactStamper" => drop(contact_stamper::Config::from_vars(&lookup).unwrap()),
            "GovCloudAuditor" => drop(govcloud_auditor::Config::from_vars(&lookup).unwrap()),
            "Doctor" => drop(doctor::Config::from_vars(&lookup).unwrap()),
            _ => drop(organization_sweep::Config::from_vars(&lookup).unwrap()),
        }
    }
    assert!(read("samconfig.toml").contains("env_vars = \"events/env/functions.json\""));
}

/// What `Error::kind` says.
#[test]
fn every_kind_of_error_is_told() {
    let page = read("docs/operations.md");
    let kinds = rows(&page, "| kind |").filter_map(|row| row.split(" | ").next());
    let source = read("shared/account-aws/src/error.rs");
    let (_, kind) = source.split_once("pub fn kind").unwrap();
    let (kind, _) = kind.split_once("pub fn").unwrap();
    let so: BTreeSet<_> = kind.split('"').skip(1).step_by(2).collect();
    assert!(10 < so.len(), "{so:?}");
    assert_eq!(kinds.flat_map(quoted).collect::<BTreeSet<_>>(), so);
}

/// Each mutant, and the test that must catch it.
#[test]
fn every_mutant_is_told_with_its_test() {
    let page = read("docs/reliability.md");
    let mut told: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter_map(|(name, rest)| Some((name.to_owned(), rest.rsplit_once(" | `")?.1)))
        .map(|(name, test)| (name, test.trim_end_matches("` |").to_owned()))
        .collect();
    let mut so = Vec::new();
    for file in fs::read_dir(root().join("tests/mutants")).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "patch")
        {
            let patch = fs::read_to_string(&path).unwrap();
            let test = patch.lines().find_map(|line| line.strip_prefix("Test: "));
            let (_, test) = test.unwrap().split_once(' ').unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            so.push((name, test.trim_end_matches("::").to_owned()));
        }
    }
    told.sort();
    so.sort();
    assert_eq!(told, so);
}

/// A mutant that does not fit the code shows nothing.
#[test]
fn every_mutant_fits() {
    let folder = fs::read_dir(root().join("tests/mutants")).unwrap();
    let files = folder.map(|file| file.unwrap().path());
    for patch in files.filter(|path| path.extension().is_some_and(|it| it == "patch")) {
        let git = Command::new("git")
            .args(["apply", "--check"])
            .arg(&patch)
            .current_dir(root())
            .output()
            .unwrap();
        let problem = String::from_utf8_lossy(&git.stderr);
        assert!(git.status.success(), "{}: {problem}", patch.display());
    }
}

/// A check that is left out has its reason above it.
#[test]
fn no_check_is_left_out_without_a_reason() {
    for file in ["tests/tools/cfn-lint.yaml", "tests/tools/checkov.yaml"] {
        let text = read(file);
        let (_, left_out) = ["ignore_checks:\n", "skip-check:\n"]
            .iter()
            .find_map(|list| text.split_once(list))
            .unwrap();
        let mut reason = String::new();
        for line in left_out.lines() {
            if let Some(comment) = line.trim().strip_prefix("# ") {
                reason += comment;
            } else {
                assert!(30 < reason.len(), "{file}: {line} has no reason");
                reason.clear();
            }
        }
    }
    // Nothing is left out where nobody looks for it.
    let template = read("template.yaml") + &read("key.yaml") + &read("forward-events.yaml");
    for elsewhere in ["checkov:", "ignore_checks", "cfn-lint:"] {
        assert!(!template.contains(elsewhere), "{elsewhere}");
    }
}
