//! The real definition of the sweeps' state machine in every scenario, with stubs for the functions: which states it
//! enters, what it calls, how it ends. And nothing of the definition is left that no scenario takes.

mod coverage;
mod scenario;
mod visits;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use it::local::{Local, Machine, Run, WAIT_SCALE};
use serde_json::{Value, json};

use coverage::States;
use scenario::{Scenario, item, scenarios};
use visits::{Visit, lasted, visits};

const DEFINITION: &str = include_str!("../../../../../statemachines/organization-sweep.asl.json");
/// What errors say: those of the stubs, and those of MiniStack for a list that is not there.
const TEXTS: [&str; 2] = [Machine::TEXT, "specified key"];
const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn every_scenario_takes_its_way_and_together_they_take_all_there_are() {
    let local = Local::start("state-machine", false).unwrap();
    let machine = Machine::create(&local, DEFINITION).unwrap();
    let states = States::of(&machine.definition);
    let scenarios = scenarios();
    // All at once: most of the time they wait.
    let started: Vec<_> = scenarios.iter().map(|it| start(&machine, it)).collect();

    let mut taken = BTreeSet::new();
    let mut wrong = Vec::new();
    for (scenario, arn) in scenarios.iter().zip(&started) {
        let run = machine.run(arn, LIMIT).unwrap();
        let calls = machine.calls(scenario.name).unwrap();
        wrong.extend(deviations(scenario, &run, &calls));
        check_payloads(scenario, &run, &calls);
        taken.extend(states.taken(&run));
        for batch in machine.batches(arn, LIMIT).unwrap() {
            // What fails would swell the result of the map, as would answers.
            assert_eq!(
                (batch.end.as_str(), &batch.described["output"]),
                ("SUCCEEDED", &json!("{}"))
            );
            taken.extend(states.taken_by_batch(&batch));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    let provided = states.provided();
    let left: Vec<_> = provided.difference(&taken).collect();
    assert!(left.is_empty(), "no scenario takes {left:#?}");
}

/// So the scenarios that use all tries of one step, or of one worker, stand for the others.
#[test]
fn what_is_retried_differs_between_steps_and_batches_only() {
    let definition = serde_json::from_str(DEFINITION).unwrap();
    let mut retries: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for state in States::of(&definition).tasks() {
        let is_step = state["Resource"] == "${OrganizationSweepArn}";
        let retry = state["Retry"].to_string();
        retries.entry(is_step).or_default().insert(retry);
    }
    let kinds: Vec<_> = retries.values().map(BTreeSet::len).collect();
    assert_eq!(kinds, [1, 1], "{retries:#?}");
}

fn start(machine: &Machine<'_>, scenario: &Scenario) -> String {
    for (key, list) in scenario.lists() {
        machine.put(&key, &list).unwrap();
    }
    let (input, script) = (scenario.input(), scenario.script());
    machine.start(scenario.name, &input, &script).unwrap()
}

/// The rows of a scenario that turned out otherwise.
fn deviations(scenario: &Scenario, run: &Run, calls: &[Value]) -> Vec<String> {
    let visits = visits(run);
    let states: Vec<_> = visits.iter().map(|visit| visit.state).collect();
    let rows = [
        ("states", states.join(" ")),
        ("calls", counted(calls.iter().map(call))),
        ("end", run.end.clone()),
        ("waited", waited(scenario.row("waited"), &visits)),
    ];
    let wrong = rows
        .into_iter()
        .filter(|(key, row)| scenario.row(key) != row);
    wrong
        .map(|(key, row)| {
            let (name, expected) = (scenario.name, scenario.row(key));
            format!("\n{name}\n  {key} expected {expected}\n  {key} in fact  {row}\n")
        })
        .collect()
}

/// The name of a call; with what has failed, where it is told of that.
fn call(call: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let failed = &call["event"]["failed"];
    let told = ["step", "error"].map(|member| failed.get(member).map(text));
    let name = Some(text(&call["name"]));
    let parts = [name].into_iter().chain(told).flatten();
    parts.collect::<Vec<_>>().join(":")
}

/// One word for each sequence of the same calls, such as `begin*3`.
fn counted(calls: impl Iterator<Item = String>) -> String {
    let calls: Vec<_> = calls.collect();
    let words = calls
        .chunk_by(|one, other| one == other)
        .map(|same| match same {
            [one] => one.clone(),
            [one, ..] => format!("{one}*{}", same.len()),
            [] => String::new(),
        });
    words.collect::<Vec<_>>().join(" ")
}

/// Gives the row back if a visit to its state lasted at least so many seconds of Step Functions.
fn waited(row: &str, visits: &[Visit<'_>]) -> String {
    let Some((state, seconds)) = row.split_once(' ') else {
        return String::new();
    };
    let visits = visits.iter().filter(|visit| visit.state == state);
    let most = visits
        .map(|visit| lasted(visit) / WAIT_SCALE)
        .fold(0.0, f64::max);
    if seconds.parse::<f64>().unwrap() <= most {
        row.to_owned()
    } else {
        format!("{state} {most}")
    }
}

/// Nothing carries the text of an error, and the functions get what they can read.
fn check_payloads(scenario: &Scenario, run: &Run, calls: &[Value]) {
    let has_text = |value: &Value| TEXTS.iter().any(|text| value.to_string().contains(text));
    for visit in visits(run) {
        // A catcher of a state in JSONPath takes the text along; the next state leaves it behind.
        let (brings, takes) = (visit.state == "Batches", visit.state == "BatchesFailed");
        assert!(
            takes || !has_text(&visit.input),
            "{}: {visit:?}",
            scenario.name
        );
        assert!(
            brings || !has_text(&visit.output),
            "{}: {visit:?}",
            scenario.name
        );
    }
    for member in ["output", "error", "cause"] {
        assert!(
            !has_text(&run.described[member]),
            "{}: {}",
            scenario.name,
            run.described
        );
    }
    for call in calls {
        assert!(!has_text(call), "{}: {call}", scenario.name);
        if scenario.row("read") != "no" {
            check_event(scenario, &call["event"]);
        }
    }
}

/// The functions read what the state machine sends; of a batch, exactly this.
fn check_event(scenario: &Scenario, event: &Value) {
    if event["step"] != "batch" {
        let is_read = organization_sweep::Event::read(event.clone()).is_ok();
        assert!(is_read, "{}: {event}", scenario.name);
        return;
    }
    let batch = event["item"]["batch"].as_str().unwrap();
    let (list, number) = batch.rsplit_once("batch-").unwrap();
    let expected = json!({
        "step": "batch",
        "sweep": scenario.name,
        "kind": scenario.input()["kind"].as_str().unwrap_or("contacts"),
        "phase": event["phase"],
        "round": event["round"],
        "item": item(list, number.trim_end_matches(".json")),
    });
    assert_eq!(*event, expected);
    let phase = event["phase"].as_str().unwrap();
    assert!(
        list.ends_with(&format!("/{phase}-{}/", event["round"])),
        "{event}"
    );
    let is_read = matches!(
        contact_stamper::Event::read(event.clone()),
        Ok(contact_stamper::Event::Sweep(_))
    );
    assert!(is_read, "{event}");
    let is_read = matches!(
        govcloud_auditor::Event::read(event.clone()),
        Ok(govcloud_auditor::Event::Sweep(_))
    );
    assert!(is_read, "{event}");
}
