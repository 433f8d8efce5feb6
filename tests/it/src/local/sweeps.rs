//! Sweeps of the deployed stack.

use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::aws::text;
use super::wait::until;
use super::{Error, Local, Stack};

impl Local {
    /// Starts a sweep; gives the ARN of its execution.
    ///
    /// # Errors
    /// Step Functions refused.
    pub fn start_sweep(&self, stack: &Stack, name: &str, input: &Value) -> Result<String, Error> {
        let execution =
            json!({"stateMachineArn": stack.machine, "name": name, "input": input.to_string()});
        let answer = self
            .aws
            .call("stepfunctions", "start_execution", execution)?;
        text(&answer, "executionArn")
    }

    /// Waits for the end of an execution, and gives its status.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn await_sweep(&self, arn: &str, limit: Duration) -> Result<String, Error> {
        until(&format!("the end of {arn}"), limit, || {
            let status = self.sweep_status(arn)?;
            Ok((status != "RUNNING").then_some(status))
        })
    }

    /// The status of an execution; that of a failed one with its error.
    ///
    /// # Errors
    /// Step Functions does not know it.
    pub fn sweep_status(&self, arn: &str) -> Result<String, Error> {
        let question = json!({"executionArn": arn});
        let answer = self
            .aws
            .call("stepfunctions", "describe_execution", question)?;
        let error = answer["error"].as_str().unwrap_or_default();
        let status = text(&answer, "status")?;
        Ok(format!("{status} {error}").trim().to_owned())
    }

    /// A file of a sweep: `report.json`, `report.csv` or `report.html`.
    ///
    /// # Errors
    /// It is not there.
    pub fn report(&self, stack: &Stack, sweep: &str, file: &str) -> Result<String, Error> {
        let place = json!({"Bucket": stack.bucket, "Key": format!("sweeps/{sweep}/{file}")});
        text(&self.aws.call("s3", "get_object", place)?, "Body")
    }

    /// Puts a file beside the logs; gives its path.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, file: &str, text: &str) -> Result<PathBuf, Error> {
        let path = self.log(file);
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// Kills the programs that run a function, as a crash would; gives their number.
    ///
    /// # Errors
    /// This system has no `/proc`.
    pub fn kill_function(&self, function: &str) -> Result<usize, Error> {
        let mut killed = 0;
        for entry in std::fs::read_dir("/proc")? {
            let path = entry?.path();
            let pid = path.file_name().and_then(|name| name.to_str());
            let Some(pid) = pid.and_then(|name| name.parse().ok()) else {
                continue;
            };
            // Gone meanwhile, or somebody else's.
            let Ok(environment) = std::fs::read(path.join("environ")) else {
                continue;
            };
            let variables: Vec<_> = environment.split(|byte| *byte == 0).collect();
            let has = |variable: String| variables.contains(&variable.as_bytes());
            let is_ours = self
                .function_vars()
                .iter()
                .filter(|(name, _)| *name == "TMPDIR")
                .all(|(name, value)| has(format!("{name}={value}")));
            if is_ours && has(format!("AWS_LAMBDA_FUNCTION_NAME={function}")) {
                killed += usize::from(kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok());
            }
        }
        Ok(killed)
    }
}
