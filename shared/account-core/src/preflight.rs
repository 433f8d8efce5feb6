//! What the doctor says: whether what the stack stands on is as it must be, and what to do where it is not.

use serde::Serialize;

use crate::ids::{AccountId, OrganizationId};
use crate::policy::{Policy, Refusal};

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It is as it must be.
    Ok,
    /// It is not.
    Problem,
    /// It cannot be told from here, or only by a write.
    NotProvable,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What was checked.
    pub check: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What is so, and what to do.
    pub text: String,
}

impl Line {
    /// It is as it must be.
    #[must_use]
    pub fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, text)
    }

    /// It is not; `text` says what to do.
    #[must_use]
    pub fn problem(check: &'static str, text: impl Into<String>) -> Self {
        Self::new(check, Verdict::Problem, text)
    }

    /// It cannot be told; `text` says why, and how else to find out.
    #[must_use]
    pub fn not_provable(check: &'static str, text: impl Into<String>) -> Self {
        Self::new(check, Verdict::NotProvable, text)
    }

    fn new(check: &'static str, verdict: Verdict, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            check,
            verdict,
            text,
        }
    }
}

/// An organization as AWS describes it ([`Organization`]).
///
/// [`Organization`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its management account.
    pub management: String,
    /// `ALL`, or `CONSOLIDATED_BILLING`.
    pub features: String,
}

/// Whether the parameters name this organization, and whether it has all features.
#[must_use]
pub fn organization(
    found: &Organization,
    id: &OrganizationId,
    management: &AccountId,
) -> Vec<Line> {
    const NAMED: &str = "organization";
    let wrong = |parameter: &str, so: &str| {
        let text =
            format!("the parameter {parameter} is wrong: deploy again with {parameter}={so}");
        Line::problem(NAMED, text)
    };
    let mut lines = Vec::new();
    if found.id != id.as_str() {
        lines.push(wrong("OrganizationId", &found.id));
    }
    if found.management != management.as_str() {
        lines.push(wrong("ManagementAccountId", &found.management));
    }
    if lines.is_empty() {
        lines.push(Line::ok(NAMED, "the parameters name this organization"));
    }
    lines.push(if found.features == "ALL" {
        Line::ok("features", "the organization has all features")
    } else {
        Line::problem(
            "features",
            "the organization has consolidated billing only, and contacts of members cannot be managed: run `aws organizations enable-all-features` in the management account",
        )
    });
    lines
}

/// Whether Account Management may act in the organization.
#[must_use]
pub fn trusted_access(is_on: bool) -> Line {
    const CHECK: &str = "trustedAccess";
    if is_on {
        return Line::ok(CHECK, "AWS Account Management has trusted access");
    }
    Line::problem(
        CHECK,
        "AWS Account Management has no trusted access: run `aws organizations enable-aws-service-access --service-principal account.amazonaws.com` in the management account",
    )
}

/// Whether the stack is in an account that may manage contacts of members.
#[must_use]
pub fn account(own: &AccountId, management: &AccountId, is_delegated: bool) -> Line {
    const CHECK: &str = "account";
    if own == management {
        return Line::ok(CHECK, "the stack is in the management account");
    }
    if is_delegated {
        return Line::ok(
            CHECK,
            "the stack is in a delegated administrator for Account Management; the management account's own contacts are out of its reach",
        );
    }
    let text = format!(
        "the stack is in a member: deploy it into the management account {management}, or run `aws organizations register-delegated-administrator --service-principal account.amazonaws.com --account-id {own}` there"
    );
    Line::problem(CHECK, text)
}

/// The region that Organizations tells its events in, of the partition of a region.
#[must_use]
pub fn region_of_events(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("us-gov-") => "us-gov-west-1",
        _ if region.starts_with("cn-") => "cn-northwest-1",
        _ if region.starts_with("eusc-") => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

/// Whether events reach the stack by themselves.
#[must_use]
pub fn events(region: &str, own: &AccountId, management: &AccountId) -> Line {
    const CHECK: &str = "events";
    let there = region_of_events(region);
    if own == management && region == there {
        return Line::ok(CHECK, "Organizations tells its events here");
    }
    let place = if own == management {
        format!("region {there} of this account")
    } else {
        format!("region {there} of the management account {management}")
    };
    if region == there {
        let text = format!(
            "Organizations tells its events in {place}: deploy forward-events.yaml there. Whether that is done cannot be seen from here; without it changes are found by the schedules only"
        );
        return Line::not_provable(CHECK, text);
    }
    let text = format!(
        "Organizations tells its events in {place}, and the stack is in {region}: deploy the stack into {there}; without its events changes are found by the schedules only"
    );
    Line::problem(CHECK, text)
}

/// What an event selector of a trail takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selector {
    /// It takes management events.
    pub has_management: bool,
    /// It takes calls that read, and no others.
    pub is_read_only: bool,
}

