//! Contacts: the operations of Account Management.

use serde::Deserialize;
use serde_json::json as value;

use super::access::{no_such_type, target};
use super::{Answer, Call, fields, json, nothing};
use crate::organization::Organization;
use crate::organization::contacts::{ContactType, Fields};
use crate::refusal::Refusal;

fn not_found() -> Refusal {
    Refusal::new(
        "ResourceNotFoundException",
        "No contact of the inputted alternate contact type found.",
    )
    .status(404)
}

/// The account and the contact type of a call; the account comes first.
fn addressed(
    organization: &Organization,
    call: &Call<'_>,
    input: &Fields,
) -> Result<(String, ContactType), Refusal> {
    const TYPE: &str = "AlternateContactType";
    let account = target(organization, call, input.get("AccountId"))?;
    let named = input.get(TYPE).ok_or_else(|| fields::missing(TYPE))?;
    let contact_type = ContactType::ALL
        .into_iter()
        .find(|it| it.as_str() == named)
        .ok_or_else(|| no_such_type(organization, call))?;
    Ok((account, contact_type))
}

pub(super) fn get_alternate(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Fields = call.input()?;
    let (account, contact_type) = addressed(organization, call, &input)?;
    let contact = organization.contacts.alternate(&account, contact_type);
    let mut answer = value!({ "AlternateContact": contact.ok_or_else(not_found)? });
    answer["AlternateContact"]["AlternateContactType"] = contact_type.as_str().into();
    json(&answer)
}

pub(super) fn put_alternate(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Fields = call.input()?;
    let (account, contact_type) = addressed(organization, call, &input)?;
    let contact = fields::alternate(input)?;
    let contacts = &mut organization.contacts;
    contacts.put_alternate(call.now, &account, contact_type, contact);
    nothing()
}

/// Whether there is a contact is not a matter of what reads see.
pub(super) fn delete_alternate(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Fields = call.input()?;
    let (account, contact_type) = addressed(organization, call, &input)?;
    let contacts = &mut organization.contacts;
    if !contacts.remove_alternate(call.now, &account, contact_type) {
        return Err(not_found());
    }
    nothing()
}

pub(super) fn get_primary(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Fields = call.input()?;
    let account = target(organization, call, input.get("AccountId"))?;
    let contact = organization.contacts.primary(&account);
    let contact = contact.ok_or_else(not_found)?;
    json(&value!({
        "ContactInformation": contact.fields,
        "VerificationStatus": contact.verification,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    account_id: Option<String>,
    contact_information: Option<Fields>,
}

pub(super) fn put_primary(organization: &mut Organization, call: &Call<'_>) -> Answer {
    let input: Put = call.input()?;
    let account = target(organization, call, input.account_id.as_ref())?;
    let contact = input.contact_information;
    let contact = contact.ok_or_else(|| fields::missing("ContactInformation"))?;
    let contact = fields::primary(contact)?;
    organization
        .contacts
        .put_primary(call.now, &account, contact);
    nothing()
}
