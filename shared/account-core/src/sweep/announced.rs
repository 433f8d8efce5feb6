//! What is announced of sweeps.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::gate::Reason;
use super::{Outcome, Sweep};
use crate::announcement::{self, Announcement, Draft, Kind};
use crate::ids::OrganizationId;

/// The end of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct Finish<'a> {
    /// The sweep's id: a plan whose gate closed is approved by it.
    pub id: &'a str,
    /// What was swept.
    pub sweep: Sweep,
    /// How it ended.
    pub outcome: Outcome,
    /// Why the gate closed; empty where it did not.
    pub reasons: &'a [Reason],
    /// The counts of the report.
    pub counts: &'a BTreeMap<String, u64>,
    /// Where the report is, `s3://BUCKET/KEY`.
    pub report: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FinishDetail<'a> {
    sweep_id: &'a str,
    sweep: Sweep,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    counts: &'a BTreeMap<String, u64>,
    report: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureDetail<'a> {
    sweep_id: &'a str,
    sweep: Sweep,
    step: &'a str,
    error: &'a str,
}

/// The announcement that a sweep came to its end.
#[must_use]
pub fn finished(
    organization: &OrganizationId,
    finish: &Finish<'_>,
    now: DateTime<Utc>,
) -> Announcement {
    let kind = Kind::SweepFinished;
    let Finish {
        id,
        sweep,
        outcome,
        report,
        ..
    } = finish;
    let reasons: Vec<_> = finish.reasons.iter().map(Reason::to_string).collect();
    let told = [&[outcome.told().to_owned()], reasons.as_slice()].concat();
    Draft {
        kind,
        id: announcement::id(organization, kind, id, outcome.as_str()),
        subject: &format!("{} finished: {}", sweep.title(), outcome.told()),
        summary: &format!(
            "{} {id} finished: {}. The report is at {report}.",
            sweep.title(),
            told.join("; ")
        ),
        detail: &FinishDetail {
            sweep_id: id,
            sweep: *sweep,
            outcome: *outcome,
            reasons,
            counts: finish.counts,
            report,
        },
        attributes: &[
            ("sweep", Some(sweep.as_str())),
            ("sweepId", Some(id)),
            ("outcome", Some(outcome.as_str())),
        ],
    }
    .finish(now)
}

/// The announcement that a sweep broke off in `step`. `error` is the error's kind; its text may hold anything.
#[must_use]
pub fn sweep_failed(
    organization: &OrganizationId,
    (sweep, id): (Sweep, &str),
    step: &str,
    error: &str,
    now: DateTime<Utc>,
) -> Announcement {
    let kind = Kind::SweepFailed;
    Draft {
        kind,
        id: announcement::id(organization, kind, id, step),
        subject: &format!("{} failed in {step}", sweep.title()),
        summary: &format!("{} {id} broke off in step {step}: {error}.", sweep.title()),
        detail: &FailureDetail {
            sweep_id: id,
            sweep,
            step,
            error,
        },
        attributes: &[
            ("sweep", Some(sweep.as_str())),
            ("sweepId", Some(id)),
            ("step", Some(step)),
            ("error", Some(error)),
        ],
    }
    .finish(now)
}
