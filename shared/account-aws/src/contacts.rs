//! The contacts of accounts, through AWS Account Management.

use account_core::contact::{Contact, ContactType, Field};
use account_core::ids::AccountId;
use account_core::primary::{PrimaryContact, PrimaryField};
use aws_sdk_account::Client;
use aws_sdk_account::error::ProvideErrorMetadata;
use aws_sdk_account::types::{AlternateContact, AlternateContactType, ContactInformation};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use crate::Error;
use crate::clients::Clients;
use crate::doubt::Doubt;
use crate::limiter::Share;
use crate::limits::Limits;

/// IAM action of [`Contacts::alternate`].
pub const GET_ALTERNATE: &str = "account:GetAlternateContact";
/// IAM action of [`Contacts::put_alternate`].
pub const PUT_ALTERNATE: &str = "account:PutAlternateContact";
/// IAM action of [`Contacts::delete_alternate`].
pub const DELETE_ALTERNATE: &str = "account:DeleteAlternateContact";
/// IAM action of [`Contacts::primary`].
pub const GET_PRIMARY: &str = "account:GetContactInformation";
/// IAM action of [`Contacts::put_primary`].
pub const PUT_PRIMARY: &str = "account:PutContactInformation";

/// What is wrong with an answer that is none: only `ResourceNotFoundException` says that there is no contact.
const NO_CONTACT: &str = "an answer without a contact";

/// Whose contacts: the management account must not be named, a member must ([context]).
///
/// [context]: https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The account that the function runs in.
    Own,
    /// Another account of the organization.
    Member(AccountId),
}

impl Target {
    pub(crate) fn id(&self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::Member(account) => Some(account.to_string()),
        }
    }
}

/// Published rates of one partition, per second and at once ([quotas]): GetAlternateContact, PutAlternateContact,
/// DeleteAlternateContact, GetContactInformation, PutContactInformation.
///
/// [quotas]: https://docs.aws.amazon.com/accounts/latest/reference/quotas.html
type Rates = [(u32, u32); 5];

const AWS: Rates = [(10, 15), (5, 8), (1, 6), (10, 15), (5, 8)];
const CHINA: Rates = [(3, 5), (1, 6), (1, 6), (3, 5), (1, 2)];

/// AWS Account Management, called no faster than its published quotas allow.
#[derive(Clone, Debug)]
pub struct Contacts {
    client: Client,
    limits: Limits,
}

impl Contacts {
    /// With a client of its own. `region` tells the partition, whose quotas differ.
    #[must_use]
    pub fn new(clients: &Clients, region: &str, share: Share) -> Self {
        let [get, put, delete, get_primary, put_primary] = if region.starts_with("cn-") {
            CHINA
        } else {
            AWS
        };
        let operations = [
            ("GetAlternateContact", get),
            ("PutAlternateContact", put),
            ("DeleteAlternateContact", delete),
            ("GetContactInformation", get_primary),
            ("PutContactInformation", put_primary),
        ];
        let limits = Limits::new(clients.metrics(), share, &operations);
        let config = clients.account_config().interceptor(limits.clone());
        Self {
            client: Client::from_conf(config.build()),
            limits,
        }
    }

    /// How many attempts AWS throttled so far.
    #[must_use]
    pub fn throttles(&self) -> u32 {
        self.limits.throttles()
    }

    /// An alternate contact, or `None` where there is none ([`GetAlternateContact`]).
    ///
    /// [`GetAlternateContact`]: https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
    ///
    /// # Errors
    /// Whatever else AWS answers than a contact or `ResourceNotFoundException`.
    pub async fn alternate(
        &self,
        target: &Target,
        kind: ContactType,
    ) -> Result<Option<Contact>, Error> {
        self.limits.ready(GET_ALTERNATE).await;
        let call = self
            .client
            .get_alternate_contact()
            .set_account_id(target.id());
        match call.alternate_contact_type(model(kind)).send().await {
            Ok(answer) => answer
                .alternate_contact
                .map(|contact| Some(alternate(&contact)))
                .ok_or_else(|| Error::unusable(GET_ALTERNATE, NO_CONTACT)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(refusal(GET_ALTERNATE, &error)),
        }
    }

    /// Writes an alternate contact whole ([`PutAlternateContact`]).
    ///
    /// [`PutAlternateContact`]: https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
    ///
    /// # Errors
    /// Whatever AWS answers but success; [`Error::Unavailable`] where the contact may be written all the same.
    pub async fn put_alternate(
        &self,
        target: &Target,
        kind: ContactType,
        contact: &Contact,
    ) -> Result<(), Error> {
        self.limits.ready(PUT_ALTERNATE).await;
        let call = self
            .client
            .put_alternate_contact()
            .set_account_id(target.id())
            .alternate_contact_type(model(kind))
            .email_address(contact.get(Field::EmailAddress))
            .name(contact.get(Field::Name))
            .phone_number(contact.get(Field::PhoneNumber))
            .title(contact.get(Field::Title));
        let doubt = Doubt::default();
        let call = call.customize().interceptor(doubt.clone());
        let failed = |error| doubt.weigh(PUT_ALTERNATE, refusal(PUT_ALTERNATE, &error));
        call.send().await.map(drop).map_err(failed)
    }

    /// Removes an alternate contact; one that is not there is removed already ([`DeleteAlternateContact`]).
    ///
    /// [`DeleteAlternateContact`]: https://docs.aws.amazon.com/accounts/latest/reference/API_DeleteAlternateContact.html
    ///
    /// # Errors
    /// Whatever else AWS answers than success or `ResourceNotFoundException`.
    pub async fn delete_alternate(&self, target: &Target, kind: ContactType) -> Result<(), Error> {
        self.limits.ready(DELETE_ALTERNATE).await;
        let call = self
            .client
            .delete_alternate_contact()
            .set_account_id(target.id());
        let call = call.alternate_contact_type(model(kind));
        let doubt = Doubt::default();
        match call.customize().interceptor(doubt.clone()).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_absent(&error) => Ok(()),
            Err(error) => Err(doubt.weigh(DELETE_ALTERNATE, refusal(DELETE_ALTERNATE, &error))),
        }
    }

