//! Reports as programs, spreadsheets and browsers read them.

use std::io::{self, Write};

use account_core::contact::Field;
use account_core::govcloud::{Link, Misfit, Observation};
use account_core::report::{
    Contact, ContactLine, Coverage, Done, Found, LinkLine, LinkWord, Report, Row, counts,
    write_csv, write_html, write_json,
};
use account_core::sweep::{Outcome, Sweep};
use chrono::DateTime;
use data_encoding::BASE64;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SCHEMA: &str = include_str!("../../../../schemas/sweep-report.schema.json");

/// Ends a script, begins an element, an entity, a comment, a template and a formula.
pub(super) const HOSTILE: &str =
    "=</script><script>alert(1)</script><!--<b x='y'>\"&amp;{{7*7}}{% x %}";

pub(super) fn row(number: u64, state: &str, coverage: Coverage) -> Row {
    Row {
        account_id: format!("{number:012}").parse().unwrap(),
        account_state: state.to_owned(),
        unfinished: false,
        coverage,
    }
}

pub(super) fn report(kind: Sweep, rows: Vec<Row>) -> Report {
    Report {
        sweep: format!("sweep-{HOSTILE}"),
        kind,
        outcome: Outcome::GateClosed,
        started: DateTime::UNIX_EPOCH,
        finished: DateTime::UNIX_EPOCH,
        policy_version: (kind == Sweep::Contacts).then(|| HOSTILE.to_owned()),
        counts: counts(&rows),
        rows,
    }
}

/// A contact of each kind, in each state, whatever was done.
fn lines() -> Vec<ContactLine> {
    let found = Found::ALL
        .iter()
        .flat_map(|found| Done::ALL.iter().map(move |done| (found, done)));
    let lines = found.enumerate().map(|(index, (found, done))| ContactLine {
        contact: Contact::ALL[index % 4],
        found: *found,
        fields: if *found == Found::Drift {
            Field::ALL.map(Into::into).into()
        } else {
            Vec::new()
        },
        done: *done,
        reason: (*found == Found::Unknown).then(|| HOSTILE.to_owned()),
    });
    lines.collect()
}

pub(super) fn contacts() -> Report {
    let rows = vec![
        row(1, "ACTIVE", Coverage::Contacts(lines())),
        row(2, HOSTILE, Coverage::Contacts(Vec::new())),
        row(3, "CLOSED", Coverage::Skipped(HOSTILE.to_owned())),
        row(4, "ACTIVE", Coverage::Uncovered(HOSTILE.to_owned())),
    ];
    report(Sweep::Contacts, rows)
}

pub(super) fn links() -> Report {
    let observations = [
        Observation::linked("900000000001", "SOME_NEW_STATE"),
        Observation::Link(Link::NotLinked),
        Observation::Unavailable,
        Observation::Unknown(HOSTILE.to_owned()),
    ];
    let rows = observations.iter().enumerate().map(|(index, observation)| {
        let reported = "900000000001".parse().ok();
        let line = LinkLine::new(observation, reported, Misfit::ALL[index..].to_vec());
        row(index as u64, "ACTIVE", Coverage::GovCloud(line))
    });
    report(Sweep::GovCloud, rows.collect())
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn document(report: &Report) -> Value {
    serde_json::from_str(&written(|out| write_json(report, out))).unwrap()
}

#[test]
fn programs_read_what_the_schema_says() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for mut report in [contacts(), links()] {
        report.rows[0].unfinished = true;
        let document = document(&report);
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [""; 0]);
        for (pointer, value) in [
            ("/kind", json!("else")),
            ("/version", json!(2)),
            ("/rows/0/accountId", json!("1")),
            ("/rows/0/accountName", json!("Jane")),
            ("/rows/0/skipped", json!("x")),
            ("/rows/0/unfinished", json!(false)),
            ("/counts/x", json!(-1)),
            ("/started", json!("yesterday")),
        ] {
            let mut wrong = document.clone();
            super::schema::set(&mut wrong, pointer, value);
            assert!(!validator.is_valid(&wrong), "{pointer} is taken");
        }
    }
    let names = |pointer: &str| schema.pointer(pointer).unwrap().clone();
    assert_eq!(
        names("/$defs/contact/properties/contact/enum"),
        json!(Contact::ALL)
    );
    assert_eq!(
        names("/$defs/contact/properties/found/enum"),
        json!(Found::ALL)
    );
    assert_eq!(
        names("/$defs/contact/properties/done/enum"),
        json!(Done::ALL)
    );
    assert_eq!(
        names("/$defs/link/properties/link/enum"),
        json!(LinkWord::ALL)
    );
    assert_eq!(
        names("/$defs/link/properties/findings/items/enum"),
        json!(Misfit::ALL)
    );
}

