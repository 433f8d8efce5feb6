//! The primary contact.

use serde_json::json;
use simulator::Options;

use super::{POLICY, new_account, outcome, run, world_with};

fn policy() -> String {
    POLICY.to_owned()
        + "  primary: {mode: enforce, fields: {companyName: Canary Corp, city: Canary City}}\n"
}

#[tokio::test(start_paused = true)]
async fn a_new_account_gets_its_primary_contact_at_once_and_keeps_what_is_not_named() {
    let world = world_with(Options::default(), &policy());
    let account = new_account(&world).await;
    let before = world.simulator.contacts(&account).unwrap();
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "PRIMARY"), "drift written");
    let after = world.simulator.contacts(&account).unwrap();
    assert_eq!(after["primary"]["City"], "Canary City");
    assert_eq!(after["primary"]["CompanyName"], "Canary Corp");
    for field in [
        "FullName",
        "PhoneNumber",
        "AddressLine1",
        "PostalCode",
        "CountryCode",
    ] {
        assert_eq!(after["primary"][field], before["primary"][field], "{field}");
    }
    // An unchanged phone is not verified again.
    assert_eq!(after["verification"], before["verification"]);
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "PRIMARY"), "match nothing");
}

#[tokio::test(start_paused = true)]
async fn an_old_accounts_primary_contact_is_never_taken_for_awss_copy() {
    let world = world_with(Options::default(), &policy());
    let account = new_account(&world).await;
    super::pass(8 * 24 * 3_600).await;
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "PRIMARY"), "drift planned");
}

#[tokio::test(start_paused = true)]
async fn an_invited_accounts_primary_contact_is_its_own_even_if_it_looks_like_awss_copy() {
    let world = world_with(Options::default(), &policy());
    let account = new_account(&world).await;
    world.simulator.set_invited(&account).unwrap();
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "PRIMARY"), "drift planned");
}

#[tokio::test(start_paused = true)]
async fn a_primary_contact_that_somebody_wrote_is_only_planned() {
    let world = world_with(Options::default(), &policy());
    let account = new_account(&world).await;
    let mut fields = world.simulator.contacts(&account).unwrap()["primary"].clone();
    fields["City"] = json!("Elsewhere");
    world
        .simulator
        .set_primary_contact(&account, fields)
        .unwrap();
    let report = run(&world, &world.cold_stamper(&[]), &account).await;
    assert_eq!(outcome(&report, "PRIMARY"), "drift planned");
    let report = run(
        &world,
        &world.cold_stamper(&[("EVENT_REPLACE", "true")]),
        &account,
    )
    .await;
    assert_eq!(outcome(&report, "PRIMARY"), "drift written");
}
