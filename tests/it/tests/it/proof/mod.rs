//! The short version of each proof; `make reliability` runs the long ones.

mod crash;
mod deadlines;
mod deliveries;
mod faults;
mod freeze;
mod interleavings;
mod program;
mod repeats;
mod schedules;
mod storms;