pub(super) fn page(report: &Report) -> String {
    written(|out| write_html(report, out))
}

pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

#[test]
fn the_page_runs_its_own_script_and_nothing_else() {
    let page = page(&contacts());
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)));
    let style = hash(between(&page, "<style>", "</style>"));
    let script = hash(between(&page, "<script>", "</script>"));
    let expected = format!(
        "default-src 'none'; img-src data:; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    );
    assert_eq!(policy, expected);
    for outside in [
        "http:",
        "https:",
        "src=",
        "url(",
        "@import",
        "style=",
        "onclick",
        "innerHTML",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn whatever_a_text_holds_is_shown_and_does_nothing() {
    for report in [contacts(), links()] {
        let page = page(&report);
        assert!(
            !page.contains("alert(1)</script>") && !page.contains("<b x"),
            "{page}"
        );
        assert!(!page.contains("<!--"), "{page}");
        assert_eq!(page.matches("</script>").count(), 3);
        let data = between(&page, "id=\"data\">", "</script>");
        let lines: Vec<Vec<String>> = serde_json::from_str(data).unwrap();
        let csv = written(|out| write_csv(&report, out));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let records: Vec<Vec<String>> = reader.deserialize().map(Result::unwrap).collect();
        let safe = |cell: &String| cell.starts_with('=').then(|| format!("'{cell}"));
        let lines: Vec<Vec<_>> = lines
            .iter()
            .map(|line| {
                line.iter()
                    .map(|cell| safe(cell).unwrap_or(cell.clone()))
                    .collect()
            })
            .collect();
        assert_eq!(lines, records);
    }
}

#[test]
fn an_empty_report_is_a_page_too() {
    for kind in [Sweep::Contacts, Sweep::GovCloud] {
        assert!(page(&report(kind, Vec::new())).contains("id=\"data\">[]</script>"));
    }
}

/// Counts what is written, and keeps nothing.
#[derive(Default)]
struct Sink {
    bytes: usize,
    largest: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len();
        self.largest = self.largest.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_organization_is_written_piece_by_piece() {
    let line = |contact: &Contact| ContactLine {
        contact: *contact,
        ..lines()[0].clone()
    };
    let lines: Vec<_> = Contact::ALL.iter().map(line).collect();
    let rows = (0..10_000).map(|number| row(number, "ACTIVE", Coverage::Contacts(lines.clone())));
    let report = report(Sweep::Contacts, rows.collect());
    let writers: [fn(&Report, &mut Sink) -> io::Result<()>; 3] = [
        |it, out| write_json(it, out),
        |it, out| write_csv(it, out),
        |it, out| write_html(it, out),
    ];
    for write in writers {
        let mut sink = Sink::default();
        write(&report, &mut sink).unwrap();
        assert!(40_000 * 40 < sink.bytes, "{} bytes", sink.bytes);
        assert!(sink.largest < 64 * 1024, "{} bytes at once", sink.largest);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_cell_is_a_formula(text in "[=+@\t\r\n＝＋－＠\" ,;'a-]{0,6}") {
        let rows = vec![row(1, &text, Coverage::Skipped(text.clone()))];
        let csv = written(|out| write_csv(&report(Sweep::Contacts, rows), out));
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        prop_assert_eq!(record.len(), 7);
        for cell in [&record[1], &record[6]] {
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']));
            prop_assert_eq!(cell.strip_prefix('\'').filter(|_| !text.starts_with('\'')).unwrap_or(cell), &text);
        }
    }
}
