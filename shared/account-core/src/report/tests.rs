//! The renderings of small reports, in full.

use super::picture::{WIDTH, bars};
use super::tone::{TONES, rank};
use super::*;
use crate::contact::Field;
use crate::govcloud::{Misfit, Observation};

fn row(number: u64, state: &str, coverage: Coverage) -> Row {
    Row {
        account_id: format!("{number:012}").parse().unwrap(),
        account_state: state.to_owned(),
        unfinished: false,
        coverage,
    }
}

fn report(kind: Sweep, rows: Vec<Row>) -> Report {
    Report {
        sweep: "a-sweep".to_owned(),
        kind,
        outcome: Outcome::Complete,
        started: DateTime::UNIX_EPOCH,
        finished: DateTime::UNIX_EPOCH,
        policy_version: None,
        counts: counts(&rows),
        rows,
    }
}

fn line(contact: Contact, found: Found, done: Done) -> ContactLine {
    ContactLine {
        contact,
        found,
        fields: Vec::new(),
        done,
        reason: None,
    }
}

fn contacts() -> Report {
    let drift = ContactLine {
        fields: vec![Field::Name.into(), Field::Title.into()],
        ..line(Contact::Security, Found::Drift, Done::Failed)
    };
    let unknown = ContactLine {
        reason: Some("=1+1, \"denied\"".to_owned()),
        ..line(Contact::Primary, Found::Unknown, Done::Nothing)
    };
    let missing = line(Contact::Billing, Found::Missing, Done::Written);
    let rows = vec![
        Row {
            unfinished: true,
            ..row(1, "ACTIVE", Coverage::Contacts(vec![missing, drift]))
        },
        row(2, "ACTIVE", Coverage::Contacts(vec![unknown])),
        row(3, "ACTIVE", Coverage::Contacts(Vec::new())),
        row(
            4,
            "CLOSED",
            Coverage::Skipped("the account is closed".to_owned()),
        ),
        row(5, "+ACTIVE", Coverage::Uncovered("no time".to_owned())),
    ];
    report(Sweep::Contacts, rows)
}

fn links() -> Report {
    let reported = "900000000002".parse().ok();
    let linked = Observation::linked("900000000001", "ACTIVE");
    let findings = vec![Misfit::OtherThanReported, Misfit::Shared];
    let of = |observation, reported, findings| {
        Coverage::GovCloud(LinkLine::new(observation, reported, findings))
    };
    let denied = Observation::Unknown("AccessDeniedException".to_owned());
    let none = Observation::Link(crate::govcloud::Link::NotLinked);
    let rows = vec![
        row(1, "ACTIVE", of(&linked, reported, findings)),
        row(2, "ACTIVE", of(&none, None, Vec::new())),
        row(3, "ACTIVE", of(&Observation::Unavailable, None, Vec::new())),
        row(4, "ACTIVE", of(&denied, None, Vec::new())),
        row(5, "ACTIVE", Coverage::Uncovered("no time".to_owned())),
    ];
    report(Sweep::GovCloud, rows)
}