    /// The primary contact, or `None` where there is none ([`GetContactInformation`]).
    ///
    /// [`GetContactInformation`]: https://docs.aws.amazon.com/accounts/latest/reference/API_GetContactInformation.html
    ///
    /// # Errors
    /// Whatever else AWS answers than a contact or `ResourceNotFoundException`.
    pub async fn primary(&self, target: &Target) -> Result<Option<PrimaryContact>, Error> {
        self.limits.ready(GET_PRIMARY).await;
        match self
            .client
            .get_contact_information()
            .set_account_id(target.id())
            .send()
            .await
        {
            Ok(answer) => answer
                .contact_information
                .map(|contact| Some(primary(contact)))
                .ok_or_else(|| Error::unusable(GET_PRIMARY, NO_CONTACT)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(refusal(GET_PRIMARY, &error)),
        }
    }

    /// Writes the primary contact whole ([`PutContactInformation`]).
    ///
    /// [`PutContactInformation`]: https://docs.aws.amazon.com/accounts/latest/reference/API_PutContactInformation.html
    ///
    /// # Errors
    /// Whatever AWS answers but success.
    pub async fn put_primary(
        &self,
        target: &Target,
        contact: &PrimaryContact,
    ) -> Result<(), Error> {
        self.limits.ready(PUT_PRIMARY).await;
        let record = record(contact).ok_or(Error::Refused {
            action: PUT_PRIMARY,
            code: "incomplete".to_owned(),
        })?;
        let call = self
            .client
            .put_contact_information()
            .set_account_id(target.id());
        let doubt = Doubt::default();
        let call = call.contact_information(record).customize();
        let failed = |error| doubt.weigh(PUT_PRIMARY, refusal(PUT_PRIMARY, &error));
        let answer = call.interceptor(doubt.clone()).send().await;
        answer.map(drop).map_err(failed)
    }
}

fn model(kind: ContactType) -> AlternateContactType {
    match kind {
        ContactType::Billing => AlternateContactType::Billing,
        ContactType::Operations => AlternateContactType::Operations,
        ContactType::Security => AlternateContactType::Security,
    }
}

fn alternate(contact: &AlternateContact) -> Contact {
    Contact::new(|field| {
        let value = match field {
            Field::EmailAddress => contact.email_address(),
            Field::Name => contact.name(),
            Field::PhoneNumber => contact.phone_number(),
            Field::Title => contact.title(),
        };
        value.unwrap_or_default().to_owned()
    })
}

fn primary(record: ContactInformation) -> PrimaryContact {
    let fields = [
        (PrimaryField::AddressLine1, Some(record.address_line1)),
        (PrimaryField::AddressLine2, record.address_line2),
        (PrimaryField::AddressLine3, record.address_line3),
        (PrimaryField::City, Some(record.city)),
        (PrimaryField::CompanyName, record.company_name),
        (PrimaryField::CountryCode, Some(record.country_code)),
        (PrimaryField::DistrictOrCounty, record.district_or_county),
        (PrimaryField::FullName, Some(record.full_name)),
        (PrimaryField::PhoneNumber, Some(record.phone_number)),
        (PrimaryField::PostalCode, Some(record.postal_code)),
        (PrimaryField::StateOrRegion, record.state_or_region),
        (PrimaryField::WebsiteUrl, record.website_url),
    ];
    PrimaryContact::new(
        fields
            .into_iter()
            .filter_map(|(field, value)| Some((field, value?))),
    )
}

/// The record that AWS wants, unless a field is missing that it demands.
fn record(contact: &PrimaryContact) -> Option<ContactInformation> {
    let value = |field| contact.get(field).map(str::to_owned);
    let record = ContactInformation::builder()
        .set_address_line1(value(PrimaryField::AddressLine1))
        .set_address_line2(value(PrimaryField::AddressLine2))
        .set_address_line3(value(PrimaryField::AddressLine3))
        .set_city(value(PrimaryField::City))
        .set_company_name(value(PrimaryField::CompanyName))
        .set_country_code(value(PrimaryField::CountryCode))
        .set_district_or_county(value(PrimaryField::DistrictOrCounty))
        .set_full_name(value(PrimaryField::FullName))
        .set_phone_number(value(PrimaryField::PhoneNumber))
        .set_postal_code(value(PrimaryField::PostalCode))
        .set_state_or_region(value(PrimaryField::StateOrRegion))
        .set_website_url(value(PrimaryField::WebsiteUrl));
    record.build().ok()
}

fn is_absent<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        == Some("ResourceNotFoundException")
}

/// All problems of organizations mode come as AccessDenied; only the message's last sentence tells them apart.
pub(crate) fn refusal<E: ProvideErrorMetadata>(
    action: &'static str,
    error: &SdkError<E, HttpResponse>,
) -> Error {
    let message = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::message)
        .unwrap_or_default();
    let refusal = Error::call(action, error);
    if !matches!(refusal, Error::Denied { .. }) {
        refusal
    } else if message.contains("must first enable trusted access") {
        Error::TrustedAccessOff { action }
    } else if message.contains("can only be managed using the standalone context") {
        Error::OutOfReach { action }
    } else {
        refusal
    }
}
