//! Waiting for other programs.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Error;

/// Asks until there is an answer; `what` says what was waited for when there is none in `limit`.
///
/// # Errors
/// The time is up, or `ask` failed.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<T, Error> {
    let end = Instant::now() + limit;
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if end < Instant::now() {
            return Err(format!("waited {limit:?} for {what}, in vain").into());
        }
        sleep(Duration::from_millis(200));
    }
}
