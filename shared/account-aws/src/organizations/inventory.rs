//! Every account of the organization.

use std::collections::HashMap;

use account_core::ids::{AccountId, UnitId};
use account_core::inventory::Member;
use aws_sdk_organizations::operation::list_accounts::ListAccountsError;
use aws_sdk_organizations::types::ParentType;

use super::accounts::member;
use super::pages::{Pages, is_stale_token};
use super::{LIST_ACCOUNTS, LIST_PARENTS, Organizations};
use crate::Error;

/// Units lie five deep at most ([limits]); more is a circle.
///
/// [limits]: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const DEEPEST: usize = 5;

/// The parents of units that were asked for: many accounts lie in few units.
type Parents = HashMap<UnitId, Option<UnitId>>;

impl Organizations {
    /// Every account, in whatever state; one may come twice where pages shift ([`ListAccounts`]). Their units are asked
    /// for where AWS gives no path ([`ListParents`]).
    ///
    /// [`ListAccounts`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
    /// [`ListParents`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html
    ///
    /// # Errors
    /// [`Error::BrokenListing`] when the listing cannot be trusted to be whole, or a call's own error.
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
                    let accounts = answer.accounts.unwrap_or_default();
                    members.extend(accounts.into_iter().filter_map(member));
                    pages.follow(answer.next_token)?;
                }
                Err(error) if error.as_service_error().is_some_and(refuses_token) => {
                    pages.restart()?;
                }
                Err(error) => return Err(Error::call(LIST_ACCOUNTS, &error)),
            }
        }
        let mut parents = Parents::new();
        for member in &mut members {
            if member.units.is_none() {
                member.units = Some(self.path(member.id.as_str(), &mut parents).await?);
            }
        }
        Ok(members)
    }

    /// The units above one account, the outermost first; only where AWS gives no path with the account
    /// ([`ListParents`](https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html)).
    ///
    /// # Errors
    /// A call's own error, or units that lie deeper than AWS allows.
    pub async fn units(&self, account: &AccountId) -> Result<Vec<UnitId>, Error> {
        self.path(account.as_str(), &mut Parents::new()).await
    }

    /// The units above an account, the outermost first.
    async fn path(&self, account: &str, parents: &mut Parents) -> Result<Vec<UnitId>, Error> {
        let mut path = Vec::new();
        let mut above = self.parent(account).await?;
        while let Some(unit) = above {
            if path.len() == DEEPEST {
                return Err(Error::BrokenListing {
                    action: LIST_PARENTS,
                    problem: "units lie deeper than AWS allows",
                });
            }
            above = match parents.get(&unit) {
                Some(parent) => parent.clone(),
                None => {
                    let parent = self.parent(unit.as_str()).await?;
                    parents.insert(unit.clone(), parent.clone());
                    parent
                }
            };
            path.insert(0, unit);
        }
        Ok(path)
    }

    /// The unit that an account or unit lies in; `None` where that is the root.
    async fn parent(&self, child: &str) -> Result<Option<UnitId>, Error> {
        self.limits.ready(LIST_PARENTS).await;
        let call = self.client.list_parents().child_id(child);
        let answer = call
            .send()
            .await
            .map_err(|error| Error::call(LIST_PARENTS, &error))?;
        let parent = answer.parents.unwrap_or_default().into_iter().next();
        let parent = parent.ok_or_else(|| Error::unusable(LIST_PARENTS, "no parent"))?;
        if parent.r#type == Some(ParentType::Root) {
            return Ok(None);
        }
        let unit = parent.id.unwrap_or_default().parse();
        unit.map(Some)
            .or(Err(Error::unusable(LIST_PARENTS, "a parent without an id")))
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
