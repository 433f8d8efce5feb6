//! Creation requests: what AWS says of them, and what is announced.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::announcement::{self, Announcement, Draft, Kind, timestamp};
use crate::ids::{AccountId, OrganizationId, RequestId};

/// [`CreateAccountStatus`] as AWS answered it, all but the account's name: that is personal data and goes nowhere.
///
/// [`CreateAccountStatus`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// `car-…`
    pub id: Option<String>,
    /// IN_PROGRESS, SUCCEEDED, FAILED, or a state that is not known yet.
    pub state: Option<String>,
    /// When the request was made.
    pub requested: Option<DateTime<Utc>>,
    /// When the request ended.
    pub completed: Option<DateTime<Utc>>,
    /// The new account, once the request has succeeded.
    pub account: Option<String>,
    /// The new GovCloud account, of `CreateGovCloudAccount` only.
    pub govcloud_account: Option<String>,
    /// Why the request failed: a reason of the model or one that is not known yet.
    pub failure_reason: Option<String>,
}

/// A status row that was understood, or the reason why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// AWS is still at it.
    InProgress(RequestId),
    /// The request has ended.
    Finished(Finished),
    /// The row does not make sense.
    Odd(Odd),
}

/// A creation request that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The request.
    pub id: RequestId,
    /// When the request was made.
    pub requested: Option<DateTime<Utc>>,
    /// When the request ended.
    pub completed: Option<DateTime<Utc>>,
    /// How the request ended.
    pub outcome: Outcome,
    /// A part of the row that made no sense and was left out.
    pub flaw: Option<String>,
}

/// How a creation request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is a new account.
    Succeeded {
        /// The new account.
        account: AccountId,
        /// Its GovCloud account, of `CreateGovCloudAccount` only.
        govcloud_account: Option<AccountId>,
    },
    /// There is no new account.
    Failed {
        /// A `CreateAccountFailureReason`, or a text that is not one yet.
        reason: Option<String>,
    },
}

/// A status row that does not make sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    /// The same for the same row, so that it is reported once.
    pub fingerprint: Uuid,
    /// The request, where the row names one.
    pub request: Option<RequestId>,
    /// What is wrong with the row.
    pub problem: String,
}

impl Status {
    /// Makes sense of the row.
    #[must_use]
    pub fn read(&self) -> Row {
        match self.understand() {
            Ok(row) => row,
            Err(problem) => Row::Odd(Odd {
                fingerprint: Uuid::new_v5(&Uuid::NAMESPACE_OID, self.text().as_bytes()),
                request: self.id.as_deref().and_then(|id| id.parse().ok()),
                problem,
            }),
        }
    }

    fn understand(&self) -> Result<Row, String> {
        let id = present(self.id.as_deref(), "Id")?;
        let id: RequestId = id.parse().map_err(|error| format!("Id is {error}"))?;
        let mut flaw = None;
        let outcome = match present(self.state.as_deref(), "State")? {
            "IN_PROGRESS" => return Ok(Row::InProgress(id)),
            "SUCCEEDED" => {
                let govcloud_account = self.govcloud_account.as_deref();
                let govcloud_account = govcloud_account.map(|id| account(id, "GovCloudAccountId"));
                Outcome::Succeeded {
                    account: account(present(self.account.as_deref(), "AccountId")?, "AccountId")?,
                    // There is an account all the same, and it must be announced.
                    govcloud_account: govcloud_account
                        .and_then(|account| account.map_err(|problem| flaw = Some(problem)).ok()),
                }
            }
            "FAILED" => Outcome::Failed {
                reason: self
                    .failure_reason
                    .clone()
                    .filter(|reason| !reason.is_empty()),
            },
            unknown => return Err(format!("State {unknown:?} is not known")),
        };
        Ok(Row::Finished(Finished {
            id,
            requested: self.requested,
            completed: self.completed,
            outcome,
            flaw,
        }))
    }

    /// Everything in the row, in an order that does not change.
    fn text(&self) -> String {
        let time = |time: Option<DateTime<Utc>>| time.map(timestamp).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            text(&self.id),
            text(&self.state),
            time(self.requested),
            time(self.completed),
            text(&self.account),
            text(&self.govcloud_account),
            text(&self.failure_reason),
        ]
        .join("|")
    }
}

fn present<'a>(value: Option<&'a str>, member: &str) -> Result<&'a str, String> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| format!("{member} is missing"))
}

fn account(text: &str, member: &str) -> Result<AccountId, String> {
    text.parse().map_err(|error| format!("{member} is {error}"))
}

