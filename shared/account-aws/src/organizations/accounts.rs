//! Accounts: what must be known of one before its contacts are looked at.

use std::collections::BTreeMap;

use account_core::ids::AccountId;
use account_core::inventory::{Member, Name};
use aws_sdk_organizations::types::{Account, AccountJoinedMethod};

use super::pages::Pages;
use super::{DESCRIBE_ACCOUNT, LIST_TAGS, Organizations};
use crate::Error;
use crate::error::listed;

impl Organizations {
    /// An account, or `None` where the organization has none of this id ([`DescribeAccount`]).
    ///
    /// [`DescribeAccount`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeAccount.html
    ///
    /// # Errors
    /// Whatever else AWS answers than an account or `AccountNotFoundException`.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Member>, Error> {
        self.limits.ready(DESCRIBE_ACCOUNT).await;
        match self
            .client
            .describe_account()
            .account_id(id.as_str())
            .send()
            .await
        {
            Ok(answer) => {
                answer.account.and_then(member).map(Some).ok_or_else(|| {
                    Error::unusable(DESCRIBE_ACCOUNT, "an answer without an account")
                })
            }
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
        let mut pages = Pages::new(LIST_TAGS);
        let mut tags = BTreeMap::new();
        while !pages.ended {
            self.limits.ready(LIST_TAGS).await;
            let call = self
                .client
                .list_tags_for_resource()
                .resource_id(id.as_str())
                .set_next_token(pages.token.clone());
            let answer = call
                .send()
                .await
                .map_err(|error| Error::call(LIST_TAGS, &error))?;
            let page = listed(LIST_TAGS, answer.tags)?;
            tags.extend(page.into_iter().map(|tag| (tag.key, tag.value)));
            pages.follow(answer.next_token)?;
        }
        Ok(tags)
    }
}

/// An account as it is listed and described; without an id it is none.
pub(super) fn member(account: Account) -> Option<Member> {
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
    Some(Member {
        id: account.id?.parse().ok()?,
        state: state.unwrap_or_default(),
        units,
        joined: account.joined_timestamp.and_then(super::time),
        created: account.joined_method == Some(AccountJoinedMethod::Created),
        name: Name::new(account.name.unwrap_or_default()),
    })
}
