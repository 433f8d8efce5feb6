//! The picture of a report: bars of how many of what.

use std::collections::BTreeMap;

use super::tone::{Tone, rank, tone};
use super::{Coverage, Report};

/// The width of a bar, in units of the drawing.
pub(super) const WIDTH: u64 = 1_000;

/// The width of a part however small: three of 50,000 must be seen.
const LEAST: u64 = 6;

/// One bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) title: String,
    pub(super) parts: Vec<Part>,
}

/// A part of a bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) word: String,
    pub(super) count: u64,
    /// The count as people read it.
    pub(super) told: String,
    pub(super) tone: Tone,
    pub(super) at: u64,
    pub(super) width: u64,
}

impl Bar {
    /// The bar in words, for who cannot see it.
    pub(super) fn told(&self) -> String {
        let parts = self.parts.iter();
        let parts: Vec<_> = parts
            .map(|part| format!("{} {}", part.count, part.word))
            .collect();
        format!("{}: {}", self.title, parts.join(", "))
    }

    fn new(title: &str, counts: &BTreeMap<&str, u64>) -> Self {
        let mut words: Vec<_> = counts.iter().collect();
        words.sort_by_key(|(word, _)| rank(word));
        let shared = WIDTH.saturating_sub(LEAST * words.len() as u64);
        let total = counts.values().sum::<u64>().max(1);
        let mut before = 0;
        let mut end = 0;
        let mut leasts = 0;
        let parts = words.into_iter().map(|(word, count)| {
            let at = end;
            before += count;
            // From the sum, so that nothing is lost by rounding and the last part ends at the end.
            leasts += LEAST;
            end = leasts + before * shared / total;
            Part {
                word: (*word).to_owned(),
                count: *count,
                told: grouped(*count),
                tone: tone(word),
                at,
                width: end - at,
            }
        });
        Self {
            title: title.to_owned(),
            parts: parts.collect(),
        }
    }
}

/// Bars of the accounts' states, and of each contact or of the links.
pub(super) fn bars(report: &Report) -> Vec<Bar> {
    let mut bars: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut add = |title, word| *bars.entry(title).or_default().entry(word).or_default() += 1;
    for row in &report.rows {
        // With a leading space it comes first.
        add(" Accounts", row.account_state.as_str());
        match &row.coverage {
            Coverage::Contacts(lines) => {
                for line in lines {
                    add(line.contact.as_str(), line.found.as_str());
                }
            }
            Coverage::GovCloud(line) => {
                let state = line.gov_cloud_state.as_deref();
                add("GovCloud links", state.unwrap_or(line.link.as_str()));
            }
            Coverage::Skipped(_) | Coverage::Uncovered(_) => (),
        }
    }
    bars.iter()
        .map(|(title, counts)| Bar::new(title.trim(), counts))
        .collect()
}

/// The count with a thin space between each three digits.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index != 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}