/// The member `detail` of both creation announcements, named as in the API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    create_account_request_id: &'a RequestId,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gov_cloud_account_id: Option<&'a AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_timestamp: Option<String>,
}

impl Finished {
    /// The id of the announcement of this outcome; its occurrence is the outcome itself.
    #[must_use]
    pub fn announcement_id(&self, organization: &OrganizationId) -> Uuid {
        announcement::id(organization, self.kind(), self.id.as_str(), self.state())
    }

    /// The announcement of this outcome, made at `now`.
    #[must_use]
    pub fn announcement(&self, organization: &OrganizationId, now: DateTime<Utc>) -> Announcement {
        let (account, govcloud_account, reason) = match &self.outcome {
            Outcome::Succeeded {
                account,
                govcloud_account,
            } => (Some(account), govcloud_account.as_ref(), None),
            Outcome::Failed { reason } => (None, None, reason.as_deref()),
        };
        Draft {
            kind: self.kind(),
            id: self.announcement_id(organization),
            subject: &self.subject(),
            summary: &self.summary(),
            detail: &Detail {
                create_account_request_id: &self.id,
                state: self.state(),
                account_id: account,
                gov_cloud_account_id: govcloud_account,
                failure_reason: reason,
                requested_timestamp: self.requested.map(timestamp),
                completed_timestamp: self.completed.map(timestamp),
            },
            attributes: &[
                ("state", Some(self.state())),
                ("createAccountRequestId", Some(self.id.as_str())),
                ("accountId", account.map(AccountId::as_str)),
                ("govCloudAccountId", govcloud_account.map(AccountId::as_str)),
                ("failureReason", reason),
            ],
        }
        .finish(now)
    }

    fn kind(&self) -> Kind {
        match self.outcome {
            Outcome::Succeeded { .. } => Kind::AccountCreationSucceeded,
            Outcome::Failed { .. } => Kind::AccountCreationFailed,
        }
    }

