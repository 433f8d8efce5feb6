//! What is promised, proved: stories of the real functions in worlds that go wrong, and the figures that they end with.

pub mod crash;
mod figure;
pub mod interleavings;
pub mod schedules;
mod telling;

pub use figure::{Bound, Figure};
pub use telling::{Told, tell};
