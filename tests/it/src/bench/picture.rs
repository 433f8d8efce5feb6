//! The comparison as a picture: processor time of a cold start with its first invocation.

use super::Row;

/// The metric that is drawn.
pub const DRAWN: &str = "CPU, start to end of first invocation";

const WIDTH: f64 = 550.0;
const BAR: usize = 18;
const LEFT: usize = 190;

/// An SVG with a group of bars for each function.
#[must_use]
pub fn picture(rows: &[Row]) -> String {
    let drawn: Vec<_> = rows.iter().filter(|row| row.metric == DRAWN).collect();
    let controls = drawn.iter().filter_map(|row| row.control_value);
    let most = controls.fold(1.0, f64::max);
    let mut bars = String::new();
    let mut top = 50;
    let mut function = "";
    for row in drawn {
        if row.function != function {
            function = &row.function;
            top += 10;
            bars += &text(10, top + 13, "bold", function);
            bars += &bar(top, "#0a7d4f", "account-lifecycle", row.value, most);
            top += BAR + 4;
        }
        if let (Some(control), Some(value)) = (row.control, row.control_value) {
            bars += &bar(top, "#9aa4b1", control, value, most);
            top += BAR + 4;
        }
    }
    let title = text(
        10,
        28,
        "bold",
        "Processor time of a cold start and its first invocation, AWS calls over TLS included (ms)",
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 {}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{title}{bars}</svg>\n",
        top + 16
    )
}

fn bar(top: usize, color: &str, name: &str, value: f64, most: f64) -> String {
    let width = (value / most * WIDTH).max(1.0);
    let label = text(LEFT, top + 13, "normal", name);
    let left = LEFT + 150;
    let end = format!("{value:.1}");
    format!(
        "{label}<rect x=\"{left}\" y=\"{top}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{color}\"/>\n\
         <text x=\"{:.1}\" y=\"{}\" fill=\"#1f2933\">{end}</text>\n",
        f64::from(u16::try_from(left).unwrap_or_default()) + width + 6.0,
        top + 13
    )
}

fn text(x: usize, y: usize, weight: &str, words: &str) -> String {
    format!("<text x=\"{x}\" y=\"{y}\" font-weight=\"{weight}\" fill=\"#1f2933\">{words}</text>\n")
}
