//! The table: ours beside a control, and whether the target holds.

use serde::Serialize;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The function.
    pub function: String,
    /// What was measured.
    pub metric: String,
    /// Ours.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// What it is compared with.
    pub control: Option<&'static str>,
    /// What that has.
    pub control_value: Option<f64>,
    /// Ours to the control's.
    pub ratio: Option<f64>,
    /// In words; empty where there is none.
    pub target: String,
    /// Whether the target holds.
    pub holds: bool,
}

/// What a figure must be.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// So much at the most.
    AtMost(f64),
    /// So much of the control's at the most.
    RatioAtMost(f64),
    /// It is shown only.
    None,
}

/// What a figure is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Control(pub &'static str, pub f64);

impl Row {
    /// A figure and what it is compared with.
    #[must_use]
    pub fn new(
        function: &str,
        metric: &str,
        (value, unit): (f64, &'static str),
        control: Option<Control>,
        target: Target,
    ) -> Self {
        let ratio = control.map(|Control(_, control)| value / control);
        let (words, holds) = match target {
            Target::AtMost(most) => (format!("<= {}", shown(most)), value <= most),
            Target::RatioAtMost(most) => (
                format!("<= {} x the control", shown(most)),
                ratio.is_some_and(|ratio| ratio <= most),
            ),
            Target::None => (String::new(), true),
        };
        Self {
            function: function.to_owned(),
            metric: metric.to_owned(),
            value,
            unit,
            control: control.map(|Control(name, _)| name),
            control_value: control.map(|Control(_, value)| value),
            ratio,
            target: words,
            holds,
        }
    }

    fn cells(&self) -> [String; 8] {
        [
            self.function.clone(),
            self.metric.clone(),
            format!("{} {}", shown(self.value), self.unit),
            self.control.unwrap_or_default().to_owned(),
            self.control_value.map(shown).unwrap_or_default(),
            self.ratio.map(shown).unwrap_or_default(),
            self.target.clone(),
            if self.holds { "holds" } else { "MISSED" }.to_owned(),
        ]
    }
}

/// Three significant digits.
fn shown(value: f64) -> String {
    match value {
        _ if value == value.trunc() && value.abs() < 1e6 => format!("{value:.0}"),
        _ if value.abs() < 0.1 => format!("{value:.4}"),
        _ if value.abs() < 10.0 => format!("{value:.2}"),
        _ if value.abs() < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// The rows as Markdown.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let head = "| function | what | ours | control | its figure | ratio | target | |\n|---|---|---|---|---|---|---|---|\n";
    let lines = rows
        .iter()
        .map(|row| format!("| {} |\n", row.cells().join(" | ")));
    head.to_owned() + &lines.collect::<String>()
}
