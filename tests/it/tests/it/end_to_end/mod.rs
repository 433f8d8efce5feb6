//! The deployed stack, from one end to the other. These tests wait most of the time.

mod creation;
mod sweeps;
