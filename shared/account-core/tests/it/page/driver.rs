//! The browser's driver, as a program that ends when its owner does.

use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, io};

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::ChildStdout;

/// Ends the driver and all it started when our end of its standard input closes, however that comes.
const GUARD: &str = include_str!("../../../../../tests/it/src/local/guard.py");

/// What the tests need of the machine.
pub(super) struct Programs {
    driver: PathBuf,
    pub(super) browser: PathBuf,
}

impl Programs {
    /// `None`, said aloud, where one is missing; where `CI` is set that is a failure.
    pub(super) fn find() -> Option<Self> {
        let found = (on_path("chromedriver"), on_path("chromium"));
        if let (Some(driver), Some(browser)) = found {
            return Some(Self { driver, browser });
        }
        assert!(
            env::var_os("CI").is_none(),
            "chromium and chromedriver must be there where CI is set"
        );
        // Not by a macro: the test runner would keep to itself what it prints.
        let told =
            b"SKIPPED: no look at the report's page: there is no chromium or no chromedriver\n";
        io::stderr().write_all(told).unwrap();
        None
    }
}

const ERRORS: &str = "errors";

/// What the driver and the browser wrote of what is wrong with them.
pub(super) fn errors(home: &Path) -> String {
    let errors = fs::read(home.join(ERRORS)).unwrap();
    String::from_utf8_lossy(&errors).into_owned()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

pub(super) struct Driver {
    guard: Child,
    output: Lines<BufReader<ChildStdout>>,
    pub(super) address: SocketAddr,
}

impl Driver {
    /// Starts the driver on a free port; it and the browser have `home` for their files, and nothing of our environment
    /// but the path, so no proxy either. Otherwise, what it said before it ended: it takes a port that is free on one
    /// loopback address, and ends if it is not on the other.
    pub(super) async fn start(programs: &Programs, home: &Path) -> Result<Self, String> {
        let mut driver = Self::spawn(programs, home);
        let port = driver.port().await;
        let port = port.map_err(|said| format!("{said}\n{}", errors(home)))?;
        driver.address.set_port(port);
        Ok(driver)
    }

    fn spawn(programs: &Programs, home: &Path) -> Self {
        let mut guard = Command::new("python3")
            .args(["-c", GUARD])
            .arg(&programs.driver)
            .args(["--port=0", "--enable-chrome-logs"])
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("TMPDIR", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(home.join(ERRORS)).unwrap())
            .spawn()
            .unwrap();
        let output = ChildStdout::from_std(guard.stdout.take().unwrap()).unwrap();
        Self {
            guard,
            output: BufReader::new(output).lines(),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
        }
    }

    /// The driver says it when it is ready; otherwise, what it said before it ended.
    async fn port(&mut self) -> Result<u16, String> {
        let mut said = Vec::new();
        while let Some(line) = self.output.next_line().await.unwrap() {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                return Ok(port.trim_end_matches('.').parse().unwrap());
            }
            said.push(line);
        }
        Err(said.join("\n"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // It has no one to report to by now, and its end is all that counts.
        _ = self.guard.wait();
    }
}
