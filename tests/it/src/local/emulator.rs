//! A built function under the Lambda Runtime Interface Emulator, which is what `sam local invoke` runs.

use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::process::Process;
use super::stack::{Local, free_port};
use super::wait::until;
use super::{Aws, Error, aws, paths};

/// Ships inside the SAM CLI.
const PROGRAM: &str = "samcli/local/rapid/aws-lambda-rie-x86_64";

/// The emulator with one function; dropping this ends it.
#[derive(Debug)]
pub struct Emulator {
    aws: Aws,
    _process: Process,
}

impl Emulator {
    /// Starts a function, by its logical id, with these variables beside those that lead to `local`. The log is
    /// `target/local/<name>/<log>`.
    ///
    /// # Errors
    /// A program is not there, or did not come up.
    pub fn start(
        local: &Local,
        function: &str,
        log: &str,
        variables: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let (port, runtime) = (free_port()?, free_port()?);
        let log = local.log(log);
        let mut command = Command::new(paths::in_sam(PROGRAM)?);
        command
            .args([
                "--runtime-interface-emulator-address",
                &format!("127.0.0.1:{port}"),
            ])
            .args(["--runtime-api-address", &format!("127.0.0.1:{runtime}")])
            .arg(paths::made(
                &format!(".aws-sam/build/{function}/bootstrap"),
                "make build",
            )?)
            .envs(local.function_vars().iter().cloned())
            .envs(variables.iter().copied());
        let process = Process::start(&command, &log)?;
        until("the emulator to listen", Duration::from_secs(30), || {
            Ok(TcpStream::connect(("127.0.0.1", port)).ok())
        })?;
        let mut vars = local.function_vars().to_vec();
        vars.push((
            "AWS_ENDPOINT_URL_LAMBDA",
            format!("http://127.0.0.1:{port}"),
        ));
        Ok(Self {
            aws: Aws::start(&vars)?,
            _process: process,
        })
    }

    /// Invokes the function with an event and gives its answer, be it an error.
    ///
    /// # Errors
    /// The emulator did not answer with JSON.
    pub fn invoke(&self, event: &str) -> Result<Value, Error> {
        let answer = self.aws.call(
            "lambda",
            "invoke",
            json!({"FunctionName": "function", "Payload": event}),
        )?;
        Ok(serde_json::from_str(&aws::text(&answer, "Payload")?)?)
    }
}
