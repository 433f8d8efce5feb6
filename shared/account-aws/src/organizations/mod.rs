//! Creation requests and accounts as AWS Organizations tells of them.

mod accounts;
mod inventory;
mod listing;
pub(crate) mod pages;
mod units;

use std::sync::{Arc, Mutex};

use account_core::creation::Status;
use account_core::ids::RequestId;
use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::CreateAccountStatus;
use chrono::{DateTime, Utc};

pub use listing::Listing;
use units::Parents;

use crate::Error;
use crate::clients::Clients;
use crate::limiter::Share;
use crate::limits::Limits;

/// IAM action of [`Organizations::requests`].
pub const LIST: &str = "organizations:ListCreateAccountStatus";
/// IAM action of [`Organizations::account`].
pub const DESCRIBE_ACCOUNT: &str = "organizations:DescribeAccount";
/// IAM action of [`Organizations::tags`].
pub const LIST_TAGS: &str = "organizations:ListTagsForResource";
/// IAM action of [`Organizations::members`].
pub const LIST_ACCOUNTS: &str = "organizations:ListAccounts";
/// IAM action of [`Organizations::units`].
pub const LIST_PARENTS: &str = "organizations:ListParents";
/// IAM action of [`Organizations::describe`].
pub const DESCRIBE: &str = "organizations:DescribeCreateAccountStatus";

/// AWS Organizations, called no faster than its published [quotas] allow.
///
/// [quotas]: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
#[derive(Clone, Debug)]
pub struct Organizations {
    client: Client,
    limits: Limits,
    parents: Arc<Mutex<Parents>>,
}

/// Of one account, in calls a second and at once.
const RATES: [(&str, (u32, u32)); 6] = [
    ("ListCreateAccountStatus", (5, 8)),
    ("DescribeCreateAccountStatus", (2, 2)),
    ("DescribeAccount", (20, 30)),
    ("ListTagsForResource", (10, 15)),
    ("ListAccounts", (8, 12)),
    ("ListParents", (5, 8)),
];

impl Organizations {
    /// With a client of its own.
    #[must_use]
    pub fn new(clients: &Clients, share: Share) -> Self {
        let limits = Limits::new(clients.metrics(), share, &RATES);
        let config = clients.organizations_config().interceptor(limits.clone());
        Self {
            client: Client::from_conf(config.build()),
            limits,
            parents: Arc::default(),
        }
    }

    /// One creation request, or `None` where AWS does not know it (any more) ([`DescribeCreateAccountStatus`]).
    ///
    /// [`DescribeCreateAccountStatus`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeCreateAccountStatus.html
    ///
    /// # Errors
    /// Whatever else AWS answers than a status or `CreateAccountStatusNotFoundException`.
    pub async fn describe(&self, id: &RequestId) -> Result<Option<Status>, Error> {
        self.limits.ready(DESCRIBE).await;
        match self
            .client
            .describe_create_account_status()
            .create_account_request_id(id.as_str())
            .send()
            .await
        {
            Ok(answer) => answer
                .create_account_status
                .map(|it| Some(status(it)))
                .ok_or_else(|| Error::unusable(DESCRIBE, "an answer without a status")),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_create_account_status_not_found_exception()) =>
            {
                Ok(None)
            }
            Err(error) => Err(Error::call(DESCRIBE, &error)),
        }
    }
}

/// Drops `AccountName`: nothing behind this line knows it.
fn status(status: CreateAccountStatus) -> Status {
    Status {
        id: status.id,
        state: status.state.map(|state| state.as_str().to_owned()),
        requested: status.requested_timestamp.and_then(time),
        completed: status.completed_timestamp.and_then(time),
        account: status.account_id,
        govcloud_account: status.gov_cloud_account_id,
        failure_reason: status
            .failure_reason
            .map(|reason| reason.as_str().to_owned()),
    }
}

fn time(time: aws_smithy_types::DateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.secs(), time.subsec_nanos())
}
