//! The long versions of the proofs: prints every figure, and writes all of them to `results.json`; of some proofs alone,
//! to `some.json`.
#![expect(clippy::print_stdout, reason = "a person reads this")]

use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::Parser;
use clap::builder::PossibleValuesParser;
use it::local::root;
use it::proof::crash::Share;
use it::proof::freeze::Death;
use it::proof::schedules::Listed;
use it::proof::{
    Bound, Figure, Told, crash, deadlines, deliveries, faults, freeze, interleavings, repeats,
    schedules, storms,
};
use mimalloc::MiMalloc;
use serde_json::Value;

#[global_allocator]
static HEAP: MiMalloc = MiMalloc;

/// Small worlds of the poller: with so many requests each.
const WORLDS: [usize; 20] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
];

/// Freezes of each kind. After the last one each invocation waits for a call's time limit.
const FREEZES: [(Death, usize); 3] = [
    (Death::Closed, 500),
    (Death::Reset, 500),
    (Death::Silent, 20),
];

/// What `make fuzz`, `make mutants` and `make generated-mutants` leave, in the same folder and form. All but the last are
/// made before this.
const OTHERS: [&str; 3] = ["fuzz.json", "mutants.json", "generated.json"];

/// Which proofs, and how long the schedules are.
#[derive(Debug, Parser)]
struct Options {
    /// These proofs only.
    #[arg(value_parser = PossibleValuesParser::new(PROOFS.map(|(name, _)| name)))]
    proofs: Vec<String>,
    /// Schedules of the poller, one for each seed.
    #[arg(long, env = "SEEDS", default_value_t = 100)]
    seeds: u64,
    /// The first of the seeds.
    #[arg(long, env = "FIRST_SEED", default_value_t = 0)]
    first_seed: u64,
    /// Creation requests of each; of `unlisted` a tenth.
    #[arg(long, env = "REQUESTS", default_value_t = 10_000)]
    requests: usize,
    /// Where the figures go.
    #[arg(long, default_value_os_t = root().join("target/reliability"))]
    folder: PathBuf,
}

/// What a proof found.
struct Found {
    /// What tells each broken story again.
    broken: Vec<String>,
    figures: Vec<Figure>,
}

impl Found {
    fn new<T>(scene: &str, told: &Told<T>, figures: impl Into<Vec<Figure>>) -> Self {
        Self {
            broken: broken([(scene, told)].into_iter()),
            figures: figures.into(),
        }
    }
}

type Proof = fn(&Options) -> Vec<Found>;

/// The proofs in their order. The first waits most of the time: the others are made beside it.
const PROOFS: [(&str, Proof); 10] = [
    ("freezes", |_| FREEZES.map(thaw).into()),
    ("crashes", |_| crashes()),
    ("orders", |_| orders()),
    ("deliveries", |_| deliveries()),
    ("faults", |_| faults()),
    ("deadlines", |_| deadlines()),
    ("repeats", |_| repeats()),
    ("storms", |_| storms()),
    ("unlisted", unlisted),
    ("schedules", schedules),
];

