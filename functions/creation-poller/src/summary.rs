//! The function's answer.

use serde::Serialize;

/// What one invocation saw and did, in counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Requests that AWS says are in progress.
    pub in_progress: u32,
    /// Requests whose outcome will be asked for from now on.
    pub opened: u32,
    /// Requests whose outcome was asked for one by one.
    pub described: u32,
    /// Announcements that went out.
    pub announced: u32,
    /// Of these, the ones that an earlier invocation had left.
    pub redriven: u32,
    /// Announcements left alone because another invocation is at them.
    pub claimed: u32,
    /// Requests written down as history.
    pub baseline: u32,
    /// Status rows that make no sense, reported for the first time.
    pub odd: u32,
    /// Open requests given up, since AWS has known no outcome of them for a day.
    pub given_up: u32,
    /// Requests that a full scan saw; absent where there was no full scan, or it did not reach its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed: Option<u32>,
    /// A full scan is due, but another invocation is at it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub scan_elsewhere: bool,
    /// Things that went wrong.
    pub problems: u32,
}
