//! What the definition provides for: states, ways out of choices, errors retried and caught; and which of it was taken.

use std::collections::{BTreeMap, BTreeSet};

use it::local::{Run, WAIT_SCALE};
use serde_json::Value;

use super::visits::{Visit, lasted, visits, visits_of_batch};

/// The states of a definition by name, those that deal with a batch included.
#[derive(Debug)]
pub(super) struct States<'a> {
    all: BTreeMap<&'a str, &'a Value>,
    /// The part of the definition that deals with a batch.
    batch: &'a Value,
}

impl<'a> States<'a> {
    pub(super) fn of(definition: &'a Value) -> Self {
        let maps = states(definition).filter_map(|(_, state)| state.get("ItemProcessor"));
        let [batch] = maps.collect::<Vec<_>>()[..] else {
            panic!("not one map, but {definition}");
        };
        let all = states(definition).chain(states(batch)).collect();
        Self { all, batch }
    }

    /// Those that call a function.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &Value> {
        let states = self.all.values().copied();
        states.filter(|state| state["Type"] == "Task")
    }

    /// Everything there is.
    pub(super) fn provided(&self) -> BTreeSet<String> {
        let mut provided = BTreeSet::new();
        for (name, state) in &self.all {
            provided.insert((*name).to_owned());
            let choices = members(state, "Choices").map(|choice| &choice["Next"]);
            let ways = choices.chain(state.get("Default"));
            provided.extend(ways.map(|next| way(name, next.as_str().unwrap())));
            for field in ["Retry", "Catch"] {
                provided.extend(labels(name, state, field));
            }
        }
        provided
    }

    /// What an execution took.
    pub(super) fn taken(&self, run: &Run) -> BTreeSet<String> {
        let mut visits = visits(run);
        for visit in &mut visits {
            self.add_errors_of_map(visit);
        }
        self.taken_by(&visits)
    }

    /// What the execution of a batch took.
    pub(super) fn taken_by_batch(&self, run: &Run) -> BTreeSet<String> {
        self.taken_by(&visits_of_batch(self.batch, run))
    }

    /// MiniStack does not tell of the errors of a map: but what is caught is in what comes of it, and what is retried
    /// takes its time.
    fn add_errors_of_map<'v>(&self, visit: &mut Visit<'v>) {
        let state = self.all[visit.state];
        let Some(error) = visit.output["failed"]["Error"].as_str() else {
            return;
        };
        if state["Type"] == "Map" {
            let pause = state["Retry"][0]["IntervalSeconds"].as_f64();
            let is_retried = pause.is_some_and(|pause| pause * WAIT_SCALE <= lasted(visit));
            visit.tries = 1 + usize::from(is_retried);
            visit.errors = vec![error.to_owned(); visit.tries];
        }
    }

    fn taken_by(&self, visits: &[Visit<'_>]) -> BTreeSet<String> {
        let mut taken = BTreeSet::new();
        for (index, visit) in visits.iter().enumerate() {
            let state = self.all[visit.state];
            taken.insert(visit.state.to_owned());
            let Some(next) = visits.get(index + 1) else {
                break;
            };
            if state["Type"] == "Choice" {
                taken.insert(way(visit.state, next.state));
            }
            for (index, error) in visit.errors.iter().enumerate() {
                // After each error but a last one the task began again.
                let field = if index + 1 < visit.tries {
                    "Retry"
                } else {
                    "Catch"
                };
                taken.extend(matching(visit.state, state, field, error));
            }
        }
        taken
    }
}

/// The states of a (part of a) definition.
pub(super) fn states(definition: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let states = definition["States"].as_object().unwrap();
    states.iter().map(|(name, state)| (name.as_str(), state))
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn way(state: &str, next: &str) -> String {
    format!("{state} leads to {next}")
}

/// The errors of all entries of a state's `Retry` or `Catch`.
fn labels(name: &str, state: &Value, field: &str) -> Vec<String> {
    let entries = members(state, field).enumerate();
    let label =
        |index, error: &Value| format!("{name} {field}[{index}] {}", error.as_str().unwrap());
    entries
        .flat_map(|(index, entry)| {
            members(entry, "ErrorEquals").map(move |error| label(index, error))
        })
        .collect()
}

/// The one of them that takes an error: the first.
fn matching(name: &str, state: &Value, field: &str, error: &str) -> Option<String> {
    let takes =
        |label: &String| label.ends_with(&format!(" {error}")) || label.ends_with(" States.ALL");
    labels(name, state, field).into_iter().find(takes)
}