fn main() -> ExitCode {
    let options = Options::parse();
    let mut book = Book {
        begun: Instant::now(),
        figures: Vec::new(),
    };
    let wanted =
        |name: &str| options.proofs.is_empty() || options.proofs.iter().any(|it| it == name);
    let [(beside, waits), rest @ ..] = PROOFS;
    thread::scope(|scope| {
        let waits = wanted(beside).then(|| scope.spawn(|| waits(&options)));
        for (_, proof) in rest.into_iter().filter(|(name, _)| wanted(name)) {
            book.enter(proof(&options));
        }
        if let Some(waits) = waits {
            book.enter(waits.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
    });
    book.close(&options.folder, options.proofs.is_empty())
}

fn thaw((death, times): (Death, usize)) -> Found {
    let end = freeze::freeze(times, death).unwrap_or_default();
    Found {
        broken: Vec::new(),
        figures: freeze::figures(death, times, end).into(),
    }
}

fn crashes() -> Vec<Found> {
    let mut scenes = crash::scenes(&WORLDS);
    let share = Share {
        effects: 1,
        reads: 9,
    };
    scenes.extend(crash::longer_scenes(share));
    vec![Found {
        broken: broken(
            scenes
                .iter()
                .map(|scene| (scene.name.as_str(), &scene.told)),
        ),
        figures: crash::figures(&scenes, 10_000),
    }]
}

fn orders() -> Vec<Found> {
    let scenes = interleavings::SCENES.map(|scene| (scene, interleavings::all_orders(scene)));
    vec![Found {
        broken: broken(scenes.iter().map(|(scene, told)| (scene.name, told))),
        figures: interleavings::figures(&scenes),
    }]
}

fn deliveries() -> Vec<Found> {
    // The second sweep comes after the first one, too; the event never does.
    let runs = 1_000;
    let offsets = |step: u64| (0..runs).map(|it| it * step).collect::<Vec<_>>();
    let pairs = deliveries::two_sweeps(&offsets(7));
    let shuffled = deliveries::shuffled(runs);
    let meetings = deliveries::sweep_and_event(&offsets(5));
    let records = "records in any order";
    vec![
        Found::new(
            "two sweeps at once",
            &pairs,
            deliveries::pair_figures(runs, &pairs),
        ),
        Found::new(
            records,
            &shuffled,
            deliveries::figures(records, runs, &shuffled),
        ),
        Found::new(
            "an event in a sweep",
            &meetings,
            deliveries::meeting_figures(runs, &meetings),
        ),
    ]
}

fn faults() -> Vec<Found> {
    let scenes = faults::scenes(100);
    vec![Found {
        broken: broken(
            scenes
                .iter()
                .map(|scene| (scene.name.as_str(), &scene.told)),
        ),
        figures: faults::figures(5_000, &scenes),
    }]
}

fn deadlines() -> Vec<Found> {
    let offsets = 1_000;
    let scenes = deadlines::scenes(offsets);
    vec![Found {
        broken: broken(scenes.iter().map(|scene| (scene.name, &scene.told))),
        figures: deadlines::figures(offsets, &scenes),
    }]
}

fn repeats() -> Vec<Found> {
    let found = repeats::KINDS.map(|kind| {
        let kills = 200;
        let (peace, told) = repeats::kills(kind, kills);
        let figures = repeats::figures(kind, kills as u64, peace, &told);
        Found::new(&format!("{kind:?}"), &told, figures)
    });
    found.into()
}

fn storms() -> Vec<Found> {
    let (storm, neighbour) = (storms::storm(), storms::neighbour());
    vec![
        Found::new("storm", &storm, storms::storm_figures(&storm)),
        Found::new(
            "neighbour",
            &neighbour,
            storms::neighbour_figures(&neighbour),
        ),
    ]
}

fn schedules(options: &Options) -> Vec<Found> {
    scheduled(options, options.requests, Listed::Always)
}

/// A tenth of the requests: these are asked for one by one.
fn unlisted(options: &Options) -> Vec<Found> {
    scheduled(options, options.requests / 10, Listed::UntilOpen)
}

fn scheduled(options: &Options, requests: usize, listed: Listed) -> Vec<Found> {
    let seeds = options.first_seed..options.first_seed + options.seeds;
    let told = schedules::schedules(requests, seeds, listed);
    let figures = schedules::figures(listed, requests, options.seeds, &told);
    vec![Found::new(listed.scene(), &told, figures)]
}

/// What tells the stories again: the scene, and the case in it.
fn broken<'a, T: 'a>(scenes: impl Iterator<Item = (&'a str, &'a Told<T>)>) -> Vec<String> {
    let broken = scenes.flat_map(|(name, told)| told.broken.iter().map(move |it| (name, it)));
    broken.map(|(name, it)| format!("{name}: {it}")).collect()
}

/// Where figures are entered.
struct Book {
    begun: Instant,
    figures: Vec<Figure>,
}

impl Book {
    fn enter(&mut self, found: Vec<Found>) {
        println!("\n{} s", self.begun.elapsed().as_secs());
        for Found { broken, figures } in found {
            for story in broken.iter().take(60) {
                println!("BROKEN {story}");
            }
            for figure in &figures {
                println!("{figure}");
            }
            self.figures.extend(figures);
        }
    }

    /// Writes all figures, those of the other commands too. Some proofs alone leave the figures of all as they are.
    fn close(self, folder: &Path, is_whole: bool) -> ExitCode {
        let mut results: Vec<Value> = self.figures.iter().map(Figure::json).collect();
        for other in OTHERS {
            let text = fs::read_to_string(folder.join(other)).unwrap_or_default();
            let figures = serde_json::from_str::<Vec<Value>>(&text);
            if figures.is_err() && is_whole && other != OTHERS[2] {
                let missing = format!("{other}, which is made before");
                results.push(Figure::new(missing, 0, "files", Bound::Exactly(1)).json());
            }
            results.extend(figures.unwrap_or_default());
        }
        let broken: Vec<_> = results.iter().filter(|it| it["holds"] != true).collect();
        println!(
            "\n{} figures, {} of them broken, after {} s",
            results.len(),
            broken.len(),
            self.begun.elapsed().as_secs()
        );
        for figure in &broken {
            println!("BROKEN {figure}");
        }
        let file = if is_whole {
            "results.json"
        } else {
            "some.json"
        };
        let text = serde_json::to_string_pretty(&results).unwrap_or_default();
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(file), text));
        match written {
            Ok(()) if broken.is_empty() => ExitCode::SUCCESS,
            Ok(()) => ExitCode::FAILURE,
            Err(error) => {
                println!("The figures cannot be written: {error}");
                ExitCode::FAILURE
            }
        }
    }
}
