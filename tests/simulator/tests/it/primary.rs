//! Primary contacts: inherited, read, replaced, and held to the model.

use aws_sdk_account::operation::get_contact_information::GetContactInformationOutput;
use aws_sdk_account::operation::put_contact_information::PutContactInformationError;
use aws_sdk_account::types::builders::ContactInformationBuilder;
use aws_sdk_account::types::{ContactInformation, PhoneNumberVerificationStatus as Verification};
use serde_json::json;
use simulator::{MANAGEMENT_ACCOUNT_ID, Options};

use crate::bench::{Bench, code, refusal};

impl Bench {
    pub(crate) async fn primary(&self, id: &str) -> GetContactInformationOutput {
        let call = self.account.get_contact_information().account_id(id);
        call.send().await.unwrap()
    }

    /// The caller's own.
    async fn own_primary(&self) -> ContactInformation {
        let call = self.account.get_contact_information();
        call.send().await.unwrap().contact_information.unwrap()
    }
}

fn contact() -> ContactInformationBuilder {
    ContactInformation::builder()
        .full_name("Ann")
        .address_line1("1 Road")
        .city("Berlin")
        .state_or_region("Berlin")
        .postal_code("10115")
        .country_code("DE")
        .phone_number("+49 30 5550100")
}

async fn put(
    bench: &Bench,
    id: &str,
    contact: ContactInformationBuilder,
) -> Result<(), aws_sdk_account::error::SdkError<PutContactInformationError>> {
    let call = bench.account.put_contact_information().account_id(id);
    let put = call.contact_information(contact.build().unwrap());
    put.send().await.map(|_| ())
}

#[tokio::test(start_paused = true)]
async fn an_account_inherits_the_management_accounts_contact_under_its_own_name() {
    let bench = Bench::new(Options::default());
    let management = bench.own_primary().await;
    let member = bench.members().await.swap_remove(0);
    let inherited = bench.primary(member.id().unwrap()).await;
    assert_eq!(
        inherited.verification_status,
        Some(Verification::Unverified)
    );
    let mut expected = management.clone();
    expected.full_name = member.name.unwrap();
    assert_eq!(inherited.contact_information, Some(expected));

    let moved = contact().company_name("Corp").build().unwrap();
    let call = bench.account.put_contact_information();
    let call = call.contact_information(moved.clone());
    call.send().await.unwrap();
    assert_eq!(bench.own_primary().await, moved);
    let request = bench.create("new+instant@example.com").await;
    let id = bench.finished(&request).await.account_id.unwrap();
    let mut expected = moved;
    expected.full_name = "New".to_owned();
    let inherited = bench.primary(&id).await.contact_information;
    assert_eq!(inherited, Some(expected));
    let old = bench.primary(member.id.as_deref().unwrap()).await;
    let old = old.contact_information.unwrap();
    assert_eq!(old.city, management.city, "only new accounts inherit");
    assert_eq!(
        bench.simulator.contacts(&id).unwrap()["alternate"],
        json!({})
    );
}

#[tokio::test(start_paused = true)]
async fn a_put_replaces_the_whole_record_trimmed_with_the_country_in_capitals() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let full = contact()
        .address_line2(" back yard ")
        .company_name(" Corp ")
        .website_url(" https://example.com ")
        .full_name("  Ann  B  ")
        .city(" Köln\t")
        .postal_code(" 50667 ")
        .country_code("de")
        .phone_number("+49 221 5550100 ");
    put(&bench, &id, full).await.unwrap();
    let expected = contact()
        .address_line2("back yard")
        .company_name("Corp")
        .website_url("https://example.com")
        .full_name("Ann  B")
        .city("Köln")
        .postal_code("50667")
        .phone_number("+49 221 5550100")
        .build()
        .unwrap();
    let seen = bench.primary(&id).await.contact_information;
    assert_eq!(seen, Some(expected));

    let bare = contact().set_state_or_region(None);
    put(&bench, &id, bare.clone()).await.unwrap();
    let seen = bench.primary(&id).await.contact_information;
    assert_eq!(seen, Some(bare.build().unwrap()), "nothing old is left");
}

