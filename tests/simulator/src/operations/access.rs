//! Which account a call of Account Management is about, and whether its caller may.
//!
//! Every refusal is the same `AccessDeniedException`: the text alone tells them apart.

use super::Call;
use super::fields::ACCOUNT_ID;
use crate::organization::access::{Access, Caller};
use crate::organization::account::{Account, AccountState};
use crate::organization::{MANAGEMENT_ACCOUNT_ID, Organization};
use crate::refusal::Refusal;

const NO_TRUST: &str =
    " (Your organization must first enable trusted access with AWS Account Management.)";
const STANDALONE: &str = " (The management account can only be managed using the standalone context from the management account.)";
const CONTACT_TYPE: &str = " (You specified an invalid Alternate Contact type.)";
const NO_REASON: &str = "";

/// The id of the account a call is about: the one it names, or its caller's own.
pub(super) fn target(
    organization: &Organization,
    call: &Call<'_>,
    named: Option<&String>,
) -> Result<String, Refusal> {
    let account = target_in_any_state(organization, call, named)?;
    let active = account.state == AccountState::Active;
    if named.is_some() && !active && organization.access.inactive_denied {
        return Err(denied(organization, call, NO_REASON));
    }
    Ok(account.id.clone())
}

/// The same where accounts that are not active are never out of reach. AWS does not say so of
/// `GetAccountInformation`, but a state to ask for makes sense only then.
pub(super) fn target_in_any_state<'a>(
    organization: &'a Organization,
    call: &Call<'_>,
    named: Option<&String>,
) -> Result<&'a Account, Refusal> {
    let access = &organization.access;
    let id = match named {
        // Standalone context: it needs no trusted access.
        None => access.caller.id(),
        Some(id) => in_organization(access, ACCOUNT_ID.check(id)?)
            .map_err(|why| denied(organization, call, why))?,
    };
    // Newer than what Organizations lists: a new account is there at once.
    let account = organization.accounts.newest(id);
    account
        .filter(|account| named.is_none() || account.joined + access.young_denied <= call.now)
        .map(AsRef::as_ref)
        .ok_or_else(|| denied(organization, call, NO_REASON))
}

/// Whether the caller may name accounts at all, and this one.
fn in_organization<'a>(access: &Access, id: &'a str) -> Result<&'a str, &'static str> {
    if matches!(access.caller, Caller::Member(_)) {
        return Err(NO_REASON);
    }
    if !access.trusted {
        return Err(NO_TRUST);
    }
    if id == MANAGEMENT_ACCOUNT_ID {
        return Err(STANDALONE);
    }
    Ok(id)
}

fn denied(organization: &Organization, call: &Call<'_>, why: &str) -> Refusal {
    Refusal::unauthorized(organization.access.caller.id(), call.operation, why)
}

/// A contact type that is none is denied, not invalid.
pub(super) fn no_such_type(organization: &Organization, call: &Call<'_>) -> Refusal {
    denied(organization, call, CONTACT_TYPE)
}
