//! Accounts: what must be known of one before its contacts are looked at.

use std::collections::BTreeMap;
use std::fmt;

use account_core::ids::{AccountId, UnitId};
use aws_sdk_organizations::types::Account;
use chrono::{DateTime, Utc};

use super::{DESCRIBE_ACCOUNT, LIST_TAGS, Organizations};
use crate::Error;

/// The name of an account. Personal data: its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountName(pub String);

impl fmt::Debug for AccountName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccountName(…)")
    }
}

/// What Organizations tells of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    /// Its name, which AWS also makes the full name of its first primary contact.
    pub name: AccountName,
    /// PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED, or a state that is not known yet.
    pub state: String,
    /// Its organizational units, from the outermost to its own; absent where AWS gives no path.
    pub units: Option<Vec<UnitId>>,
    /// When it joined the organization.
    pub joined: Option<DateTime<Utc>>,
}

impl Organizations {
    /// An account, or `None` where the organization has none of this id ([`DescribeAccount`]).
    ///
    /// [`DescribeAccount`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeAccount.html
    ///
    /// # Errors
    /// Whatever else AWS answers than an account or `AccountNotFoundException`.
    pub async fn account(&self, id: &AccountId) -> Result<Option<AccountFacts>, Error> {
        self.limits.ready(DESCRIBE_ACCOUNT).await;
        match self
            .client
            .describe_account()
            .account_id(id.as_str())
            .send()
            .await
        {
            Ok(answer) => Ok(answer.account.map(facts)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_account_not_found_exception()) =>
            {
                Ok(None)
            }
            Err(error) => Err(Error::call(DESCRIBE_ACCOUNT, &error)),
        }
    }

    /// The tags of an account ([`ListTagsForResource`]).
    ///
    /// [`ListTagsForResource`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTagsForResource.html
    ///
    /// # Errors
    /// [`Error::BrokenListing`] when AWS repeats a token, or the call's own error.
    pub async fn tags(&self, id: &AccountId) -> Result<BTreeMap<String, String>, Error> {
        let mut tags = BTreeMap::new();
        let mut token: Option<String> = None;
        loop {
            self.limits.ready(LIST_TAGS).await;
            let call = self
                .client
                .list_tags_for_resource()
                .resource_id(id.as_str())
                .set_next_token(token.clone());
            let answer = call
                .send()
                .await
                .map_err(|error| Error::call(LIST_TAGS, &error))?;
            tags.extend(
                answer
                    .tags
                    .unwrap_or_default()
                    .into_iter()
                    .map(|tag| (tag.key, tag.value)),
            );
            let next = answer.next_token.filter(|token| !token.is_empty());
            match next {
                None => return Ok(tags),
                // An account has 50 tags at most: a token that comes again has no end.
                Some(_) if next == token => {
                    return Err(Error::BrokenListing {
                        action: LIST_TAGS,
                        problem: "AWS repeated a NextToken",
                    });
                }
                Some(_) => token = next,
            }
        }
    }
}

fn facts(account: Account) -> AccountFacts {
    // `Status` was to be retired in September 2026; both say the same where both are there.
    let status = account.status.map(|status| status.as_str().to_owned());
    let state = account
        .state
        .map(|state| state.as_str().to_owned())
        .or(status);
    // `o-…/r-…/ou-…/ou-…/111122223333/`
    let units = account
        .paths
        .as_ref()
        .and_then(|paths| paths.first())
        .map(|path| {
            path.split('/')
                .filter_map(|step| step.parse().ok())
                .collect()
        });
    AccountFacts {
        name: AccountName(account.name.unwrap_or_default()),
        state: state.unwrap_or_default(),
        units,
        joined: account.joined_timestamp.and_then(super::time),
    }
}
