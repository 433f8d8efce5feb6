//! Listings of creation requests.

use account_core::creation::Status;
use aws_sdk_organizations::operation::list_create_account_status::ListCreateAccountStatusError;
use aws_sdk_organizations::types::CreateAccountState;

use super::pages::{Pages, is_stale_token};
use super::{LIST, Organizations, status};
use crate::Error;
use crate::error::listed;

impl Organizations {
    /// Lists the creation requests in `states`, or all of them where `states` is empty ([`ListCreateAccountStatus`]).
    ///
    /// [`ListCreateAccountStatus`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListCreateAccountStatus.html
    #[must_use]
    pub fn requests(&self, states: &[CreateAccountState]) -> Listing<'_> {
        Listing {
            organizations: self,
            states: states.to_vec(),
            pages: Pages::new(LIST),
            rows: 0,
        }
    }
}

/// A listing that is either whole or an error.
#[derive(Debug)]
pub struct Listing<'a> {
    organizations: &'a Organizations,
    states: Vec<CreateAccountState>,
    pages: Pages,
    rows: u32,
}

impl Listing<'_> {
    /// The next page, perhaps an empty one; `None` after the last. A token that AWS no longer takes starts the listing
    /// again, so rows may come twice.
    ///
    /// # Errors
    /// [`Error::BrokenListing`] when AWS repeats a token or refuses tokens again and again, or the call's own error.
    pub async fn page(&mut self) -> Result<Option<Vec<Status>>, Error> {
        while !self.pages.ended {
            match self.fetch().await? {
                Some(rows) => return Ok(Some(rows)),
                None => {
                    self.pages.restart()?;
                    self.rows = 0;
                }
            }
        }
        Ok(None)
    }

    /// Whether the last page has been given.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.pages.ended
    }

    /// How many rows this listing has given, since it last began.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// The page at the token, or `None` when AWS does not take the token.
    async fn fetch(&mut self) -> Result<Option<Vec<Status>>, Error> {
        self.organizations.limits.ready(LIST).await;
        let states = (!self.states.is_empty()).then(|| self.states.clone());
        let call = self.organizations.client.list_create_account_status();
        let call = call
            .set_states(states)
            .set_next_token(self.pages.token.clone())
            .max_results(20);
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error)
                if self.pages.token.is_some()
                    && error.as_service_error().is_some_and(refuses_token) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(Error::call(LIST, &error)),
        };
        // Taken for an empty page it might end the listing, and make the organization a small one.
        let rows = listed(LIST, answer.create_account_statuses)?;
        self.pages.follow(answer.next_token)?;
        let rows: Vec<_> = rows.into_iter().map(status).collect();
        self.rows += u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(Some(rows))
    }
}

fn refuses_token(error: &ListCreateAccountStatusError) -> bool {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other errors mean something else"
    )]
    match error {
        ListCreateAccountStatusError::InvalidInputException(error) => {
            is_stale_token(error.reason.as_ref().map(|reason| reason.as_str()))
        }
        _ => false,
    }
}
