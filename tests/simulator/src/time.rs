//! Times as the wire carries them: mostly seconds since 1970, with a fraction.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::{Deserialize, Deserializer, Serializer};

/// Cut to whole milliseconds, so that what a client reads back is what is stored.
pub(crate) fn millis(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Seconds since 1970.
pub(crate) fn seconds(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as f64 / 1000.0
}

/// A date as Account Management writes it: `2025-08-25T13:49:24+00:00`, in whole seconds.
pub(crate) fn iso8601(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    let date = DateTime::from_secs(seconds).fmt(Format::DateTime);
    date.unwrap_or_default().replace('Z', "+00:00")
}

pub(crate) fn write<S: Serializer>(time: &SystemTime, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_f64(seconds(*time))
}

pub(crate) fn write_optional<S: Serializer>(
    time: &Option<SystemTime>,
    out: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => write(time, out),
        None => out.serialize_none(),
    }
}

pub(crate) fn read<'de, D: Deserializer<'de>>(input: D) -> Result<SystemTime, D::Error> {
    read_seconds(input).map(|since| UNIX_EPOCH + since)
}

/// A length of time in seconds, with a fraction.
pub(crate) fn read_seconds<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(input)?;
    Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
}

pub(crate) fn read_optional_seconds<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<Option<Duration>, D::Error> {
    read_seconds(input).map(Some)
}
