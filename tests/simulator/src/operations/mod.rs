//! The operations of AWS Organizations: check the input, ask or change the organization, answer.

mod accounts;
mod requests;
mod tags;

use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::listing::Paging;
use crate::organization::Organization;
use crate::refusal::Refusal;

/// A call on its way to its operation.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) now: SystemTime,
    pub(crate) paging: Paging,
}

impl Call<'_> {
    fn input<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(self.body).map_err(|error| Refusal::serialization(&error))
    }
}

/// The JSON of an answer.
type Answer = Result<Vec<u8>, Refusal>;
type Operation = fn(&mut Organization, &Call<'_>) -> Answer;

/// Every operation with its name.
pub(crate) const OPERATIONS: [(&str, Operation); 11] = [
    ("CreateAccount", requests::create_account),
    ("CreateGovCloudAccount", requests::create_govcloud_account),
    ("DescribeCreateAccountStatus", requests::describe),
    ("ListCreateAccountStatus", requests::list),
    ("ListAccounts", accounts::list),
    ("DescribeAccount", accounts::describe),
    ("DescribeOrganization", accounts::describe_organization),
    ("MoveAccount", accounts::move_account),
    ("CloseAccount", accounts::close),
    ("ListTagsForResource", tags::list),
    ("TagResource", tags::tag),
];

/// The operation of a name.
pub(crate) fn find(name: &str) -> Option<Operation> {
    let operation = OPERATIONS.iter().find(|(it, _)| *it == name);
    operation.map(|(_, operation)| *operation)
}

fn json(answer: &impl Serialize) -> Answer {
    serde_json::to_vec(answer).map_err(|error| Refusal::serialization(&error))
}

/// What operations without output answer.
fn nothing() -> Answer {
    Ok(b"{}".to_vec())
}
