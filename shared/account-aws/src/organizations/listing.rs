//! Listings of creation requests.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use account_core::creation::Status;
use aws_sdk_organizations::operation::list_create_account_status::ListCreateAccountStatusError;
use aws_sdk_organizations::types::CreateAccountState;

use super::{LIST, Organizations, status};
use crate::Error;

/// How often one listing starts again because AWS no longer takes its token.
const RESTARTS: u8 = 2;

impl Organizations {
    /// Lists the creation requests in `states`, or all of them where `states` is empty ([`ListCreateAccountStatus`]).
    ///
    /// [`ListCreateAccountStatus`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListCreateAccountStatus.html
    #[must_use]
    pub fn requests(&self, states: &[CreateAccountState]) -> Listing<'_> {
        Listing {
            organizations: self,
            states: states.to_vec(),
            token: None,
            tokens: HashSet::new(),
            restarts: 0,
            ended: false,
            rows: 0,
        }
    }
}

/// A listing that is either whole or an error.
///
/// The SDK's paginator is not used: it takes a repeated token for the end and stops in silence.
#[derive(Debug)]
pub struct Listing<'a> {
    organizations: &'a Organizations,
    states: Vec<CreateAccountState>,
    token: Option<String>,
    /// Hashes of the tokens that were followed; a token may have 100,000 characters.
    tokens: HashSet<u64>,
    restarts: u8,
    ended: bool,
    rows: u32,
}

impl Listing<'_> {
    /// The next page, perhaps an empty one; `None` after the last. A token that AWS no longer takes starts the listing
    /// again, so rows may come twice.
    ///
    /// # Errors
    /// [`Error::BrokenListing`] when AWS repeats a token or refuses tokens again and again, or the call's own error.
    pub async fn page(&mut self) -> Result<Option<Vec<Status>>, Error> {
        while !self.ended {
            match self.fetch().await? {
                Some(rows) => return Ok(Some(rows)),
                None => self.restart()?,
            }
        }
        Ok(None)
    }

    /// Whether the last page has been given.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
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
            .set_next_token(self.token.clone())
            .max_results(20);
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error)
                if self.token.is_some() && error.as_service_error().is_some_and(refuses_token) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(Error::call(LIST, &error)),
        };
        self.follow(answer.next_token)?;
        let rows: Vec<_> = answer
            .create_account_statuses
            .unwrap_or_default()
            .into_iter()
            .map(status)
            .collect();
        self.rows += u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(Some(rows))
    }

    /// Only a missing or empty token ends a listing; an empty page does not.
    fn follow(&mut self, token: Option<String>) -> Result<(), Error> {
        self.token = token.filter(|token| !token.is_empty());
        let Some(token) = &self.token else {
            self.ended = true;
            return Ok(());
        };
        let mut hasher = DefaultHasher::new();
        token.hash(&mut hasher);
        if self.tokens.insert(hasher.finish()) {
            Ok(())
        } else {
            Err(Error::BrokenListing {
                action: LIST,
                problem: "AWS repeated a NextToken",
            })
        }
    }

    fn restart(&mut self) -> Result<(), Error> {
        if self.restarts == RESTARTS {
            return Err(Error::BrokenListing {
                action: LIST,
                problem: "AWS refused its own NextToken three times",
            });
        }
        self.restarts += 1;
        self.token = None;
        self.tokens.clear();
        self.rows = 0;
        Ok(())
    }
}

/// The prose of the API names the reason INVALID_PAGINATION_TOKEN, its model INVALID_NEXT_TOKEN.
fn refuses_token(error: &ListCreateAccountStatusError) -> bool {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all other errors mean something else"
    )]
    match error {
        ListCreateAccountStatusError::InvalidInputException(error) => {
            error.reason.as_ref().is_some_and(|reason| {
                matches!(
                    reason.as_str(),
                    "INVALID_NEXT_TOKEN" | "INVALID_PAGINATION_TOKEN"
                )
            })
        }
        _ => false,
    }
}
