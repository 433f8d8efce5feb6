//! GovCloud links: what is known of them, how they change, and what does not fit.
//!
//! | module | decides |
//! |---|---|
//! | `link` | what an answer of AWS says of a link |
//! | `history` | whether a link has changed |
//! | `misfit` | the kinds of things that do not fit |
//! | `finding` | which of them there are |
//! | `comparison` | which findings are new, and which are gone |
//! | `announced` | what is announced of it |

mod announced;
mod comparison;
mod finding;
mod history;
mod link;
mod misfit;

pub use announced::{findings_changed, link_changed};
pub use comparison::{Comparison, compare};
pub use finding::{Audited, findings};
pub use history::{RememberedLink, Transition, transition};
pub use link::{Link, Observation};
pub use misfit::{Finding, Misfit};

#[cfg(test)]
mod tests;
