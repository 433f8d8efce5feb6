//! AWS calls by boto3: SQS, CloudFormation, Lambda and the rest, without an SDK crate for each.
//!
//! A second implementation of AWS's clients beside the one under test, too.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Error, paths};

/// A caller of AWS with the endpoints, credentials and trust of its environment.
#[derive(Debug)]
pub struct Aws {
    talk: Mutex<Talk>,
}

#[derive(Debug)]
struct Talk {
    helper: Child,
    /// `None` once it is to end.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Aws {
    pub(super) fn start(vars: &[(&str, String)]) -> Result<Self, Error> {
        let mut helper = Command::new(paths::tool("boto3/bin/python")?)
            .args(["-c", include_str!("aws.py")])
            .env_clear()
            .envs(vars.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let requests = helper.stdin.take();
        let answers = BufReader::new(
            helper
                .stdout
                .take()
                .ok_or("the helper has no standard output")?,
        );
        Ok(Self {
            talk: Mutex::new(Talk {
                helper,
                requests,
                answers,
            }),
        })
    }

    /// Calls an operation, by boto3's names: `call("sqs", "receive_message", json!({"QueueUrl": url}))`.
    ///
    /// # Errors
    /// What boto3 raised, with the error code AWS answered.
    pub fn call(&self, service: &str, operation: &str, input: Value) -> Result<Value, Error> {
        self.ask(&json!({"service": service, "operation": operation, "input": input}))
            .map_err(|error| format!("{service} {operation}: {error}").into())
    }

    /// Posts JSON to a URL that is no AWS service.
    ///
    /// # Errors
    /// The HTTP error.
    pub fn post(&self, url: &str, body: &Value) -> Result<Value, Error> {
        self.ask(&json!({"url": url, "body": body}))
            .map_err(|error| format!("{url}: {error}").into())
    }

    fn ask(&self, request: &Value) -> Result<Value, Error> {
        let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = talk.requests.as_mut().ok_or("the helper has ended")?;
        writeln!(requests, "{request}")?;
        let mut line = String::new();
        talk.answers.read_line(&mut line)?;
        let mut answer: Value = serde_json::from_str(&line)?;
        match answer["error"].as_str() {
            Some(error) => Err(error.into()),
            None => Ok(answer["output"].take()),
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.requests = None;
        _ = self.helper.wait();
    }
}

/// The variables a program needs to find AWS on this machine.
pub(super) fn variables(
    folder: &Path,
    aws: &str,
    organizations: &str,
) -> Vec<(&'static str, String)> {
    let inside = |name: &str| folder.join(name).display().to_string();
    vec![
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("HOME", inside("tmp")),
        ("TMPDIR", inside("tmp")),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL", aws.to_owned()),
        ("AWS_ENDPOINT_URL_ACCOUNT", organizations.to_owned()),
        ("AWS_ENDPOINT_URL_ORGANIZATIONS", organizations.to_owned()),
        ("AWS_CA_BUNDLE", inside(super::certificate::FILE)),
        ("SSL_CERT_FILE", inside(super::certificate::FILE)),
    ]
}

/// Reads a member that must be text.
pub(super) fn text(value: &Value, member: &str) -> Result<String, Error> {
    value[member]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("no {member} in {value}").into())
}

/// A folder or file as text.
pub(super) fn shown(path: PathBuf) -> String {
    path.display().to_string()
}
