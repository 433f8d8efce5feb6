//! The long versions of the proofs: prints every figure, and writes all of them to `target/reliability/results.json`.
//!
//! `SEEDS` and `REQUESTS` set how long the schedules are.
#![expect(clippy::print_stdout, reason = "a person reads this")]

use std::env;
use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use it::local::root;
use it::proof::{Figure, Told, crash, interleavings, schedules};
use serde_json::Value;

/// Small worlds of the poller: with so many requests each.
const WORLDS: [usize; 20] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
];

fn main() -> ExitCode {
    let mut book = Book {
        begun: Instant::now(),
        figures: Vec::new(),
    };
    let mut scenes = crash::scenes(&WORLDS);
    scenes.extend(crash::longer_scenes());
    for scene in &scenes {
        book.tell_broken(&scene.told);
    }
    book.enter(crash::figures(&scenes, 10_000));
    for scene in interleavings::SCENES {
        let told = interleavings::all_orders(scene);
        book.tell_broken(&told);
        book.enter(interleavings::figures(scene, &told));
    }
    let (requests, seeds) = (number("REQUESTS", 10_000), number("SEEDS", 100));
    let told = schedules::schedules(requests, 0..seeds as u64);
    book.tell_broken(&told);
    book.enter(schedules::figures(requests, &told));
    book.close()
}

fn number(name: &str, usual: usize) -> usize {
    env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
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
        let results: Vec<Value> = self.figures.iter().map(Figure::json).collect();
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
