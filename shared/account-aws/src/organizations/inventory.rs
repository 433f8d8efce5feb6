//! Every account of the organization.

use account_core::ids::AccountId;
use account_core::inventory::Member;
use aws_sdk_organizations::operation::list_accounts::ListAccountsError;

use super::accounts::member;
use super::pages::{Pages, is_stale_token};
use super::{LIST_ACCOUNTS, Organizations};
use crate::Error;
use crate::error::listed;

impl Organizations {
    /// Every account, in whatever state; one may come twice where pages shift ([`ListAccounts`]).
    ///
    /// [`ListAccounts`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
    ///
    /// # Errors
    /// [`Error::BrokenListing`] when the listing cannot be trusted to be whole, [`Error::Unavailable`] when there is nothing
    /// on it, or a call's own error.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        let mut pages = Pages::new(LIST_ACCOUNTS);
        let mut members = Vec::new();
        while !pages.ended {
            self.limits.ready(LIST_ACCOUNTS).await;
            let call = self
                .client
                .list_accounts()
                .set_next_token(pages.token.clone())
                .max_results(20);
            match call.send().await {
                Ok(answer) => {
                    let accounts = listed(LIST_ACCOUNTS, answer.accounts)?;
                    // One that is left out would have left the organization.
                    let page = accounts.into_iter().map(member).collect::<Option<Vec<_>>>();
                    members.extend(page.ok_or_else(|| {
                        Error::unusable(LIST_ACCOUNTS, "an account without an id")
                    })?);
                    pages.follow(answer.next_token)?;
                }
                Err(error) if error.as_service_error().is_some_and(refuses_token) => {
                    pages.restart()?;
                }
                Err(error) => return Err(Error::call(LIST_ACCOUNTS, &error)),
            }
        }
        // The management account is one at least. Of an organization without accounts, everything would have left.
        if members.is_empty() {
            return Err(Error::unusable(LIST_ACCOUNTS, "not a single account"));
        }
        Ok(members)
    }
}

impl Organizations {
    /// Of the first twenty accounts, the active one that has been there longest, `management` excepted; `None` where there
    /// is none ([`ListAccounts`]).
    ///
    /// [`ListAccounts`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
    ///
    /// # Errors
    /// Whatever AWS answers but a list.
    pub async fn some_member(&self, management: &AccountId) -> Result<Option<AccountId>, Error> {
        self.limits.ready(LIST_ACCOUNTS).await;
        let answer = self.client.list_accounts().max_results(20).send().await;
        let answer = answer.map_err(|error| Error::call(LIST_ACCOUNTS, &error))?;
        let accounts = listed(LIST_ACCOUNTS, answer.accounts)?;
        let members = accounts.into_iter().filter_map(member);
        let members = members.filter(|it| it.state == "ACTIVE" && it.id != *management);
        Ok(members.min_by_key(|it| it.joined).map(|it| it.id))
    }
}

fn refuses_token(error: &ListAccountsError) -> bool {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other errors mean something else"
    )]
    match error {
        ListAccountsError::InvalidInputException(error) => {
            is_stale_token(error.reason.as_ref().map(|reason| reason.as_str()))
        }
        _ => false,
    }
}
