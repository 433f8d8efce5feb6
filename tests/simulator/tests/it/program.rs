//! The program: on a socket, spoken to by boto3, and ended by a signal.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

struct Program {
    child: Child,
    endpoint: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_simulator"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        Self {
            child,
            endpoint: line["endpoint"].as_str().unwrap().to_owned(),
        }
    }

    fn address(&self) -> &str {
        self.endpoint.strip_prefix("http://").unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

#[test]
fn it_listens_on_loopback_and_ends_cleanly_on_a_signal() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut program = Program::start(&["--port", "0"]);
        assert!(program.endpoint.starts_with("http://127.0.0.1:"));
        kill(
            Pid::from_raw(program.child.id().try_into().unwrap()),
            signal,
        )
        .unwrap();
        assert!(program.child.wait().unwrap().success());
    }
}

#[test]
fn a_lost_answer_is_a_connection_that_closes() {
    let faults = tempfile::NamedTempFile::new().unwrap();
    write!(faults.as_file(), r#"[{{"kind": "lost"}}]"#).unwrap();
    let program = Program::start(&["--faults", faults.path().to_str().unwrap()]);
    let mut stream = TcpStream::connect(program.address()).unwrap();
    let request = "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AWSOrganizationsV20161128.ListAccounts\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _closed = stream.read_to_end(&mut answer);
    assert!(answer.is_empty(), "{answer:?}");
}

#[test]
fn options_choose_who_calls_account_management_and_what_is_allowed() {
    let stranger = r#"{"member": "000000000000"}"#;
    for (options, body, reason) in [
        (
            &["--caller", stranger][..],
            "{}",
            "arn:aws:sts::000000000000:",
        ),
        (
            &["--no-trusted-access"],
            r#"{"AccountId": "000000000000"}"#,
            "must first enable trusted access",
        ),
    ] {
        let program = Program::start(options);
        let mut stream = TcpStream::connect(program.address()).unwrap();
        let length = body.len();
        let request = format!(
            "POST /getContactInformation HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        assert!(answer.contains(reason), "{answer}");
    }
}

#[test]
fn options_choose_how_accounts_are_shown() {
    let program = Program::start(&["--accounts", "1", "--no-paths", "--old-status"]);
    let mut stream = TcpStream::connect(program.address()).unwrap();
    let request = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-amz-target: AWSOrganizationsV20161128.ListAccounts\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(r#""Status":"ACTIVE""#), "{answer}");
    assert!(
        !answer.contains("State") && !answer.contains("Paths"),
        "{answer}"
    );
}

#[test]
fn a_fault_script_that_does_not_parse_is_named() {
    let faults = tempfile::NamedTempFile::new().unwrap();
    let path = faults.path().to_str().unwrap();
    let program = env!("CARGO_BIN_EXE_simulator");
    let output = Command::new(program)
        .args(["--faults", path])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains(path));
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that does not run says so")]
fn boto3_holds_one_conversation_per_operation() {
    let Some(python) = env::var_os("BOTO3_PYTHON") else {
        assert!(
            env::var_os("CI").is_none(),
            "BOTO3_PYTHON must be set where CI is"
        );
        eprintln!("SKIPPED: BOTO3_PYTHON names no Python interpreter with boto3");
        return;
    };
    let program = Program::start(&["--accounts", "50", "--empty-pages", "0.2"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/boto3/conversation.py");
    let talked = Command::new(python)
        .args(["-B", script, &program.endpoint])
        .status()
        .unwrap();
    assert!(talked.success(), "what failed is printed above");
}
