//! A report for spreadsheets.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Report;
use super::table::{columns, lines};

/// What a spreadsheet takes for the beginning of a formula, full-width signs too ([OWASP]).
///
/// [OWASP]: https://owasp.org/www-community/attacks/CSV_Injection
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Writes the report as CSV, one line for each contact of an account, or for each account's link.
///
/// # Errors
///
/// Where `out` fails.
pub fn write_csv(report: &Report, out: impl Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    let names = columns(report.kind).iter().map(|column| column.name);
    writer.write_record(names)?;
    for line in lines(report) {
        let cells = line.iter().map(|cell| safe(cell));
        writer.write_record(cells.collect::<Vec<_>>().iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()
}

/// The cell, which no spreadsheet takes for a formula.
fn safe(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(FORMULA) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}
