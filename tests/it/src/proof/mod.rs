//! What is promised, proved: stories of the real functions in worlds that go wrong, and the figures that they end with.

mod figure;
mod telling;

pub use figure::{Bound, Figure};
pub use telling::{Told, tell};
