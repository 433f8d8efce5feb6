//! One figure behind a promise.

use std::fmt;

use serde_json::{Value, json};

/// What a figure must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// This and nothing else.
    Exactly(u64),
    /// This or more.
    AtLeast(u64),
    /// This or less.
    AtMost(u64),
}

/// One measured figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What was counted.
    pub name: String,
    /// How many.
    pub value: u64,
    /// Of what.
    pub unit: &'static str,
    /// What it must be.
    pub bound: Bound,
}

impl Figure {
    /// A figure.
    pub fn new(name: impl Into<String>, value: usize, unit: &'static str, bound: Bound) -> Self {
        let name = name.into();
        let value = u64::try_from(value).unwrap_or(u64::MAX);
        Self {
            name,
            value,
            unit,
            bound,
        }
    }

    /// Whether the promise is kept.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.bound {
            Bound::Exactly(bound) => self.value == bound,
            Bound::AtLeast(bound) => self.value >= bound,
            Bound::AtMost(bound) => self.value <= bound,
        }
    }

    /// The figure for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "bound": self.bound.to_string(),
            "holds": self.holds(),
        })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(bound) => write!(formatter, "= {bound}"),
            Self::AtLeast(bound) => write!(formatter, ">= {bound}"),
            Self::AtMost(bound) => write!(formatter, "<= {bound}"),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds() { "holds" } else { "BROKEN" };
        write!(
            formatter,
            "{:<72} {:>12} {:<12} {:>10}  {verdict}",
            self.name,
            self.value,
            self.unit,
            self.bound.to_string()
        )
    }
}