    fn state(&self) -> &'static str {
        match self.outcome {
            Outcome::Succeeded { .. } => "SUCCEEDED",
            Outcome::Failed { .. } => "FAILED",
        }
    }

    fn subject(&self) -> String {
        match &self.outcome {
            Outcome::Succeeded {
                account,
                govcloud_account: None,
            } => format!("Account created: {account}"),
            Outcome::Succeeded {
                account,
                govcloud_account: Some(govcloud),
            } => {
                format!("Account created: {account} with GovCloud account {govcloud}")
            }
            Outcome::Failed {
                reason: Some(reason),
            } => format!("Account creation failed: {reason}"),
            Outcome::Failed { reason: None } => format!("Account creation failed: {}", self.id),
        }
    }

    fn summary(&self) -> String {
        let id = &self.id;
        match &self.outcome {
            Outcome::Succeeded {
                account,
                govcloud_account: None,
            } => {
                format!("Account {account} was created (request {id}).")
            }
            Outcome::Succeeded {
                account,
                govcloud_account: Some(govcloud),
            } => {
                format!(
                    "Account {account} and its GovCloud account {govcloud} were created (request {id})."
                )
            }
            Outcome::Failed {
                reason: Some(reason),
            } => {
                format!("The account of request {id} could not be created: {reason}.")
            }
            Outcome::Failed { reason: None } => {
                format!(
                    "The account of request {id} could not be created, and AWS gives no reason."
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "car-examplecreateaccountrequestid111";

    fn status(state: &str) -> Status {
        Status {
            id: Some(ID.to_owned()),
            state: Some(state.to_owned()),
            ..Status::default()
        }
    }

    fn succeeded(govcloud: Option<&str>) -> Status {
        Status {
            account: Some("444455556666".to_owned()),
            govcloud_account: govcloud.map(str::to_owned),
            requested: "2026-11-23T10:00:00Z".parse().ok(),
            completed: "2026-11-23T10:00:03.5Z".parse().ok(),
            ..status("SUCCEEDED")
        }
    }

    fn failed(reason: Option<&str>) -> Status {
        Status {
            failure_reason: reason.map(str::to_owned),
            ..status("FAILED")
        }
    }

    fn announce(status: &Status) -> Announcement {
        let Row::Finished(request) = status.read() else {
            panic!("{status:?} is not finished")
        };
        let now = "2026-11-23T10:01:00Z".parse().unwrap();
        request.announcement(&"o-exampleorg1".parse().unwrap(), now)
    }

    fn check_odd(status: &Status, problem: &str) -> Odd {
        let Row::Odd(odd) = status.read() else {
            panic!("{status:?} makes sense")
        };
        assert_eq!(odd.problem, problem);
        odd
    }

    #[test]
    fn the_id_of_an_outcome_is_for_ever() {
        let id = "9dd03d95-9984-5961-a9ba-29d04ac2f267";
        assert_eq!(announce(&succeeded(None)).id.to_string(), id);
        assert_eq!(
            announce(&succeeded(Some("777788889999"))).id.to_string(),
            id
        );
        assert_ne!(announce(&failed(None)).id.to_string(), id);
    }

    #[test]
    fn a_success_is_announced_with_all_that_is_known() {
        let announcement = announce(&succeeded(None));
        assert_eq!(
            announcement.body,
            r#"{"summary":"Account 444455556666 was created (request car-examplecreateaccountrequestid111).","#.to_owned()
                + &format!(r#""id":"{}","#, announcement.id)
                + r#""type":"AccountCreationSucceeded","version":1,"time":"2026-11-23T10:01:00.000Z","#
                + r#""detail":{"createAccountRequestId":"car-examplecreateaccountrequestid111","state":"SUCCEEDED","#
                + r#""accountId":"444455556666","requestedTimestamp":"2026-11-23T10:00:00.000Z","#
                + r#""completedTimestamp":"2026-11-23T10:00:03.500Z"}}"#
        );
        assert_eq!(announcement.subject, "Account created: 444455556666");
        let attributes: Vec<_> = announcement
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            attributes,
            [
                ("accountId", "444455556666"),
                ("createAccountRequestId", ID),
                ("state", "SUCCEEDED"),
                ("type", "AccountCreationSucceeded"),
            ]
        );
    }

    #[test]
    fn a_govcloud_pair_is_announced_with_both_accounts() {
        let announcement = announce(&succeeded(Some("999900001111")));
        assert!(
            announcement
                .body
                .contains(r#""govCloudAccountId":"999900001111""#),
            "{}",
            announcement.body
        );
        assert!(
            announcement
                .body
                .contains("its GovCloud account 999900001111"),
            "{}",
            announcement.body
        );
        assert_eq!(announcement.attributes["govCloudAccountId"], "999900001111");
    }

    #[test]
    fn every_reason_is_passed_on_known_or_not() {
        for reason in ["EMAIL_ALREADY_EXISTS", "A_REASON_OF_NEXT_YEAR"] {
            let announcement = announce(&failed(Some(reason)));
            assert!(
                announcement
                    .body
                    .contains(&format!(r#""failureReason":"{reason}""#)),
                "{}",
                announcement.body
            );
            assert_eq!(announcement.attributes["failureReason"], reason);
            assert_eq!(announcement.attributes["type"], "AccountCreationFailed");
        }
    }

    #[test]
    fn a_failure_without_a_reason_has_no_empty_attribute() {
        for reason in [None, Some("")] {
            let announcement = announce(&failed(reason));
            assert!(!announcement.attributes.contains_key("failureReason"));
            assert!(
                !announcement.body.contains("failureReason"),
                "{}",
                announcement.body
            );
        }
    }

    #[test]
    fn rows_that_make_no_sense_say_why() {
        check_odd(&Status::default(), "Id is missing");
        let odd = check_odd(&status("PARKED"), r#"State "PARKED" is not known"#);
        assert_eq!(odd.request.unwrap().as_str(), ID);
        check_odd(
            &Status {
                state: None,
                ..status("")
            },
            "State is missing",
        );
        check_odd(&status("SUCCEEDED"), "AccountId is missing");
        check_odd(
            &Status {
                id: Some("x".to_owned()),
                ..status("FAILED")
            },
            "Id is not a creation request id such as car-examplecreateaccountrequestid111",
        );
    }

    #[test]
    fn an_account_is_announced_even_if_its_govcloud_account_makes_no_sense() {
        let status = succeeded(Some("12345"));
        let Row::Finished(request) = status.read() else {
            panic!("{status:?} is not finished")
        };
        assert_eq!(
            request.flaw.as_deref(),
            Some("GovCloudAccountId is not an account id of twelve digits")
        );
        assert_eq!(announce(&status).attributes["accountId"], "444455556666");
        assert!(
            !announce(&status)
                .attributes
                .contains_key("govCloudAccountId")
        );
    }

    #[test]
    fn the_same_odd_row_has_the_same_fingerprint() {
        let fingerprint = |status: &Status| check_odd(status, "Id is missing").fingerprint;
        let other = Status {
            account: Some("444455556666".to_owned()),
            ..Status::default()
        };
        assert_eq!(
            fingerprint(&Status::default()),
            fingerprint(&Status::default())
        );
        assert_ne!(fingerprint(&Status::default()), fingerprint(&other));
    }
}
