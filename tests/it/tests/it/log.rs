//! What the functions log, at the most talkative level.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

/// What is logged, by all tests of this process.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Starts logging at TRACE, once for all tests.
pub(crate) fn start() -> Log {
    static LOG: LazyLock<Log> = LazyLock::new(|| {
        let log = Log::default();
        let writer = log.clone();
        let vars = |name: &str| (name == "AWS_LAMBDA_LOG_LEVEL").then(|| "TRACE".to_owned());
        account_aws::logs::start(&vars, move || writer.clone());
        log
    });
    LOG.clone()
}

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
