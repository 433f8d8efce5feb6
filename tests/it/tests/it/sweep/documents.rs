//! What the documentation says of sweeps, held against what is so.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use account_core::govcloud::Misfit;
use account_core::report::{ContactLine, Done, Found, LinkWord};
use account_core::sweep::AccountResult;
use it::local::root;
use it::world::{Sweeping, World};
use organization_sweep::Input;
use serde_json::{Value, json};
use simulator::Options;
use tokio::time::Instant;

use super::{contact_sweep, govcloud_audit, outcome, world_with};

/// Calls a second at `QuotaPercent` 80, and how many contact types the table is made for.
const READS: f64 = 8.0;
const WRITES: f64 = 4.0;
const PAGES: f64 = 6.4;
const LINKS: f64 = 2.4;
const CONTACTS: f64 = 3.0;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap()
}

/// The cells of the rows of the first table that begins with this head.
fn table(text: &str, head: &str) -> Vec<Vec<String>> {
    let lines = text.lines().skip_while(|line| !line.starts_with(head));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<_>> = rows
        .map(|row| {
            let cells = row.trim_matches('|').split(" | ");
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect();
    assert!(!rows.is_empty(), "there is no table {head}");
    rows
}

/// The words between backticks in the first column of a table.
fn words(text: &str, head: &str) -> BTreeSet<String> {
    let rows = table(text, head).into_iter();
    rows.flat_map(|row| quoted(&row[0])).collect()
}

fn quoted(text: &str) -> Vec<String> {
    let parts = text.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// The examples in JSON.
fn examples(path: &str) -> Vec<Value> {
    let text = read(path);
    let blocks = text.split("```json\n").skip(1);
    blocks
        .map(|rest| serde_json::from_str(rest.split_once("```").unwrap().0).unwrap())
        .collect()
}

fn types(schema: &Value) -> BTreeSet<String> {
    let types = schema["properties"]["type"]["enum"].as_array();
    let types = types.into_iter().flatten();
    set(types.map(|it| it.as_str().unwrap()))
}

#[test]
fn the_example_announcements_fit_their_schemas() {
    for name in ["sweeps", "govcloud"] {
        let schema = json(&format!("schemas/{name}.schema.json"));
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut told = BTreeSet::new();
        for example in examples(&format!("docs/{name}.md")) {
            if example.get("summary").is_some() {
                validator.validate(&example).unwrap();
                told.insert(example["type"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(told, types(&schema), "{name}");
    }
}

#[test]
fn every_type_of_announcement_is_told() {
    let mut all = BTreeSet::new();
    for file in fs::read_dir(root().join("schemas")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        all.extend(types(&serde_json::from_str(&text).unwrap()));
    }
    assert_eq!(words(&read("README.md"), "| `type` |"), all);
}

#[test]
fn every_word_is_told() {
    let policy = read("docs/policy.md");
    let found = Found::ALL.iter().map(|word| word.as_str());
    assert_eq!(words(&policy, "| found |"), set(found));
    let done = Done::ALL.iter().map(|word| word.as_str());
    assert_eq!(words(&policy, "| done |"), set(done));
    let govcloud = read("docs/govcloud.md");
    let links = LinkWord::ALL.iter().map(|word| word.as_str());
    assert_eq!(words(&govcloud, "| link |"), set(links));
    let findings = Misfit::ALL.iter().map(|misfit| misfit.as_str());
    assert_eq!(words(&govcloud, "| finding |"), set(findings));
    let schema = json("schemas/govcloud.schema.json");
    let changes = &schema["$defs"]["changed"]["properties"]["change"]["enum"];
    let changes = changes.as_array().unwrap().iter();
    let changes = changes.map(|change| change.as_str().unwrap());
    assert_eq!(words(&govcloud, "| change |"), set(changes));
    let schema = json("schemas/sweep-report.schema.json");
    let outcomes = schema["properties"]["outcome"]["enum"].as_array().unwrap();
    let outcomes = outcomes.iter().map(|outcome| outcome.as_str().unwrap());
    assert_eq!(words(&read("docs/sweeps.md"), "| outcome |"), set(outcomes));
}

#[test]
fn every_input_told_starts_a_sweep() {
    let mut kinds = Vec::new();
    for input in words(&read("docs/sweeps.md"), "| input |") {
        let input = input.replace("<sweep id>", "example");
        let input = Input::read(&serde_json::from_str(&input).unwrap()).unwrap();
        kinds.push(match input {
            Input::Sweep(kind) => kind.as_str(),
            Input::Resume(..) => "resume",
            Input::ApplyPlan(_) => "apply_plan",
        });
    }
    kinds.sort_unstable();
    assert_eq!(kinds, ["apply_plan", "contacts", "govcloud", "resume"]);
}

#[test]
fn the_example_answers_are_as_the_functions_write_them() {
    let policy = examples("docs/policy.md");
    let lines = policy.iter().filter_map(|it| it["contacts"].as_object());
    let lines: Vec<_> = lines.flatten().collect();
    assert!(!lines.is_empty());
    for (contact, line) in lines {
        let again: ContactLine = serde_json::from_value(line.clone()).unwrap();
        assert_eq!(&serde_json::to_value(&again).unwrap(), line);
        assert_eq!(again.contact.as_str(), contact);
    }
    let govcloud = examples("docs/govcloud.md");
    let answer = govcloud.iter().find(|example| example.is_array()).unwrap();
    let again: Vec<AccountResult> = serde_json::from_value(answer.clone()).unwrap();
    assert_eq!(&serde_json::to_value(&again).unwrap(), answer);
}

/// Sweeps at AWS's quotas, in so many accounts.
fn limited(accounts: usize) -> World {
    world_with(Options {
        accounts,
        quotas: true,
        latency: Duration::from_millis(100),
        ..Options::default()
    })
}

#[tokio::test(start_paused = true)]
async fn every_file_told_is_there_and_names_are_where_it_says() {
    let world = world_with(Options::default());
    outcome(&world, &contact_sweep("s")).await;
    for row in table(&read("docs/sweeps.md"), "| key |") {
        for key in quoted(&row[0]) {
            for phase in ["plan", "apply"] {
                let key = key.replace("<phase>", phase).replace("<round>", "1");
                let key = format!("own/sweeps/s/{}", key.replace("<n>", "1"));
                let text = world.objects.get(&key).unwrap();
                let has_names = text.contains(r#""name":"Account "#);
                assert_eq!(has_names, row[2] == "yes", "{key}");
                assert!(!text.contains("canary"), "{key} has a contact");
            }
        }
    }
}

/// What a sweep takes, in seconds: plan, apply of everything, GovCloud audit.
fn floors(accounts: f64) -> [f64; 3] {
    let inventory = (accounts / 20.0).ceil() / PAGES;
    [
        inventory + accounts * CONTACTS / READS,
        accounts * CONTACTS / WRITES,
        inventory + accounts / LINKS,
    ]
}

/// As reports write it.
fn told(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some hours"
    )]
    let seconds = seconds.ceil() as u64;
    match (seconds / 3_600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[test]
fn the_table_of_durations_follows_from_the_quotas() {
    for row in table(&read("docs/sweeps.md"), "| accounts | plan |") {
        let accounts: f64 = row[0].replace(',', "").parse().unwrap();
        assert_eq!(row[1..], floors(accounts).map(told), "{accounts}");
    }
}

#[tokio::test(start_paused = true)]
async fn sweeps_take_as_long_as_is_told() {
    for accounts in [200, 1_000] {
        let world = limited(accounts);
        let mut plan = contact_sweep("plan");
        plan.vars = &[("SWEEP_DRY_RUN", "true")];
        let apply = Sweeping::new("apply", json!({"apply_plan": "plan"}));
        let audit = govcloud_audit("audit");
        let accounts = f64::from(u32::try_from(accounts).unwrap());
        for (sweep, floor) in [plan, apply, audit].iter().zip(floors(accounts)) {
            // Nothing of an earlier pace is left.
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            let begun = Instant::now();
            outcome(&world, sweep).await;
            let ratio = begun.elapsed().as_secs_f64() / floor;
            assert!((0.95..1.1).contains(&ratio), "{}: {ratio}", sweep.name);
        }
    }
}
