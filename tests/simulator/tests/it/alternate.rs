//! Alternate contacts: put, read, removed, and held to the model.

use aws_sdk_account::operation::put_alternate_contact::builders::PutAlternateContactFluentBuilder;
use aws_sdk_account::types::{AlternateContact, AlternateContactType};
use serde_json::json;
use simulator::{ContactType, Options};

use crate::bench::{Bench, refusal};

const ABSENT: &str = "No contact of the inputted alternate contact type found.";

impl Bench {
    /// A call that puts the contact of most tests.
    pub(crate) fn put(
        &self,
        id: &str,
        contact_type: AlternateContactType,
    ) -> PutAlternateContactFluentBuilder {
        let call = self.account.put_alternate_contact().account_id(id);
        call.alternate_contact_type(contact_type)
            .name("Ops")
            .title("Team")
            .email_address("ops@example.com")
            .phone_number("+1 206 555 0100")
    }

    pub(crate) async fn alternate(
        &self,
        id: &str,
        contact_type: AlternateContactType,
    ) -> Option<AlternateContact> {
        let call = self.account.get_alternate_contact().account_id(id);
        match call.alternate_contact_type(contact_type).send().await {
            Ok(answer) => Some(answer.alternate_contact.unwrap()),
            Err(error) => {
                let error = error.into_service_error();
                assert!(error.is_resource_not_found_exception(), "{error:?}");
                None
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_contact_is_kept_for_its_type_and_its_account_alone() {
    let bench = Bench::new(Options::default());
    let members = bench.members().await;
    let (id, other) = (members[0].id().unwrap(), members[1].id().unwrap());
    for contact_type in AlternateContactType::values() {
        let contact_type = AlternateContactType::from(*contact_type);
        assert_eq!(bench.alternate(id, contact_type).await, None);
    }
    let put = bench.put(id, AlternateContactType::Security);
    put.send().await.unwrap();

    let kept = bench.alternate(id, AlternateContactType::Security).await;
    let expected = AlternateContact::builder()
        .name("Ops")
        .title("Team")
        .email_address("ops@example.com")
        .phone_number("+1 206 555 0100")
        .alternate_contact_type(AlternateContactType::Security)
        .build();
    assert_eq!(kept, Some(expected));
    let billing = bench.alternate(id, AlternateContactType::Billing).await;
    assert_eq!(billing, None);
    let elsewhere = bench.alternate(other, AlternateContactType::Security).await;
    assert_eq!(elsewhere, None);
}

#[tokio::test(start_paused = true)]
async fn an_address_is_trimmed_and_all_else_kept_as_it_is() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let put = bench.put(&id, AlternateContactType::Operations);
    let put = put.name("  Probe  ").title("  Operations  ");
    let put = put
        .email_address("  Probe+ops@Example.invalid  ")
        .phone_number(" +1 (202) 555-0100 ");
    put.send().await.unwrap();
    let stored = bench.simulator.contacts(&id).unwrap();
    assert_eq!(
        stored["alternate"],
        json!({ "OPERATIONS": {
            "Name": "  Probe  ",
            "Title": "  Operations  ",
            "EmailAddress": "Probe+ops@Example.invalid",
            "PhoneNumber": " +1 (202) 555-0100 ",
        }})
    );
    let seen = bench.alternate(&id, AlternateContactType::Operations).await;
    assert_eq!(
        seen.unwrap().email_address(),
        Some("Probe+ops@Example.invalid")
    );
}

#[tokio::test(start_paused = true)]
async fn a_removed_contact_is_gone_and_cannot_be_removed_again() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let security = || AlternateContactType::Security;
    let remove = || {
        let call = bench.account.delete_alternate_contact().account_id(&id);
        call.alternate_contact_type(security()).send()
    };
    let absent = (404, "ResourceNotFoundException".into(), ABSENT.into());
    assert_eq!(refusal(remove().await), absent);
    bench.put(&id, security()).send().await.unwrap();
    let billing = AlternateContactType::Billing;
    bench.put(&id, billing.clone()).send().await.unwrap();
    remove().await.unwrap();
    assert_eq!(bench.alternate(&id, security()).await, None);
    assert!(bench.alternate(&id, billing).await.is_some());
    assert_eq!(refusal(remove().await), absent);
    let get = bench.account.get_alternate_contact().account_id(&id);
    let get = get.alternate_contact_type(security()).send().await;
    assert_eq!(refusal(get), absent);
}

#[tokio::test(start_paused = true)]
async fn fields_are_held_to_the_model() {
    let bench = Bench::new(Options::default());
    let id = bench.member().await;
    let put = || bench.put(&id, AlternateContactType::Billing);
    let long = |length| "x".repeat(length);
    let at = |length: usize| format!("{}@example.com", "x".repeat(length - 12));
    for fits in [
        put().name(long(64)),
        put().title(long(50)),
        put().email_address(at(254)),
        put().email_address(".a+b=c#d|e!f&g-h@ex-am.ple.x_1"),
        put().phone_number("() +-0123456789 012345678"),
    ] {
        fits.send().await.unwrap();
    }
    let before = bench.simulator.contacts(&id).unwrap();
    for (wrong, said) in [
        (put().name(""), "too short (length: 0, required minimum: 1)"),
        (
            put().name(long(65)),
            "too long (length: 65, maximum allowed: 64)",
        ),
        (
            put().title(long(51)),
            "too long (length: 51, maximum allowed: 50)",
        ),
        (put().email_address(at(255)), "too long (length: 255"),
        (
            put().email_address("zoë@example.com"),
            r#"[ECMA 262 regex "^[\s]*[\w+=.#|!&-]+@[\w.-]+\.[\w]+[\s]*$" does not match input string "zoë@example.com"]"#,
        ),
        (
            put().email_address("a@example.com b"),
            "does not match input",
        ),
        (put().phone_number("1".repeat(26)), "too long (length: 26"),
        (
            put().phone_number("555-CALL"),
            r#"regex "^[\s0-9()+-]+$" does not"#,
        ),
        (
            put().set_name(None).set_title(None),
            r#"[object has missing required properties (["Name","Title"])]"#,
        ),
        (
            put().set_name(None).phone_number("x"),
            r#"(["Name"]), ECMA 262"#,
        ),
    ] {
        let (status, code, text) = refusal(wrong.send().await);
        assert_eq!((status, code.as_str()), (400, "ValidationException"));
        assert!(text.contains(said), "{text}");
    }
    assert_eq!(bench.simulator.contacts(&id).unwrap(), before);
}

#[tokio::test(start_paused = true)]
async fn somebody_else_puts_and_removes_contacts() {
    let bench = Bench::new(Options {
        quotas: true,
        ..Options::default()
    });
    let id = bench.member().await;
    let fields = |name: String| json!({ "Name": name, "Title": "t", "EmailAddress": " a@b.c ", "PhoneNumber": "1" });
    bench.simulator.reset_calls();
    for number in 0..20 {
        let fields = fields(number.to_string());
        let put = bench
            .simulator
            .set_alternate_contact(&id, ContactType::Billing, fields);
        put.unwrap();
    }
    let seen = bench.alternate(&id, AlternateContactType::Billing).await;
    let seen = seen.unwrap();
    assert_eq!(
        (seen.name(), seen.email_address()),
        (Some("19"), Some("a@b.c"))
    );
    let remove = || {
        bench
            .simulator
            .remove_alternate_contact(&id, ContactType::Billing)
    };
    remove().unwrap();
    assert!(remove().is_err(), "it is gone");
    assert_eq!(
        bench.alternate(&id, AlternateContactType::Billing).await,
        None
    );

    let set = |id, fields| {
        bench
            .simulator
            .set_alternate_contact(id, ContactType::Billing, fields)
    };
    assert!(set("000000000000", fields("x".into())).is_err());
    assert!(set(&id, fields(String::new())).is_err(), "too short");
    assert!(set(&id, json!({ "Name": 1 })).is_err());
    let calls = bench.simulator.calls();
    assert_eq!(calls.keys().collect::<Vec<_>>(), ["GetAlternateContact"]);
}
