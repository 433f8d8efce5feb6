//! What the functions cost as programs: under a Lambda Runtime API and before AWS's services over TLS, both on this
//! machine and in this process, so that what is counted is theirs alone.
#![expect(
    clippy::disallowed_methods,
    reason = "programs run by the clock of this machine"
)]

mod callgrind;
mod case;
mod control;
mod endpoint;
mod gate;
pub mod measure;
mod picture;
mod program;
mod row;
mod runtime;
mod serving;

pub use case::{Case, FUNCTIONS};
pub use control::{BOTO3, Build, DEFAULT_SDK, OWN};
pub use endpoint::Endpoint;
pub use gate::{Gate, gates};
pub use picture::{DRAWN, picture};
pub use row::{Control, Row, Target, table};

/// Anything that can go wrong while something is set up or measured; it is only ever shown.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
