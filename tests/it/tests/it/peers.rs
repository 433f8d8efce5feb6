//! What other contact stampers get wrong, each as a test that this one does not. Beside these, one logs contacts in full
//! (`stamper::stamping` looks for them everywhere) and one listens for events of the wrong type (`rules`).

use std::time::Duration;

use it::world::{Delivery, World};
use serde_json::{Value, json};
use simulator::{
    AccountState, Calls, ContactType, Fault, FaultKind, MANAGEMENT_ACCOUNT_ID, Options, Outcome,
    Start,
};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: enforce, name: Canary Billing, title: Team, emailAddress: billing@canary.example.com, phoneNumber: "+1 202 555 0100"}
    OPERATIONS: {mode: enforce, name: Canary Operations, title: Team, emailAddress: ops@canary.example.com, phoneNumber: "+1 202 555 0101"}
    SECURITY: {mode: enforce, name: Canary Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0102"}
"#;

fn world() -> World {
    let world = World::new(Options::default());
    world.parameters.put("policy", POLICY);
    world
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// A member that has been there from the start.
fn member(world: &World) -> String {
    let mut accounts = world.simulator.accounts().into_keys();
    accounts.find(|id| id != MANAGEMENT_ACCOUNT_ID).unwrap()
}

fn new_account(world: &World) -> String {
    let before = world.simulator.accounts();
    let request = world.simulator.start(Start::default());
    world.simulator.finish(&request, Outcome::Succeed).unwrap();
    let mut after = world.simulator.accounts().into_keys();
    after.find(|id| !before.contains_key(id)).unwrap()
}

fn created(account: &str) -> Delivery {
    let body = json!({"type": "AccountCreationSucceeded", "detail": {"accountId": account}});
    Delivery {
        id: account.to_owned(),
        body: body.to_string(),
        receives: 1,
    }
}

fn contact(name: &str) -> Value {
    json!({"Name": name, "Title": "T", "EmailAddress": "a@b.c", "PhoneNumber": "1"})
}

async fn report(world: &World, account: &str) -> Value {
    let payload = json!({"accounts": [account]});
    let answer = world.stamp(&world.cold_stamper(&[]), payload).await;
    answer.unwrap().unwrap()[0].clone()
}

/// What was found and done about BILLING, OPERATIONS and SECURITY.
fn outcomes(report: &Value) -> [String; 3] {
    ["BILLING", "OPERATIONS", "SECURITY"].map(|kind| {
        let line = &report["contacts"][kind];
        format!("{} {}", line["found"], line["done"]).replace('"', "")
    })
}

fn names(world: &World, account: &str) -> [String; 3] {
    let contacts = world.simulator.contacts(account).unwrap();
    ["BILLING", "OPERATIONS", "SECURITY"].map(|kind| {
        let name = contacts["alternate"][kind]["Name"].as_str();
        name.unwrap_or("-").to_owned()
    })
}

const STAMPED: [&str; 3] = ["Canary Billing", "Canary Operations", "Canary Security"];

fn calls(world: &World, operation: &str) -> usize {
    let calls = world.calls();
    calls
        .iter()
        .filter(|call| call.operation == operation)
        .count()
}

fn fail(world: &World, operation: &str, calls: Calls, kind: FaultKind) {
    world
        .simulator
        .set_faults(vec![Fault::on(operation, calls, kind)]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_puts_without_looking_first() {
    let world = world();
    let account = member(&world);
    report(&world, &account).await;
    world.forget_calls();
    assert_eq!(
        outcomes(&report(&world, &account).await),
        ["match nothing"; 3]
    );
    assert_eq!(calls(&world, "GetAlternateContact"), 3);
    assert_eq!(calls(&world, "PutAlternateContact"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_warm_peer_does_not_know_the_new_account() {
    let world = world();
    let stamper = world.cold_stamper(&[]);
    world.deliver(&stamper, &[created(&member(&world))]).await;
    let account = new_account(&world);
    assert!(
        world
            .deliver(&stamper, &[created(&account)])
            .await
            .is_empty()
    );
    assert_eq!(names(&world, &account), STAMPED);
    assert_eq!(calls(&world, "ListAccounts"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_peer_names_the_management_account_and_is_refused() {
    let world = world();
    let report = report(&world, MANAGEMENT_ACCOUNT_ID).await;
    assert_eq!(outcomes(&report), ["missing written"; 3]);
    assert_eq!(names(&world, MANAGEMENT_ACCOUNT_ID), STAMPED);
}

#[tokio::test(start_paused = true)]
async fn a_peer_takes_one_absent_type_for_all() {
    let world = world();
    let account = member(&world);
    for (kind, name) in [
        (ContactType::Operations, "Other"),
        (ContactType::Security, "Other"),
    ] {
        world
            .simulator
            .set_alternate_contact(&account, kind, contact(name))
            .unwrap();
    }
    let expected = ["missing written", "drift planned", "drift planned"];
    assert_eq!(outcomes(&report(&world, &account).await), expected);
}

#[tokio::test(start_paused = true)]
async fn a_peer_skips_the_other_types_after_the_first_error() {
    for operation in ["GetAlternateContact", "PutAlternateContact"] {
        let world = world();
        let account = member(&world);
        fail(&world, operation, Calls::List(vec![1]), FaultKind::Denied);
        let outcomes = outcomes(&report(&world, &account).await);
        assert_eq!(outcomes[1..], ["missing written"; 2], "{operation}");
        assert_eq!(
            names(&world, &account),
            ["-", STAMPED[1], STAMPED[2]],
            "{operation}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_reports_a_failed_write_as_success() {
    let world = world();
    let account = member(&world);
    fail(
        &world,
        "PutAlternateContact",
        Calls::Every,
        FaultKind::Denied,
    );
    let denied = report(&world, &account).await;
    assert_eq!(outcomes(&denied), ["missing planned"; 3]);
    assert_eq!(denied["contacts"]["SECURITY"]["reason"], "Denied");
    fail(
        &world,
        "PutAlternateContact",
        Calls::Every,
        FaultKind::Throttle,
    );
    let again = world
        .deliver(&world.cold_stamper(&[]), &[created(&account)])
        .await;
    assert_eq!(again, [account]);
    assert!(world.messages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_peer_reads_a_refusal_as_an_absent_contact() {
    for kind in [
        FaultKind::Denied,
        FaultKind::Throttle,
        FaultKind::Internal,
        FaultKind::BareError,
    ] {
        let world = world();
        let account = member(&world);
        fail(&world, "GetAlternateContact", Calls::Every, kind);
        assert_eq!(
            outcomes(&report(&world, &account).await),
            ["unknown nothing"; 3],
            "{kind:?}"
        );
        assert_eq!(calls(&world, "PutAlternateContact"), 0, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_tries_again_what_will_never_be_allowed() {
    let world = world();
    let account = member(&world);
    pass(3_600).await;
    fail(
        &world,
        "GetAlternateContact",
        Calls::Every,
        FaultKind::Denied,
    );
    let again = world
        .deliver(&world.cold_stamper(&[]), &[created(&account)])
        .await;
    assert!(again.is_empty());
    assert_eq!(calls(&world, "GetAlternateContact"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_peer_fails_the_whole_batch_for_one_record() {
    let world = world();
    let account = member(&world);
    let poison = Delivery {
        id: "poison".to_owned(),
        body: "poison".to_owned(),
        receives: 1,
    };
    let again = world
        .deliver(&world.cold_stamper(&[]), &[poison, created(&account)])
        .await;
    assert_eq!(again, ["poison"]);
    assert_eq!(names(&world, &account), STAMPED);
}

#[tokio::test(start_paused = true)]
async fn a_peer_stumbles_over_a_failed_creation() {
    let world = world();
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    let request = world.simulator.start(Start::default());
    world
        .simulator
        .finish(&request, Outcome::Fail("EMAIL_ALREADY_EXISTS".to_owned()))
        .unwrap();
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    let failed = world.messages().last().unwrap().clone();
    assert_eq!(failed.text("/type"), "AccountCreationFailed");
    let failed = Delivery {
        id: "failed".to_owned(),
        body: failed.body.to_string(),
        receives: 1,
    };
    let account = member(&world);
    // The subscription passes only created accounts on; one that comes all the same harms nothing.
    let again = world
        .deliver(&world.cold_stamper(&[]), &[failed, created(&account)])
        .await;
    assert_eq!(again, ["failed"]);
    assert_eq!(names(&world, &account), STAMPED);
    assert_eq!(calls(&world, "PutAlternateContact"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_peer_never_stamps_an_account_that_was_invited() {
    let world = world();
    let account = member(&world);
    let body =
        json!({"eventName": "AccountJoinedOrganization", "eventId": "1", "accountId": account});
    let joined = Delivery {
        body: body.to_string(),
        ..created(&account)
    };
    assert!(
        world
            .deliver(&world.cold_stamper(&[]), &[joined])
            .await
            .is_empty()
    );
    assert_eq!(names(&world, &account), STAMPED);
}

/// `Status` has gone, and the simulated organization gives `State` only.
#[tokio::test(start_paused = true)]
async fn a_peer_knows_an_accounts_status_but_not_its_state() {
    let world = world();
    let account = member(&world);
    for state in [AccountState::Suspended, AccountState::PendingClosure] {
        world.simulator.set_state(&account, state).unwrap();
        let report = report(&world, &account).await;
        assert!(
            report["skipped"]
                .as_str()
                .unwrap()
                .starts_with("the account is "),
            "{report}"
        );
    }
    assert_eq!(calls(&world, "GetAlternateContact"), 0);
    world
        .simulator
        .set_state(&account, AccountState::Active)
        .unwrap();
    assert_eq!(
        outcomes(&report(&world, &account).await),
        ["missing written"; 3]
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_is_content_with_any_contact() {
    let world = world();
    let account = member(&world);
    world
        .simulator
        .set_alternate_contact(&account, ContactType::Security, contact("Other"))
        .unwrap();
    assert_eq!(
        outcomes(&report(&world, &account).await)[2],
        "drift planned"
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_writes_again_what_cannot_be_read_yet() {
    let options = Options {
        lag: Duration::from_secs(200),
        ..Options::default()
    };
    let world = World::new(options);
    world.parameters.put("policy", POLICY);
    let account = member(&world);
    report(&world, &account).await;
    assert_eq!(
        outcomes(&report(&world, &account).await),
        ["missing unsettled"; 3]
    );
    assert_eq!(calls(&world, "PutAlternateContact"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_peer_empties_the_fields_of_the_primary_contact_that_it_does_not_set() {
    let world = world();
    let account = member(&world);
    let policy =
        format!("{POLICY}  primary: {{mode: enforce, fields: {{companyName: Canary Corp}}}}\n");
    world.parameters.put("policy", &policy);
    let mut expected = world.simulator.contacts(&account).unwrap()["primary"].clone();
    expected["CompanyName"] = json!("Canary Corp");
    let payload = json!({"accounts": [account]});
    world
        .stamp(&world.cold_stamper(&[("EVENT_REPLACE", "true")]), payload)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        world.simulator.contacts(&account).unwrap()["primary"],
        expected
    );
}
