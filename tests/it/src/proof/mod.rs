//! What is promised, proved: stories of the real functions in worlds that go wrong, and the figures that they end with.

pub mod crash;
pub mod deadlines;
pub mod deliveries;
pub mod faults;
mod figure;
pub mod freeze;
pub mod interleavings;
pub mod repeats;
pub mod schedules;
mod stories;
pub mod storms;
mod telling;
mod trouble;

pub use figure::{Bound, Figure};
pub use stories::End;
pub use telling::{Told, tell};
pub use trouble::{Crash, How, Trouble};
