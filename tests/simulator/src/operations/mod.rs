//! The operations: check the input, ask or change the organization, answer.

mod access;
mod accounts;
mod contacts;
pub(crate) mod fields;
mod information;
mod organization;
mod parents;
mod requests;
mod tags;

use std::time::SystemTime;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::listing::{Ask, Paging, Tokens};
use crate::organization::Organization;
use crate::refusal::Refusal;
use crate::service::Service;

/// A call on its way to its operation.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
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
type Run = fn(&mut Organization, &Call<'_>) -> Answer;

/// One operation of one service.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    pub(crate) run: Run,
}

const fn organizations(name: &'static str, run: Run) -> Operation {
    let service = Service::Organizations;
    Operation { service, name, run }
}

const fn account(name: &'static str, run: Run) -> Operation {
    let service = Service::Account;
    Operation { service, name, run }
}

/// The operation that tells of links, the only one that can be unavailable.
pub(crate) const GOVCLOUD: &str = "GetGovCloudAccountInformation";

/// Every operation.
pub(crate) static OPERATIONS: [Operation; 21] = [
    organizations("CreateAccount", requests::create_account),
    organizations("CreateGovCloudAccount", requests::create_govcloud_account),
    organizations("DescribeCreateAccountStatus", requests::describe),
    organizations("ListCreateAccountStatus", requests::list),
    organizations("ListAccounts", accounts::list),
    organizations("DescribeAccount", accounts::describe),
    organizations("DescribeOrganization", organization::describe),
    organizations(
        "ListAWSServiceAccessForOrganization",
        organization::list_trusted,
    ),
    organizations("ListDelegatedAdministrators", organization::list_delegated),
    organizations("ListParents", parents::list),
    organizations("MoveAccount", accounts::move_account),
    organizations("CloseAccount", accounts::close),
    organizations("ListTagsForResource", tags::list),
    organizations("TagResource", tags::tag),
    account("GetAlternateContact", contacts::get_alternate),
    account("PutAlternateContact", contacts::put_alternate),
    account("DeleteAlternateContact", contacts::delete_alternate),
    account("GetContactInformation", contacts::get_primary),
    account("PutContactInformation", contacts::put_primary),
    account("GetAccountInformation", information::get),
    account(GOVCLOUD, information::get_govcloud),
];

/// The operation of a name.
pub(crate) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|it| it.name == name)
}

/// The operation of Account Management at a path: its name, the first letter small.
pub(crate) fn at(path: &str) -> Option<&'static Operation> {
    let name = path.strip_prefix('/')?;
    let same = |it: &&Operation| {
        let (first, rest) = it.name.split_at(1);
        name.strip_prefix(&first.to_ascii_lowercase()) == Some(rest)
    };
    OPERATIONS
        .iter()
        .filter(|it| it.service == Service::Account)
        .find(same)
}

/// The members that name the account a call is about.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct About {
    account_id: Option<String>,
    standard_account_id: Option<String>,
    resource_id: Option<String>,
    child_id: Option<String>,
}

/// The account a call names; no account is named by a body that does not parse.
pub(crate) fn named_account(body: &[u8]) -> Option<String> {
    let about: About = serde_json::from_slice(body).unwrap_or_default();
    let account = about.account_id.or(about.standard_account_id);
    account.or(about.resource_id).or(about.child_id)
}

fn json(answer: &impl Serialize) -> Answer {
    serde_json::to_vec(answer).map_err(|error| Refusal::serialization(&error))
}

/// All there is, on one page; but a page may come empty, or with the token it was asked with.
fn one_page(tokens: &mut Tokens, ask: &Ask<'_>, name: &str, mut rows: Vec<Value>) -> Answer {
    let cursor = tokens.open(ask)?;
    let next = match (ask.paging, ask.token) {
        (Paging::Empty, _) => {
            rows.clear();
            Some(tokens.issue(cursor))
        }
        (Paging::Repeat, token) => token.map(str::to_owned),
        (Paging::Normal, _) => None,
    };
    let mut page = Map::from_iter([(name.to_owned(), rows.into())]);
    page.extend(next.map(|token| ("NextToken".to_owned(), token.into())));
    json(&page)
}

/// What operations without output answer.
fn nothing() -> Answer {
    Ok(b"{}".to_vec())
}
