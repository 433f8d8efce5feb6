//! Virtual time: tokio's paused clock, with a date.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// A wall clock that follows tokio's clock. The functions see it with an error, if it has one.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Instant,
    date: DateTime<Utc>,
    error: Arc<Mutex<TimeDelta>>,
}

impl Clock {
    pub(super) fn new(date: DateTime<Utc>) -> Self {
        Self {
            start: Instant::now(),
            date,
            error: Arc::default(),
        }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.date + self.start.elapsed()
    }

    /// Sets the functions' clock wrong by this much.
    pub fn set_error(&self, error: TimeDelta) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// The same time, with an error of its own.
    pub(super) fn apart(&self) -> Self {
        Self {
            error: Arc::default(),
            ..self.clone()
        }
    }

    /// The time as AWS has it.
    pub(super) fn right(&self) -> SharedTimeSource {
        SharedTimeSource::new(self.clone())
    }

    /// The time as the functions have it.
    pub(super) fn wrong(&self) -> SharedTimeSource {
        SharedTimeSource::new(Wrong(self.clone()))
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        Self::now(self).into()
    }
}

#[derive(Debug)]
struct Wrong(Clock);

impl TimeSource for Wrong {
    fn now(&self) -> SystemTime {
        (self.0.now() + *self.0.error.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}
