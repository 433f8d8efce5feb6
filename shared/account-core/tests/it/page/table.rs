//! The table as the page's data say it must be, and as it is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::report::between;
use super::browser::Browser;

/// So many lines are on a page of the table.
const PAGE: usize = 200;

/// The lines in a page's data; that they are the report's is tested without a browser.
pub(super) struct Table {
    columns: Vec<Value>,
    lines: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn of(page: &str) -> Self {
        let head: Value = serde_json::from_str(between(page, "id=\"head\">", "</script>")).unwrap();
        let lines = between(page, "id=\"data\">", "</script>");
        Self {
            columns: head["columns"].as_array().unwrap().clone(),
            lines: serde_json::from_str(lines).unwrap(),
        }
    }

    pub(super) fn column(&self, title: &str) -> usize {
        let mut columns = self.columns.iter();
        columns.position(|column| column["title"] == title).unwrap()
    }

    /// The different words of a column.
    pub(super) fn words(&self, column: usize) -> BTreeSet<String> {
        let cells = self.lines.iter().flat_map(|line| words(&line[column]));
        cells.map(str::to_owned).collect()
    }

    /// Asserts that the browser comes to show the first of the lines that match.
    pub(super) async fn shows(&self, browser: &Browser, matches: impl Fn(&[String]) -> bool) {
        let matching = self.lines.iter().filter(|line| matches(line));
        self.shows_some(browser, &matching.collect::<Vec<_>>(), 0)
            .await;
    }

    /// Asserts that it comes to show a page of all lines.
    pub(super) async fn shows_page(&self, browser: &Browser, page: usize) {
        let lines = self.lines.iter().collect::<Vec<_>>();
        self.shows_some(browser, &lines, page * PAGE).await;
    }

    async fn shows_some(&self, browser: &Browser, lines: &[&Vec<String>], first: usize) {
        let shown = lines.iter().skip(first).take(PAGE).collect::<Vec<_>>();
        let (count, all) = (lines.len(), self.lines.len());
        let range = match shown.len() {
            0 => "no lines".to_owned(),
            shown => format!("lines {} to {}", told(first + 1), told(first + shown)),
        };
        let rest = if count == all {
            String::new()
        } else {
            format!(" matching, {} in all", told(all))
        };
        let expected = json!([format!("{range} of {}{rest}", told(count)), shown]);
        let seen = browser
            .run(include_str!("table.js"), expected.clone())
            .await;
        assert_eq!(seen, expected);
    }
}

/// The words of a cell.
pub(super) fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(", ").filter(|word| !word.is_empty())
}

/// A number below a million as people read it.
fn told(number: usize) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}
