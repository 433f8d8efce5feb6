//! The short version of each proof; `make reliability` runs the long ones.

mod crash;
mod interleavings;
mod schedules;
