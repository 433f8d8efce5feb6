//! The table of scenarios, and what the stubs have to do in each.

use std::collections::BTreeMap;

use it::local::Machine;
use serde_json::{Value, json};

const TABLE: &str = include_str!("scenarios.txt");

/// One paragraph of the table.
#[derive(Debug)]
pub(super) struct Scenario {
    /// Also the name of the execution, and so the id of the sweep.
    pub(super) name: &'static str,
    rows: Vec<(&'static str, &'static str)>,
}

/// All of the table.
pub(super) fn scenarios() -> Vec<Scenario> {
    let paragraphs = TABLE.split("\n\n").skip_while(|it| it.starts_with('#'));
    paragraphs.map(Scenario::read).collect()
}

impl Scenario {
    fn read(paragraph: &'static str) -> Self {
        let (name, rows) = paragraph.split_once('\n').unwrap();
        let row = |row: &'static str| {
            let (key, value) = row.trim().split_once(' ').unwrap();
            (key, value.trim())
        };
        Self {
            name,
            rows: rows.lines().map(row).collect(),
        }
    }

    /// The one row with this key; empty where there is none.
    pub(super) fn row(&self, key: &str) -> &'static str {
        self.rows(key).next().unwrap_or_default()
    }

    fn rows(&self, key: &str) -> impl Iterator<Item = &'static str> {
        self.rows
            .iter()
            .filter_map(move |(name, value)| (*name == key).then_some(*value))
    }

    /// What the execution is started with.
    pub(super) fn input(&self) -> Value {
        serde_json::from_str(self.row("input")).unwrap()
    }

    /// What the stubs do.
    pub(super) fn script(&self) -> Value {
        json!({"answers": self.answers(), "faults": self.faults()})
    }

    fn faults(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut faults: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in self.rows("faults") {
            let (call, errors) = row.split_once(' ').unwrap();
            for error in errors.split(' ') {
                let (error, times) = error.split_once('*').unwrap_or((error, "1"));
                let errors = std::iter::repeat_n(error, times.parse().unwrap());
                faults.entry(call).or_default().extend(errors);
            }
        }
        faults
    }

    /// Where the sweep stands after each step.
    fn answers(&self) -> Vec<Value> {
        let kind = self.input()["kind"].as_str().map(str::to_owned);
        let mut sweep = json!({
            "id": self.name,
            "kind": kind.as_deref().unwrap_or("contacts"),
            "phase": if kind.as_deref() == Some("govcloud") { "audit" } else { "plan" },
            "round": 1,
            "fruitless": 0,
            "wait": 0,
            "items": {"bucket": "", "key": ""},
            "started": "2026-11-25T10:00:00Z",
        });
        let mut answer = |word: &str| {
            step(&mut sweep, word);
            sweep.clone()
        };
        let words = self.row("answers").split_whitespace();
        words.map(&mut answer).collect()
    }

    /// The lists of batches that the answers name.
    pub(super) fn lists(&self) -> BTreeMap<String, Value> {
        let count = match self.row("batches") {
            "missing" => return BTreeMap::new(),
            "" => 2,
            count => count.parse().unwrap(),
        };
        let answers = self.answers().into_iter();
        let keys = answers.filter_map(|sweep| sweep["items"]["key"].as_str().map(str::to_owned));
        keys.filter(|key| !key.is_empty())
            .map(|key| {
                let items = (1..=count).map(|number| item(&key, &number.to_string()));
                let items = items.collect();
                (key, items)
            })
            .collect()
    }
}

/// A batch of a list.
pub(super) fn item(list: &str, number: &str) -> Value {
    let place = list.trim_end_matches("items.json");
    json!({"batch": format!("{place}batch-{number}.json"), "result": format!("{place}result-{number}.json")})
}

/// Moves a sweep on as its steps do: to a step, or to another round of batches, or to those of the plan.
fn step(sweep: &mut Value, word: &str) {
    sweep["next"] = match word {
        "round" | "apply" | "whenever" => "batches",
        step => step,
    }
    .into();
    match word {
        "round" => {
            sweep["round"] = (sweep["round"].as_u64().unwrap() + 1).into();
            sweep["wait"] = 40.into();
        }
        "apply" => {
            sweep["phase"] = "apply".into();
            sweep["round"] = 1.into();
            sweep["wait"] = 0.into();
        }
        "whenever" => sweep["wait"] = "whenever".into(),
        "nothing" => return *sweep = Value::Null,
        _ => {}
    }
    if sweep["next"] == "batches" {
        let text = |member: &str| sweep[member].as_str().unwrap();
        let (id, phase, round) = (text("id"), text("phase"), &sweep["round"]);
        let key = format!("sweeps/{id}/{phase}-{round}/items.json");
        sweep["items"] = json!({"bucket": Machine::BUCKET, "key": key});
    }
}