#[tokio::test(start_paused = true)]
async fn a_new_phone_number_is_verified_anew() {
    let bench = Bench::new(Options::default());
    let own = || bench.account.get_contact_information().send();
    let own = own().await.unwrap().verification_status;
    assert_eq!(own, Some(Verification::Verified));
    let id = bench.member().await;
    let phone = bench.own_primary().await.phone_number;
    let status = async || bench.primary(&id).await.verification_status;
    put(&bench, &id, contact().phone_number(phone + " "))
        .await
        .unwrap();
    assert_eq!(status().await, Some(Verification::Unverified));
    put(&bench, &id, contact()).await.unwrap();
    assert_eq!(status().await, Some(Verification::Pending));
    let stored = bench.simulator.contacts(&id).unwrap();
    assert_eq!(stored["verification"], "PENDING");
}

#[tokio::test(start_paused = true)]
async fn fields_are_held_to_the_model() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let before = bench.simulator.contacts(&id).unwrap();
    let long = |length| "x".repeat(length);
    let empty = |name: &str| format!("the argument {name} can not be empty");
    let too_long = |max| format!("too long (length: {}, maximum allowed: {max})", max + 1);
    for (wrong, said) in [
        (contact().full_name("  "), empty("FullName")),
        (contact().address_line1(" "), empty("AddressLine1")),
        (contact().city(" "), empty("City")),
        (contact().state_or_region(" "), empty("StateOrRegion")),
        (contact().postal_code(" "), empty("PostalCode")),
        (contact().country_code("  "), empty("CountryCode")),
        (contact().full_name(long(51)), too_long(50)),
        (contact().address_line1(long(61)), too_long(60)),
        (contact().address_line2(long(61)), too_long(60)),
        (contact().address_line3(long(61)), too_long(60)),
        (contact().city(long(51)), too_long(50)),
        (contact().state_or_region(long(51)), too_long(50)),
        (contact().district_or_county(long(51)), too_long(50)),
        (contact().postal_code(long(21)), too_long(20)),
        (contact().country_code("DEU"), too_long(2)),
        (contact().company_name(long(51)), too_long(50)),
        (contact().website_url(long(257)), too_long(256)),
        (
            contact().phone_number("+".to_owned() + &"1".repeat(20)),
            too_long(20),
        ),
        (
            contact().country_code("D"),
            "too short (length: 1, required minimum: 2)".into(),
        ),
        (
            contact().phone_number(" +49 30 "),
            r#"[ECMA 262 regex "^[+][\s0-9()-]+$" does not match input string " +49 30 "]"#.into(),
        ),
        (
            contact().phone_number("030 5550100"),
            "does not match".into(),
        ),
        (contact().phone_number("+49+30"), "does not match".into()),
    ] {
        let (status, code, text) = refusal(put(&bench, &id, wrong).await);
        assert_eq!((status, code.as_str()), (400, "ValidationException"));
        assert!(text.contains(&said), "{text} instead of {said}");
    }
    let country = put(&bench, &id, contact().country_code("1!")).await;
    assert_eq!(code(country), "ValidationException fieldValidationFailed");
    assert_eq!(bench.simulator.contacts(&id).unwrap(), before);
}

#[tokio::test(start_paused = true)]
async fn somebody_else_replaces_a_contact() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let fields = json!({
        "FullName": " Eve ", "AddressLine1": "2 Road", "City": "Bonn", "PostalCode": "53111",
        "CountryCode": "de", "PhoneNumber": "+49 228 5550100",
    });
    let set = |id, fields| bench.simulator.set_primary_contact(id, fields);
    set(&id, fields.clone()).unwrap();
    let seen = bench.primary(&id).await;
    let contact = seen.contact_information.unwrap();
    assert_eq!((contact.full_name(), contact.country_code()), ("Eve", "DE"));
    assert_eq!(seen.verification_status, Some(Verification::Pending));
    set(MANAGEMENT_ACCOUNT_ID, fields.clone()).unwrap();
    assert_eq!(bench.own_primary().await.city, "Bonn");
    assert!(set("000000000000", fields).is_err());
    assert!(set(&id, json!({ "City": "Bonn" })).is_err());
}
