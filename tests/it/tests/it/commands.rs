//! Every command that the documentation tells: what needs no AWS account is run by a test, or says that none does; the rest
//! says that it needs one, and is what AWS, SAM and the template know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use it::local::root;
use serde_json::Value;

use crate::template::read_template;

/// The first line of a block whose commands need an account.
const BLOCK: &str = "# Needs an AWS account";
/// What a page says of all its commands.
const PAGE: &str =
    "need an AWS account; replace what stands in angle brackets by the stack's outputs.";

/// The first line of a block that is left to people, as the table of CONTRIBUTING.md must say.
const BY_HAND: &str = "# No test runs it.";

/// What the tests of `demo` run.
const RUN: [&str; 1] = ["make demo"];

/// A command of a page.
#[derive(Debug)]
struct Told {
    page: String,
    text: String,
    is_marked: bool,
    is_by_hand: bool,
}

fn pages() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).unwrap();
    let docs = docs.map(|file| format!("docs/{}", file.unwrap().file_name().to_str().unwrap()));
    let mut pages: Vec<_> = docs.filter(|name| name.ends_with(".md")).collect();
    pages.extend(["README.md", "CONTRIBUTING.md"].map(str::to_owned));
    pages
}

/// The commands of a block, each in one line, without comments.
fn commands(block: &str) -> Vec<String> {
    let lines = block.replace("\\\n", " ");
    let lines = lines
        .lines()
        .flat_map(|line| line.split(" # ").next().unwrap().split(" && "));
    let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

fn told() -> Vec<Told> {
    let mut told = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let is_page_marked = text.contains(PAGE);
        let mut rest = String::new();
        for (index, part) in text.split("```").enumerate() {
            let Some(block) = part.strip_prefix("sh\n").filter(|_| index % 2 == 1) else {
                rest += if index % 2 == 0 { part } else { "" };
                continue;
            };
            let is_marked = is_page_marked || block.trim_start().starts_with(BLOCK);
            let is_by_hand = block.lines().next() == Some(BY_HAND);
            told.extend(commands(block).into_iter().map(|text| Told {
                page: page.clone(),
                text,
                is_marked,
                is_by_hand,
            }));
        }
        let inline = rest.split('`').skip(1).step_by(2);
        let inline =
            inline.filter(|text| text.starts_with("aws ") || text.starts_with("sam deploy"));
        told.extend(inline.map(|text| Told {
            page: page.clone(),
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            is_marked: is_page_marked,
            is_by_hand: false,
        }));
    }
    told
}

/// What a person answers there is saved, and given again by each later deployment, whatever the stack has by then.
#[test]
fn no_command_saves_parameters() {
    for Told { page, text, .. } in told() {
        assert!(
            !text.starts_with("sam deploy") || !text.contains("--guided"),
            "{page}: {text}"
        );
    }
}

#[test]
fn what_needs_an_account_says_so_and_the_rest_is_run() {
    let told = told();
    assert!(20 < told.len(), "{told:#?}");
    let guide = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    for Told {
        page,
        text,
        is_marked,
        is_by_hand,
    } in &told
    {
        let is_run = RUN.contains(&text.as_str());
        assert!(
            [is_run, *is_marked, *is_by_hand] == [true, false, false]
                || !is_run && is_marked != is_by_hand,
            "{page}: {text}"
        );
        let row = format!("| `{text}` | ");
        let row = guide.lines().find(|line| line.starts_with(&row));
        let is_left = row.is_some_and(|row| row.contains(" | a person who "));
        assert!(!is_by_hand || is_left, "{page}: {text}");
    }
    for command in RUN {
        assert!(told.iter().any(|it| it.text == command), "{command}");
    }
}

/// Who runs each target of the Makefile, and that pages tell of no other.
#[test]
fn every_target_is_run_by_whom_the_table_says() {
    let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let makefile = read("Makefile");
    let prerequisites: BTreeMap<_, BTreeSet<_>> = makefile
        .lines()
        .filter_map(|line| line.split_once(" ## ")?.0.split_once(':'))
        .map(|(target, needs)| (target, needs.split_whitespace().collect()))
        .collect();
    let workflow = read(".github/workflows/test.yml");
    let hosted: BTreeSet<_> = workflow
        .lines()
        .filter_map(|line| line.split_once("run: make "))
        .flat_map(|(_, targets)| targets.split(' '))
        .collect();
    let guide = read("CONTRIBUTING.md");
    let mut told = BTreeSet::from(["help"]);
    for row in guide.lines().filter(|line| line.starts_with("| `make ")) {
        let cells: Vec<_> = row.split(" | ").collect();
        let [targets, _, who] = cells[..] else {
            panic!("{row}")
        };
        let targets: BTreeSet<_> = made(targets).collect();
        if who.contains("the hosted workflow") {
            assert!(targets.is_subset(&hosted), "{row}");
        }
        if who.contains("each week") {
            assert!(workflow.contains("\n  schedule:"), "{row}");
        }
        if let Some(whole) = made(who).next() {
            assert!(targets.is_subset(&prerequisites[whole]), "{row}");
        }
        told.extend(targets);
    }
    assert_eq!(told, prerequisites.keys().copied().collect());
    for page in pages() {
        let text = read(&page);
        for target in made(&text) {
            assert!(told.contains(target), "{page}: make {target}");
        }
    }
    for Told { page, text, .. } in self::told() {
        if let Some(target) = text.strip_prefix("make ") {
            assert!(told.contains(target), "{page}: {text}");
        }
    }
}

