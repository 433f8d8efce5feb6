//! What is announced of GovCloud links.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::comparison::Comparison;
use super::link::Link;
use super::misfit::Finding;
use crate::announcement::{self, Announcement, Draft, Kind};
use crate::ids::{AccountId, OrganizationId};

/// So many findings are listed in one announcement; SNS takes 256 KiB, and this is some 12. The report has them all.
const LISTED: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeDetail<'a> {
    account_id: &'a AccountId,
    change: &'static str,
    from: &'a Link,
    to: &'a Link,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingsDetail<'a> {
    /// How many there are of each, listed or not.
    counts: Counts,
    appeared: Vec<&'a Finding>,
    cleared: Vec<&'a Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a str>,
}

#[derive(Serialize)]
struct Counts {
    appeared: usize,
    cleared: usize,
    standing: usize,
}

/// The announcement that an account's link has changed. `version` is that of the link's row.
#[must_use]
pub fn link_changed(
    organization: &OrganizationId,
    account: &AccountId,
    (from, to): (&Link, &Link),
    version: u64,
    now: DateTime<Utc>,
) -> Announcement {
    let kind = Kind::GovCloudLinkChanged;
    Draft {
        kind,
        id: announcement::id(organization, kind, account.as_str(), &format!("{version}")),
        subject: &format!("GovCloud link changed: {account}"),
        summary: &format!(
            "The GovCloud link of account {account} changed from {} to {}.",
            told(from),
            told(to)
        ),
        detail: &ChangeDetail {
            account_id: account,
            change: change(from, to),
            from,
            to,
        },
        attributes: &[
            ("accountId", Some(account.as_str())),
            ("change", Some(change(from, to))),
            (
                "govCloudAccountId",
                to.account().or(from.account()).map(AccountId::as_str),
            ),
            ("state", to.state()),
        ],
    }
    .finish(now)
}

fn change(from: &Link, to: &Link) -> &'static str {
    match (from.account(), to.account()) {
        (None, _) => "appeared",
        (Some(_), None) => "vanished",
        (Some(from), Some(to)) if from == to => "state",
        (Some(_), Some(_)) => "account",
    }
}

fn told(link: &Link) -> String {
    match link {
        Link::NotLinked => "none".to_owned(),
        Link::Linked {
            gov_cloud_account_id,
            state,
        } => format!("{gov_cloud_account_id} ({state})"),
    }
}

/// The announcement of the findings that appeared and cleared in one audit. `version` is that of the findings' row,
/// `report` is where all of them can be read.
#[must_use]
pub fn findings_changed(
    organization: &OrganizationId,
    comparison: &Comparison,
    version: u64,
    report: Option<&str>,
    now: DateTime<Utc>,
) -> Announcement {
    let kind = Kind::GovCloudFindings;
    let counts = Counts {
        appeared: comparison.appeared.len(),
        cleared: comparison.cleared.len(),
        standing: comparison.standing.len(),
    };
    let told = format!("{} appeared, {} cleared", counts.appeared, counts.cleared);
    let appeared = first(&comparison.appeared, LISTED);
    let cleared = first(&comparison.cleared, LISTED - appeared.len());
    Draft {
        kind,
        id: announcement::id(organization, kind, "findings", &format!("{version}")),
        subject: &format!("GovCloud findings: {told}"),
        summary: &format!(
            "Findings about GovCloud links: {told}, {} as before.",
            counts.standing
        ),
        detail: &FindingsDetail {
            counts,
            appeared,
            cleared,
            report,
        },
        attributes: &[],
    }
    .finish(now)
}

fn first(findings: &BTreeSet<Finding>, most: usize) -> Vec<&Finding> {
    findings.iter().take(most).collect()
}
