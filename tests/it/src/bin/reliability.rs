//! The long versions of the proofs: prints every figure, and writes all of them to `target/reliability/results.json`.
#![expect(clippy::print_stdout, reason = "a person reads this")]

use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::Parser;
use it::local::root;
use it::proof::freeze::Death;
use it::proof::{
    Figure, Told, crash, deadlines, deliveries, faults, freeze, interleavings, repeats, schedules,
    storms,
};
use serde_json::Value;

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

/// What `make fuzz`, `make mutants` and `make generated-mutants` leave, in the same folder and form.
const OTHERS: [&str; 3] = ["fuzz.json", "mutants.json", "generated.json"];

/// How long the schedules are.
#[derive(Debug, Parser)]
struct Options {
    /// Schedules of the poller, one for each seed.
    #[arg(long, env = "SEEDS", default_value_t = 100)]
    seeds: u64,
    /// Creation requests of each.
    #[arg(long, env = "REQUESTS", default_value_t = 10_000)]
    requests: usize,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut book = Book {
        begun: Instant::now(),
        figures: Vec::new(),
    };
    // This one waits most of the time.
    let frozen = thread::spawn(|| FREEZES.map(thaw));

    let mut scenes = crash::scenes(&WORLDS);
    scenes.extend(crash::longer_scenes());
    scenes
        .iter()
        .for_each(|scene| book.tell_broken(&scene.told));
    book.enter(crash::figures(&scenes, 10_000));
    for scene in interleavings::SCENES {
        let told = interleavings::all_orders(scene);
        book.tell_broken(&told);
        book.enter(interleavings::figures(scene, &told));
    }
    let offsets: Vec<_> = (0..1_000).map(|it| it * 7).collect();
    for (name, told) in [
        ("records in any order", deliveries::shuffled(1_000)),
        ("two sweeps at once", deliveries::two_sweeps(&offsets)),
        ("an event in a sweep", deliveries::sweep_and_event(&offsets)),
    ] {
        book.tell_broken(&told);
        book.enter(deliveries::figures(name, &told).into());
    }
    let scenes = faults::scenes(100);
    scenes
        .iter()
        .for_each(|scene| book.tell_broken(&scene.told));
    book.enter(faults::figures(&scenes));
    let scenes = deadlines::scenes(1_000);
    scenes
        .iter()
        .for_each(|scene| book.tell_broken(&scene.told));
    book.enter(deadlines::figures(&scenes));
    let (peace, told) = repeats::kills(200);
    book.tell_broken(&told);
    book.enter(repeats::figures(peace, &told));
    let told = storms::storm();
    book.tell_broken(&told);
    book.enter(storms::storm_figures(&told));
    let told = storms::neighbour();
    book.tell_broken(&told);
    book.enter(storms::neighbour_figures(&told));
    let told = schedules::schedules(options.requests, 0..options.seeds);
    book.tell_broken(&told);
    book.enter(schedules::figures(options.requests, &told));
    if let Ok(figures) = frozen.join() {
        book.enter(figures.concat());
    }
    book.close()
}

fn thaw((death, times): (Death, usize)) -> [Figure; 2] {
    let end = freeze::freeze(times, death).unwrap_or_default();
    freeze::figures(death, times, end)
}

/// Where figures are entered.
struct Book {
    begun: Instant,
    figures: Vec<Figure>,
}

impl Book {
    fn enter(&mut self, figures: Vec<Figure>) {
        println!("\n{} s", self.begun.elapsed().as_secs());
        for figure in &figures {
            println!("{figure}");
        }
        self.figures.extend(figures);
    }

    /// What tells a broken story again.
    fn tell_broken<T>(&self, told: &Told<T>) {
        for broken in told.broken.iter().take(5) {
            println!("BROKEN {broken}");
        }
    }

    fn close(self) -> ExitCode {
        let folder = root().join("target/reliability");
        let mut results: Vec<Value> = self.figures.iter().map(Figure::json).collect();
        for other in OTHERS {
            let text = fs::read_to_string(folder.join(other)).unwrap_or_default();
            results.extend(serde_json::from_str::<Vec<Value>>(&text).unwrap_or_default());
        }
        let text = serde_json::to_string_pretty(&results).unwrap_or_default();
        let written =
            fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join("results.json"), text));
        let broken = self.figures.iter().filter(|figure| !figure.holds()).count();
        println!(
            "\n{} figures, {broken} of them broken, after {} s",
            self.figures.len(),
            self.begun.elapsed().as_secs()
        );
        match written {
            Ok(()) if broken == 0 => ExitCode::SUCCESS,
            Ok(()) => ExitCode::FAILURE,
            Err(error) => {
                println!("The figures cannot be written: {error}");
                ExitCode::FAILURE
            }
        }
    }
}
