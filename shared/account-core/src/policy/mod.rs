//! The policy: which contacts accounts shall have.
//!
//! One document in layers, later ones win field by field: organization < OU path < tag < account.

mod check;
mod document;
mod read;
mod refusal;
mod standard;
mod template;

pub use document::{Exclude, Layer, Mode, Policy, Primary, PrimaryMode, Rule, Tagged};
pub use refusal::Refusal;
pub use standard::{Asked, AskedPrimary, Facts, NOT_ASKED, Source, Standard, Value, standard};

#[cfg(test)]
mod tests;
