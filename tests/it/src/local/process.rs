//! Programs that end when their owner does.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::{Error, paths};

/// A program and all it starts; dropping this ends them.
#[derive(Debug)]
pub(super) struct Process {
    guard: Child,
}

impl Process {
    /// Starts `command` in the project's folder, with the environment it names and no other; its output goes to `log`.
    pub(super) fn start(command: &Command, log: &Path) -> Result<Self, Error> {
        let log = File::create(log)?;
        let guard = guarded(command)?
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self { guard })
    }

    /// The same for a program whose first line of standard output is for the caller.
    pub(super) fn start_and_read(command: &Command, log: &Path) -> Result<(Self, String), Error> {
        let mut guard = guarded(command)?
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .spawn()?;
        let stdout = guard.stdout.take();
        let process = Self { guard };
        let line = stdout.map(first_line).transpose()?.unwrap_or_default();
        if line.is_empty() {
            return Err(format!("{command:?} said nothing; see {}", log.display()).into());
        }
        Ok((process, line))
    }

    /// Waits for its end.
    pub(super) fn finish(mut self) -> Result<ExitStatus, Error> {
        // Waiting for a child closes its standard input, which would end it.
        let _open = self.guard.stdin.take();
        Ok(self.guard.wait()?)
    }

    /// Whether it is still there.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.guard.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // It has no one to report to by now, and its end is all that counts.
        _ = self.guard.wait();
    }
}

/// The command behind the guard that ends it when its standard input, our pipe, closes.
fn guarded(command: &Command) -> Result<Command, Error> {
    let mut guard = Command::new(paths::tool("boto3/bin/python")?);
    guard
        .args([
            OsStr::new("-c"),
            OsStr::new(include_str!("guard.py")),
            command.get_program(),
        ])
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(paths::root())
        .stdin(Stdio::piped());
    Ok(guard)
}

fn first_line(stdout: ChildStdout) -> Result<String, Error> {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    Ok(line)
}
