//! A report for people: one page that needs nothing else.
//!
//! The page asks no one for anything: its content security policy allows its own script and style, by their hashes, and
//! nothing more. The table's lines are data, from which the script shows some at a time, so that 200,000 do no harm.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufWriter, Write};

use askama::Template;
use serde::Serialize;

use super::Report;
use super::picture::{Bar, WIDTH, bars, grouped};
use super::table::{Column, columns, lines};
use super::tone::{TONES, Tone, rank, tone};
use crate::announcement::timestamp;

/// `templates/report.html`; askama escapes every value that is not `safe`.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    class: &'static str,
    started: String,
    finished: String,
    lasted: String,
    counts: Vec<Count<'a>>,
    bars: Vec<Bar>,
    head: String,
    lines: Lines<'a>,
}

struct Count<'a> {
    word: &'a str,
    count: String,
    class: &'static str,
}

/// What the script must know before it reads the lines.
#[derive(Serialize)]
struct Head<'a> {
    columns: &'a [Column],
    tones: BTreeMap<&'a str, Tone>,
}

/// The table's lines as a JSON array of arrays.
struct Lines<'a>(&'a Report);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in lines(self.0).enumerate() {
            let before = if index == 0 { "[" } else { ",\n" };
            write!(formatter, "{before}{}", json(&line))?;
        }
        let is_empty = lines(self.0).next().is_none();
        formatter.write_str(if is_empty { "[]" } else { "]" })
    }
}

/// Writes the report as a page of HTML.
///
/// # Errors
///
/// Where `out` fails.
pub fn write_html(report: &Report, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let page = Page {
        report,
        class: tone(report.outcome.as_str()).class(),
        started: told(&timestamp(report.started)),
        finished: told(&timestamp(report.finished)),
        lasted: lasted((report.finished - report.started).num_seconds()),
        counts: counts(report),
        bars: bars(report),
        head: json(&Head {
            columns: columns(report.kind),
            tones: TONES.iter().copied().collect(),
        }),
        lines: Lines(report),
    };
    page.write_into(&mut out)?;
    out.flush()
}

/// JSON that cannot end the element it stands in.
fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    text.replace('<', "\\u003c")
}

fn counts(report: &Report) -> Vec<Count<'_>> {
    let mut counts: Vec<_> = report.counts.iter().collect();
    counts.sort_by_key(|(word, _)| rank(word));
    let of_word = counts.into_iter().map(|(word, count)| Count {
        word,
        count: grouped(*count),
        class: if *count == 0 {
            "quiet"
        } else {
            tone(word).class()
        },
    });
    of_word.collect()
}

/// `2026-11-23 10:00 UTC`.
fn told(timestamp: &str) -> String {
    let minute = timestamp.get(..16).unwrap_or(timestamp);
    format!("{} UTC", minute.replace('T', " "))
}

fn lasted(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match hours {
        0 if minutes == 0 => format!("{seconds} s"),
        0 => format!("{minutes} min {} s", seconds % 60),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_words() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (754, "12 min 34 s"),
            (3_599, "59 min 59 s"),
            (3_600, "1 h 0 min"),
            (93_784, "26 h 3 min"),
        ] {
            assert_eq!(lasted(seconds), text);
        }
        assert_eq!(told("2026-11-23T10:00:59.123Z"), "2026-11-23 10:00 UTC");
        assert_eq!(told("soon"), "soon UTC");
    }
}
