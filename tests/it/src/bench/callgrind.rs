//! Instructions, counted by valgrind's callgrind: the same each time, on any machine.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};

use super::Error;
use super::program::Program;

/// What a function executes.
#[derive(Clone, Copy, Debug)]
pub struct Instructions {
    /// From its start until it asks for its first event.
    pub start: u64,
    /// From there until it asks for its second event.
    pub first: u64,
}

/// Counts until the program asks for an event: the first one or, where there is an event for it, the second one.
pub(super) fn count(
    command: &[String],
    vars: &[(String, String)],
    folder: &Path,
    event: Option<&str>,
) -> Result<u64, Error> {
    let log = folder.join("callgrind.log");
    let valgrind = ["valgrind", "--tool=callgrind"].map(str::to_owned);
    let out = format!(
        "--callgrind-out-file={}",
        folder.join("callgrind").display()
    );
    let command: Vec<_> = valgrind
        .into_iter()
        .chain([out])
        .chain(command.iter().cloned())
        .collect();
    let mut vars = vars.to_vec();
    vars.push(("PATH".to_owned(), "/usr/bin:/bin".to_owned()));
    let mut program = Program::spawn(&command, &vars, Stdio::from(File::create(&log)?))?;
    program.wait_for_next()?;
    if let Some(event) = event {
        program.invoke(event)?;
    }
    kill(program.pid()?, Signal::SIGTERM)?;
    program.wait()?;
    collected(&fs::read_to_string(&log)?)
}

fn collected(log: &str) -> Result<u64, Error> {
    let line = log.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = line.ok_or_else(|| format!("callgrind counted nothing: {log}"))?;
    Ok(count.trim().parse()?)
}
