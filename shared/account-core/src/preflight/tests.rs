use super::*;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

fn id(account: &str) -> AccountId {
    account.parse().unwrap()
}

#[test]
fn an_organization_is_the_one_that_the_parameters_name_and_has_all_features() {
    use Verdict::{Ok, Problem};
    for (organization_id, management, features, expected) in [
        ("o-exampleorg1", OWN, "ALL", &[Ok, Ok][..]),
        ("o-exampleorg2", OWN, "ALL", &[Problem, Ok]),
        ("o-exampleorg1", OTHER, "ALL", &[Problem, Ok]),
        ("o-exampleorg2", OTHER, "ALL", &[Problem, Problem, Ok]),
        ("o-exampleorg1", OWN, "CONSOLIDATED_BILLING", &[Ok, Problem]),
    ] {
        let found = Organization {
            id: organization_id.to_owned(),
            management: management.to_owned(),
            features: features.to_owned(),
        };
        let lines = organization(&found, &"o-exampleorg1".parse().unwrap(), &id(OWN));
        let verdicts: Vec<_> = lines.iter().map(|line| line.verdict).collect();
        assert_eq!(verdicts, expected, "{found:?}");
    }
}

#[test]
fn an_account_manages_contacts_if_it_is_the_management_account_or_delegated() {
    use Verdict::{Ok, Problem};
    let verdict = |own, is_delegated| account(&id(own), &id(OWN), is_delegated).verdict;
    assert_eq!(verdict(OWN, false), Ok);
    assert_eq!(verdict(OTHER, true), Ok);
    assert_eq!(verdict(OTHER, false), Problem);
}

#[test]
fn events_are_told_in_one_region_of_each_partition() {
    use Verdict::{NotProvable, Ok, Problem};
    for (there, elsewhere) in [
        ("us-east-1", "eu-central-1"),
        ("us-gov-west-1", "us-gov-east-1"),
        ("cn-northwest-1", "cn-north-1"),
        ("eusc-de-east-1", "eusc-de-west-1"),
    ] {
        for (own, region, expected) in [
            (OWN, there, Ok),
            (OTHER, there, NotProvable),
            (OWN, elsewhere, Problem),
            (OTHER, elsewhere, Problem),
        ] {
            let line = events(region, &id(own), &id(OWN));
            assert_eq!(line.verdict, expected, "{own} {region}");
            let is_named = line.text.contains(&format!("region {there} of"));
            assert_eq!(is_named, expected != Ok, "{}", line.text);
            let is_management = line.text.contains("of the management account");
            assert_eq!(is_management, own == OTHER, "{}", line.text);
        }
    }
}

#[test]
fn dead_letters_are_a_problem_and_a_person_reads_so() {
    assert_eq!(dead_letters(0).verdict, Verdict::Ok);
    let line = dead_letters(3);
    assert_eq!(line.verdict, Verdict::Problem);
    let text = text(&[dead_letters(0), line]);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("ok            deadLetters    there are no dead letters"));
    assert!(lines[1].starts_with("PROBLEM       deadLetters    3 dead letters wait"));
}

const WRITES: Selector = Selector {
    has_management: true,
    is_read_only: false,
};

fn told(selectors: &[Selector]) -> Verdict {
    let management = "111122223333".parse().unwrap();
    let trail = Trail {
        is_here: true,
        is_of_organization: false,
        selectors: selectors.to_vec(),
        is_logging: true,
    };
    super::trail(&[trail], &management, true).verdict
}

#[test]
fn one_selector_must_take_both_management_events_and_writes() {
    let reads = Selector {
        is_read_only: true,
        ..WRITES
    };
    let data = Selector {
        has_management: false,
        ..WRITES
    };
    assert_eq!(told(&[WRITES]), Verdict::Ok);
    assert_eq!(told(&[reads, data, WRITES]), Verdict::Ok);
    for selectors in [&[][..], &[reads], &[data], &[reads, data]] {
        assert_eq!(told(selectors), Verdict::Problem, "{selectors:?}");
    }
}

#[test]
fn the_stacks_own_queue_is_nobody() {
    for (confirmed, has_queue, verdict) in [
        (0, false, Verdict::Problem),
        (0, true, Verdict::Problem),
        (1, true, Verdict::Problem),
        (1, false, Verdict::Ok),
        (2, true, Verdict::Ok),
    ] {
        let lines = topic(confirmed, has_queue);
        assert_eq!(lines[0].verdict, verdict, "{confirmed} {has_queue}");
    }
    assert_eq!(alarms(0).verdict, Verdict::Problem);
    assert_eq!(alarms(1).verdict, Verdict::Ok);
}