/// A trail of CloudTrail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// It records in all regions, or in this one.
    pub is_here: bool,
    /// It records in all accounts of the organization.
    pub is_of_organization: bool,
    /// What it records: all that any of these takes.
    pub selectors: Vec<Selector>,
    /// It is logging.
    pub is_logging: bool,
}

impl Trail {
    /// It records here what changes something.
    fn records(&self) -> bool {
        let takes_writes = |it: &Selector| it.has_management && !it.is_read_only;
        self.is_here && self.selectors.iter().any(takes_writes)
    }
}

/// Whether there is a trail in the account that Organizations tells its events in: without one, events that come by
/// CloudTrail do not reach the event bus there. From another account only trails of the organization show.
#[must_use]
pub fn trail(trails: &[Trail], management: &AccountId, is_management: bool) -> Line {
    const CHECK: &str = "trail";
    let counts = |it: &&Trail| is_management || it.is_of_organization;
    let trails: Vec<_> = trails.iter().filter(counts).collect();
    if trails.iter().any(|it| it.records() && it.is_logging) {
        return Line::ok(CHECK, "a trail records the calls that change something");
    }
    if !is_management {
        let text = format!(
            "no trail of the organization is seen to record the calls that change something; whether the management account {management} has a trail of its own cannot be seen from here: run `aws cloudtrail describe-trails` there"
        );
        return Line::not_provable(CHECK, text);
    }
    let found = match &trails[..] {
        [] => "there is no trail",
        _ if trails.iter().any(|it| it.records()) => "the trail is not logging",
        _ => "no trail records management events that write, in this region",
    };
    let text = format!(
        "{found}, and without one events do not reach the event bus: create a trail of all regions with management events, and run `aws cloudtrail start-logging`"
    );
    Line::problem(CHECK, text)
}

/// Whether the policy is accepted.
#[must_use]
pub fn policy(document: &str) -> Line {
    const CHECK: &str = "policy";
    match Policy::read(document) {
        Ok(_) => Line::ok(CHECK, "the policy is accepted"),
        Err(refusals) => {
            let told: Vec<_> = refusals.iter().map(Refusal::to_string).collect();
            let text = format!(
                "the policy is refused, and the last accepted one stays in use: {}. Correct it at its source",
                told.join("; ")
            );
            Line::problem(CHECK, text)
        }
    }
}

/// Whether announcements can be published, and reach anyone but the stack itself, whose queue of the contact stamper is
/// subscribed, too.
#[must_use]
pub fn topic(confirmed: u32, has_queue: bool) -> Vec<Line> {
    vec![
        heard(
            "topic",
            confirmed.saturating_sub(has_queue.into()),
            "AnnouncementsArn",
        ),
        Line::not_provable(
            "publishing",
            "only an announcement proves that the functions may publish: the alarms old-intent and creation-poller-errors tell when one cannot",
        ),
    ]
}

/// Whether alarms reach anyone.
#[must_use]
pub fn alarms(confirmed: u32) -> Line {
    heard("alarms", confirmed, "AlarmsArn")
}

fn heard(check: &'static str, subscribed: u32, output: &str) -> Line {
    if subscribed == 0 {
        let text = format!(
            "nobody is subscribed: run `aws sns subscribe` with the {output} of the stack's outputs"
        );
        return Line::problem(check, text);
    }
    let text = format!("the topic is there; others that have subscribed: {subscribed}");
    Line::ok(check, text)
}

/// Whether a queue of dead letters is empty.
#[must_use]
pub fn dead_letters(waiting: u64) -> Line {
    const CHECK: &str = "deadLetters";
    if waiting == 0 {
        return Line::ok(CHECK, "there are no dead letters");
    }
    let text = format!(
        "{waiting} dead letters wait: docs/operations.md says how to read them and to send them again"
    );
    Line::problem(CHECK, text)
}

/// The lines as a person reads them.
#[must_use]
pub fn text(lines: &[Line]) -> String {
    let told = lines.iter().map(|line| {
        let verdict = match line.verdict {
            Verdict::Ok => "ok",
            Verdict::Problem => "PROBLEM",
            Verdict::NotProvable => "not provable",
        };
        format!("{verdict:<13} {:<14} {}", line.check, line.text)
    });
    told.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