/// The targets of a text's commands in backticks.
fn made(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter_map(|code| code.split_once("make "))
        .filter(|(before, _)| {
            before
                .split(' ')
                .all(|it| it.is_empty() || it.contains('='))
        })
        .filter_map(|(_, targets)| targets.split(' ').next())
}

/// The operations, options and required options of commands of the AWS CLI.
#[test]
fn the_commands_are_those_that_aws_knows() {
    let mut script = Command::new(root().join(".venvs/boto3/bin/python"))
        .arg("-c")
        .arg(include_str!("commands.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = script.stdin.take().unwrap();
    for Told { text, .. } in told().iter().filter(|it| it.text.starts_with("aws ")) {
        writeln!(stdin, "{text}").unwrap();
    }
    drop(stdin);
    let output = script.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
}

#[test]
fn the_parameters_outputs_and_files_of_commands_are_there() {
    let templates = ["template.yaml", "forward-events.yaml"];
    let templates: BTreeMap<_, _> = templates.map(|file| (file, read_template(file))).into();
    let outputs = names(&templates["template.yaml"]["Outputs"]);
    // What the reader writes, and what a command writes.
    let not_here = ["policy.yaml"];
    for Told { page, text, .. } in told() {
        let template = text.split_once("--template-file ").map(|(_, rest)| rest);
        let template = template.map_or("template.yaml", |rest| rest.split(' ').next().unwrap());
        let parameters = templates.get(template).map(|it| names(&it["Parameters"]));
        let given = text
            .split_once("--parameter-overrides ")
            .map_or("", |(_, rest)| rest);
        for parameter in given.split(' ').filter(|it| !it.is_empty()) {
            let (name, _) = parameter.split_once('=').unwrap();
            let is_there = parameters.as_ref().is_some_and(|it| it.contains(name));
            assert!(is_there, "{page}: {template} has no {name}");
        }
        let files = text
            .split(' ')
            .filter_map(|word| word.strip_prefix("file://"));
        let event = text.split_once(" -e ").map(|(_, rest)| rest);
        for file in files.chain(event).filter(|file| !not_here.contains(file)) {
            assert!(root().join(file).exists(), "{page}: {file}");
        }
        for place in text.split('<').skip(1) {
            let (place, _) = place.split_once('>').unwrap();
            let name = place.trim_end_matches(" of the outputs");
            let name = name.trim_start_matches("ARN of the queue at ");
            let other = ["id", "receipt handle", "request id", "sweep id"];
            let is_there = outputs.contains(name) || other.contains(&name);
            assert!(is_there, "{page}: no output {name}");
        }
    }
}

/// Of samconfig.toml: the pages tell of each but the tests' own, and each gives what its template knows.
#[test]
fn the_environments_are_told_and_fit_their_templates() {
    let script =
        "import json, tomlkit; print(json.dumps(tomlkit.load(open('samconfig.toml')).unwrap()))";
    let output = Command::new(root().join(".venvs/sam/bin/python"))
        .args(["-c", script])
        .current_dir(root())
        .output()
        .unwrap();
    let environments: Value = serde_json::from_slice(&output.stdout).unwrap();
    let environments = environments.as_object().unwrap().iter();
    let environments: BTreeMap<_, _> = environments.filter(|(_, it)| it.is_object()).collect();
    let mut there: BTreeSet<_> = environments.keys().map(|it| it.as_str()).collect();
    for (name, environment) in environments {
        for command in ["build", "deploy"] {
            let parameters = &environment[command]["parameters"];
            let template = parameters["template_file"].as_str();
            let known = &read_template(template.unwrap_or("template.yaml"))["Parameters"];
            let given = parameters["parameter_overrides"].as_array().into_iter();
            for given in given.flatten() {
                let (parameter, value) = given.as_str().unwrap().split_once('=').unwrap();
                let known = known.get(parameter);
                let known = known.unwrap_or_else(|| panic!("{name} gives {parameter}"));
                let is_refused = known["AllowedPattern"].is_string();
                assert!(value != "FILL-ME-IN" || is_refused, "{name}: {parameter}");
            }
        }
    }
    there.remove("local");
    let page = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let rows = page.lines().skip_while(|it| !it.starts_with("| where |"));
    let rows = rows.skip(2).take_while(|it| it.starts_with('|'));
    let told: BTreeSet<_> = rows
        .flat_map(|row| {
            let cells: Vec<_> = row.split('|').collect();
            let names = [cells[2], cells[3]].map(|cell| cell.split('`').skip(1).step_by(2));
            names.into_iter().flatten()
        })
        .filter(|it| it.chars().all(|it| it.is_ascii_alphanumeric()))
        .collect();
    assert_eq!(told, there);
    for Told { page, text, .. } in self::told() {
        if let Some((_, name)) = text.split_once("--config-env ") {
            let name = name.split(' ').next().unwrap();
            assert!(there.contains(name), "{page}: {text}");
        }
    }
}

fn names(members: &Value) -> BTreeSet<String> {
    members.as_object().unwrap().keys().cloned().collect()
}
