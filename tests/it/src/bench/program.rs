//! A function as a running program: how much processor time and memory it took.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;

use super::Error;
use super::runtime::{Runtime, Said};

/// A program that asks the Runtime API for events; dropping this ends it.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    runtime: Runtime,
}

/// What Lambda sets beside the stack's variables: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
const LAMBDA: [(&str, &str); 5] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
];

impl Program {
    /// Starts a program with these variables and no others, and waits until it asks for its first event.
    pub(super) fn start(command: &[String], vars: &[(String, String)]) -> Result<Self, Error> {
        let mut program = Self::spawn(command, vars, Stdio::inherit())?;
        program.wait_for_next()?;
        Ok(program)
    }

    /// The same without waiting; its standard error goes to `log`.
    pub(super) fn spawn(
        command: &[String],
        vars: &[(String, String)],
        log: Stdio,
    ) -> Result<Self, Error> {
        let runtime = Runtime::start()?;
        let (program, arguments) = command.split_first().ok_or("no program")?;
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(LAMBDA)
            .envs(vars.iter().cloned())
            .env(
                "AWS_LAMBDA_RUNTIME_API",
                format!("127.0.0.1:{}", runtime.port),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        Ok(Self { child, runtime })
    }

    /// Waits until it asks for an event.
    pub(super) fn wait_for_next(&mut self) -> Result<(), Error> {
        match self.hear()? {
            Said::Next => Ok(()),
            Said::Answer(body) | Said::Failed(body) => Err(unexpected(&body)),
        }
    }

    /// Hands it an event, and waits until it has answered, with no error, and asks for the next one.
    pub(super) fn invoke(&mut self, event: &str) -> Result<(), Error> {
        self.runtime.send(event)?;
        match self.hear()? {
            Said::Answer(_) => self.wait_for_next(),
            Said::Failed(body) => Err(unexpected(&body)),
            Said::Next => Err("the function asked again before it answered".into()),
        }
    }

    fn hear(&mut self) -> Result<Said, Error> {
        loop {
            if let Some(said) = self.runtime.hear()? {
                return Ok(said);
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the function ended: {status}").into());
            }
        }
    }

    pub(super) fn pid(&self) -> Result<Pid, Error> {
        Ok(Pid::from_raw(self.child.id().try_into()?))
    }

    /// Processor time of all its threads so far.
    pub(super) fn cpu(&self) -> Result<Duration, Error> {
        Ok(clock_getcpuclockid(self.pid()?)?.now()?.into())
    }

    /// The most memory that it had at a time, in bytes (`VmHWM`).
    pub(super) fn peak(&self) -> Result<u64, Error> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: u64 = line
            .ok_or("no VmHWM")?
            .trim_end_matches("kB")
            .trim()
            .parse()?;
        Ok(kib * 1024)
    }

    /// Waits for its end.
    pub(super) fn wait(mut self) -> Result<(), Error> {
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unexpected(body: &[u8]) -> Error {
    format!("the function said {}", String::from_utf8_lossy(body)).into()
}
