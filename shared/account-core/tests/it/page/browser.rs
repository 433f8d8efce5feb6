//! A browser without a window, by the WebDriver protocol.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use super::driver::{Driver, Programs, errors};
use super::http::call;

/// For a whole test; the driver has shorter limits for each step.
const LIMIT: Duration = Duration::from_secs(120);

/// So often a browser is started when it ends at once, as one does now and then on a busy machine. Of the page that says
/// nothing: it was not open yet.
const STARTS: usize = 5;

const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    // Containers often have little shared memory.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A page that asks for something outside shall fail the test, and not reach it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// How the protocol writes a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser; dropping it ends it.
pub(super) struct Browser {
    session: String,
    driver: Driver,
    /// Last: it is removed when the others are gone.
    home: TempDir,
}

/// Gives a test a new browser, unless there is none on this machine.
pub(super) async fn browse(test: impl AsyncFnOnce(&Browser)) {
    let Some(programs) = Programs::find() else {
        return;
    };
    let done = async {
        let browser = Browser::start(&programs).await;
        test(&browser).await;
        // Dropping it would do. This waits until nobody writes into its folder any more.
        browser.ask("DELETE", "", json!({})).await;
    };
    timeout(LIMIT, done).await.unwrap();
}

impl Browser {
    async fn start(programs: &Programs) -> Self {
        let mut said = String::new();
        for _ in 0..STARTS {
            let home = tempfile::tempdir().unwrap();
            match Self::start_once(programs, home).await {
                Ok(browser) => return browser,
                Err(error) => said = error,
            }
        }
        unreachable!("no browser starts: {said}");
    }

    /// Otherwise, what the driver and the browser said.
    async fn start_once(programs: &Programs, home: TempDir) -> Result<Self, String> {
        let driver = Driver::start(programs, home.path()).await?;
        let mut browser = Self {
            session: "/session".to_owned(),
            driver,
            home,
        };
        let capabilities = json!({ "alwaysMatch": browser.wanted(programs) });
        let session = browser
            .try_ask("POST", "", json!({ "capabilities": capabilities }))
            .await;
        let session = session.map_err(|error| format!("{error}\n{}", errors(browser.home())))?;
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        // The browser begins with a page of its own, of which nobody wants to know.
        browser.open("about:blank").await;
        browser.log("performance").await;
        browser.log("browser").await;
        Ok(browser)
    }

    fn wanted(&self, programs: &Programs) -> Value {
        let profile = self.home().join("profile");
        let mut flags: Vec<_> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", profile.display()));
        json!({
            "goog:chromeOptions": { "binary": programs.browser, "args": flags },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "pageLoad": 60_000, "script": 20_000 },
        })
    }

    async fn ask(&self, method: &str, what: &str, with: Value) -> Value {
        // Among the errors: a message box is open, so a script of a cell has run.
        self.try_ask(method, what, with).await.unwrap()
    }

    async fn try_ask(&self, method: &str, what: &str, with: Value) -> Result<Value, String> {
        let path = format!("{}{what}", self.session);
        let mut answer = call(self.driver.address, method, &path, &with).await;
        let value = answer["value"].take();
        if value["error"].is_null() {
            return Ok(value);
        }
        Err(format!("{what}: {} {}", value["error"], value["message"]))
    }

    /// A folder for files of this test.
    pub(super) fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// Opens a page and returns when it is there with all it needs.
    pub(super) async fn open(&self, url: &str) {
        self.ask("POST", "/url", json!({ "url": url })).await;
    }

    /// What a script in the page returns, or its promise.
    pub(super) async fn run(&self, script: &str, argument: Value) -> Value {
        let script = json!({ "script": script, "args": [argument] });
        self.ask("POST", "/execute/sync", script).await
    }

    async fn element(&self, xpath: &str) -> String {
        let by = json!({ "using": "xpath", "value": xpath });
        let element = self.ask("POST", "/element", by).await;
        format!("/element/{}", element[ELEMENT].as_str().unwrap())
    }

    /// Clicks as a person does: what is hidden or disabled cannot be clicked.
    pub(super) async fn click(&self, xpath: &str) {
        let element = self.element(xpath).await;
        self.ask("POST", &format!("{element}/click"), json!({}))
            .await;
    }

    /// Types with the keyboard.
    pub(super) async fn type_into(&self, xpath: &str, text: &str) {
        let element = self.element(xpath).await;
        let text = json!({ "text": text });
        self.ask("POST", &format!("{element}/value"), text).await;
    }

    /// What the browser logged since the last time, of a kind.
    async fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.ask("POST", "/se/log", json!({ "type": kind })).await;
        log.as_array().unwrap().clone()
    }

    /// What the console holds: errors of scripts, and what the content security policy forbade.
    pub(super) async fn console(&self) -> Vec<String> {
        let entries = self.log("browser").await.into_iter();
        let told = entries.map(|entry| entry["message"].as_str().unwrap().to_owned());
        told.collect()
    }

    /// The addresses of everything that the browser asked for; data in the page itself is no request.
    pub(super) async fn requests(&self) -> Vec<String> {
        let mut requests = Vec::new();
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let event = &event["message"];
            let url = match event["method"].as_str().unwrap() {
                "Network.requestWillBeSent" => &event["params"]["request"]["url"],
                "Network.webSocketCreated" => &event["params"]["url"],
                _ => continue,
            };
            let url = url.as_str().unwrap();
            if !url.starts_with("data:") {
                requests.push(url.to_owned());
            }
        }
        requests
    }

    /// Lets pages believe in a color scheme of the system.
    pub(super) async fn set_color_scheme(&self, scheme: &str) {
        let media = json!({ "name": "prefers-color-scheme", "value": scheme });
        let command =
            json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": [media] } });
        self.ask("POST", "/goog/cdp/execute", command).await;
    }
}
