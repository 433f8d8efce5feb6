//! The deployed stack on this machine: MiniStack as AWS, the simulator as AWS Organizations and Account Management.
//!
//! Everything here waits in real time and blocks: what it drives are other programs.

mod announcements;
mod aws;
mod certificate;
mod delivery;
mod emulator;
mod machine;
mod organization;
mod paths;
mod process;
mod stack;
mod sweeps;
mod wait;

pub use announcements::{Announcement, Announcements};
pub use aws::Aws;
pub use delivery::transformed;
pub use emulator::Emulator;
pub use machine::{Machine, Run};
pub use paths::root;
pub use stack::{Local, Stack, WAIT_SCALE};
pub use wait::until;

/// Anything that can go wrong while the tests set up or ask something; it is only ever shown.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
