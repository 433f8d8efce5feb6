//! Decisions held to what must be true of all of them, and documents held to the code that reads them.
#![expect(clippy::unwrap_used, reason = "a failed assumption ends the test")]

mod announcements;
mod document;
mod documentation;
mod gate;
mod govcloud;
mod ids;
mod layers;
mod page;
mod report;
mod schema;
mod stamp;