fn csv(report: &Report) -> String {
    let mut out = Vec::new();
    write_csv(report, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    // A line ends as RFC 4180 says.
    assert_eq!(text.matches("\r\n").count(), text.lines().count());
    text.replace("\r\n", "\n")
}

#[test]
fn contacts_for_spreadsheets() {
    let expected = "\
account,state,contact,found,fields,done,reason
000000000001,ACTIVE,BILLING,missing,,written,
000000000001,ACTIVE,SECURITY,drift,\"name, title\",failed,
000000000002,ACTIVE,PRIMARY,unknown,,nothing,\"'=1+1, \"\"denied\"\"\"
000000000003,ACTIVE,,noStandard,,,
000000000004,CLOSED,,skipped,,,the account is closed
000000000005,'+ACTIVE,,uncovered,,,no time
";
    assert_eq!(csv(&contacts()), expected);
}

#[test]
fn links_for_spreadsheets() {
    let expected = "\
account,state,link,govCloudAccount,govCloudState,reportedGovCloudAccount,findings,reason
000000000001,ACTIVE,linked,900000000001,ACTIVE,900000000002,\"otherThanReported, shared\",
000000000002,ACTIVE,notLinked,,,,,
000000000003,ACTIVE,unknown,,,,,the link is not available now
000000000004,ACTIVE,unknown,,,,,AccessDeniedException
000000000005,ACTIVE,uncovered,,,,,no time
";
    assert_eq!(csv(&links()), expected);
}

/// The counts in one line.
fn told(report: &Report) -> String {
    let counts = report.counts.iter();
    let counts: Vec<_> = counts
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    counts.join(", ")
}

#[test]
fn every_account_and_contact_is_counted() {
    let expected = "accounts 5, contacts 3, covered 3, drift 1, failed 1, missing 1, noStandard 1, \
                    skipped 1, uncovered 1, unfinished 1, unknown 1, written 1";
    assert_eq!(told(&contacts()), expected);
    let expected = "accounts 5, covered 4, findings 2, linked 1, notLinked 1, otherThanReported 1, \
                    shared 1, uncovered 1, unknown 2";
    assert_eq!(told(&links()), expected);
}

#[test]
fn the_picture_in_words() {
    let told = |report: &Report| {
        bars(report)
            .iter()
            .map(picture::Bar::told)
            .collect::<Vec<_>>()
    };
    let expected = [
        "Accounts: 3 ACTIVE, 1 CLOSED, 1 +ACTIVE",
        "BILLING: 1 missing",
        "PRIMARY: 1 unknown",
        "SECURITY: 1 drift",
    ];
    assert_eq!(told(&contacts()), expected);
    let expected = [
        "Accounts: 5 ACTIVE",
        "GovCloud links: 1 ACTIVE, 1 notLinked, 2 unknown",
    ];
    assert_eq!(told(&links()), expected);
    assert_eq!(told(&report(Sweep::Contacts, Vec::new())), [""; 0]);
}

#[test]
fn a_bar_is_full_and_shows_the_smallest_part() {
    let many = (0..50_000).map(|number| row(number, "ACTIVE", Coverage::Contacts(Vec::new())));
    let one = row(50_001, "CLOSED", Coverage::Contacts(Vec::new()));
    let rows = many.chain([one]).collect();
    let bars = bars(&report(Sweep::Contacts, rows));
    let [active, closed] = bars[0].parts.as_slice() else {
        panic!("two parts")
    };
    assert_eq!((active.at, active.at + active.width), (0, closed.at));
    assert_eq!(closed.at + closed.width, WIDTH);
    assert!(5 <= closed.width, "{closed:?}");
    assert_eq!(active.told, "50\u{202f}000");
}

#[test]
fn every_word_has_its_color() {
    let words = [
        Found::ALL
            .iter()
            .map(|word| word.as_str())
            .collect::<Vec<_>>(),
        Done::ALL.iter().map(|word| word.as_str()).collect(),
        LinkWord::ALL.iter().map(|word| word.as_str()).collect(),
        Misfit::ALL.iter().map(|word| word.as_str()).collect(),
        [contacts(), links()]
            .iter()
            .flat_map(|it| it.counts.keys())
            .map(String::as_str)
            .map(|word| {
                TONES
                    .iter()
                    .find(|(known, _)| *known == word)
                    .map_or("?", |(known, _)| known)
            })
            .collect(),
    ];
    for word in words.concat() {
        assert_ne!(rank(word), TONES.len(), "{word}");
    }
}

#[test]
fn a_line_of_a_batch_is_read_as_it_was_written_and_holds_no_value() {
    for row in [contacts().rows, links().rows].concat() {
        let text = serde_json::to_string(&row).unwrap();
        assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
    }
    let text =
        r#"{"contact":"BILLING","found":"drift","fields":["x@example.com"],"done":"nothing"}"#;
    let error = serde_json::from_str::<ContactLine>(text).unwrap_err();
    assert!(
        error.to_string().starts_with("not a field of a contact"),
        "{error}"
    );
}
