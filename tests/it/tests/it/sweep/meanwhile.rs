//! What happens to accounts between a plan and its application: a plan changes only what it says, on accounts as they are.

use std::time::Duration;

use it::world::{Ended, Refusal, Sweeping, World};
use serde_json::{Value, json};
use simulator::{AccountState, Calls, ContactType, Fault, FaultKind, Options, Start};

use super::{
    POLICY, contact_sweep, count, done, members, messages, name, outcome, rows, set, world,
    world_with, writes,
};

const EXCLUDED: &str = "ou-exam-suspended";

/// A layer for the accounts with this tag.
fn tagged(contacts: &str) -> String {
    format!("{POLICY}tags:\n  - {{key: stage, value: sandbox, contacts: {contacts}}}\n")
}

fn tag(world: &World, account: &str, key: &str, value: &str) {
    let tags = [(key.to_owned(), value.to_owned())];
    world.simulator.set_tags(account, tags.into()).unwrap();
}

/// An account that has somebody's billing contact, and the plan to replace it.
async fn planned(world: &World, policy: &str) -> String {
    world.parameters.put("policy", policy);
    let account = members(world)[3].clone();
    world
        .simulator
        .move_account(&account, "ou-exam-sandboxes")
        .unwrap();
    set(world, &account, ContactType::Billing, "Somebody");
    plan(world).await;
    account
}

async fn plan(world: &World) {
    let mut sweep = contact_sweep("plan");
    sweep.vars = &[("SWEEP_DRY_RUN", "true"), ("MAX_CHANGE_PERCENT", "100")];
    assert_eq!(outcome(world, &sweep).await, "dryRun");
    assert_eq!(writes(world), 0);
    world.simulator.reset_calls();
}

fn approve(name: &str) -> Sweeping<'_> {
    Sweeping::new(name, json!({"apply_plan": "plan"}))
}

/// What the report of an approved plan says of a contact.
fn line(world: &World, account: &str, contact: &str) -> Value {
    let row = &rows(world, "approved")[account];
    let lines = row["contacts"].as_array().unwrap().iter();
    let mut lines = lines.filter(|line| line["contact"] == contact);
    lines.next().unwrap().clone()
}

/// The other two contacts of the account were made as planned.
fn others_are_written(world: &World, account: &str) {
    for contact in ["OPERATIONS", "SECURITY"] {
        assert_eq!(line(world, account, contact)["done"], "written");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_person_asked_for_and_nobody_announced_the_next_sweep_tells() {
    let world = world(3);
    let account = members(&world)[0].clone();
    world.refuse("TransactWriteItems", Refusal::Denied);
    let stamper = world.cold_stamper(&[]);
    let asked = json!({"accounts": [account]});
    let _ = world.stamp(&stamper, asked).await.unwrap();
    world.allow("TransactWriteItems");
    assert_eq!(name(&world, &account, "SECURITY"), "Security");
    for sweep in ["one", "other"] {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert_eq!(outcome(&world, &contact_sweep(sweep)).await, "complete");
        let told = messages(&world, "ContactsStamped");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].text("/detail/accountId"), account);
        let changes = told[0].body["detail"]["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_sweep_writes_over_nothing_that_nobody_announced() {
    let world = world(40);
    let account = members(&world)[0].clone();
    world.refuse("TransactWriteItems", Refusal::Denied);
    let asked = json!({"accounts": [account]});
    let _ = world.stamp(&world.cold_stamper(&[]), asked).await.unwrap();
    let newer = POLICY.replace("name: Security", "name: Newer");
    world.parameters.put("policy", &newer);
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    world.refuse("TransactWriteItems", Refusal::Overtaken);
    assert_eq!(outcome(&world, &contact_sweep("busy")).await, "incomplete");
    assert_eq!(name(&world, &account, "SECURITY"), "Security");
    world.allow("TransactWriteItems");
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert_eq!(outcome(&world, &contact_sweep("after")).await, "complete");
    let told = messages(&world, "ContactsStamped");
    let changes = told[0].body["detail"]["changes"].as_array().unwrap();
    assert_eq!((told.len(), changes.len()), (1, 3));
    assert_eq!(name(&world, &account, "SECURITY"), "Newer");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_moved_to_an_excluded_unit_keeps_its_contacts() {
    for shows_paths in [true, false] {
        let world = world(12);
        world.simulator.set_paths(shows_paths);
        let policy = format!("{POLICY}exclude: {{units: [{EXCLUDED}]}}\n");
        let account = planned(&world, &policy).await;
        world.simulator.move_account(&account, EXCLUDED).unwrap();
        assert_eq!(outcome(&world, &approve("approved")).await, "complete");
        assert_eq!(name(&world, &account, "BILLING"), "Somebody");
        assert_eq!(name(&world, &account, "SECURITY"), "-");
        let row = &rows(&world, "approved")[&account];
        assert_eq!(row["skipped"], "excluded by the policy", "{shows_paths}");
        assert_eq!(writes(&world), 3 * (count(&world, "approved", "covered")));
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_moves_to_a_unit_with_another_standard_is_surprised() {
    let world = world(12);
    let unit = "  ou-exam-production:\n    contacts:\n      BILLING: {name: Production}\n";
    let account = planned(&world, &format!("{POLICY}units:\n{unit}")).await;
    world
        .simulator
        .move_account(&account, "ou-exam-production")
        .unwrap();
    assert_eq!(outcome(&world, &approve("approved")).await, "complete");
    assert_eq!(name(&world, &account, "BILLING"), "Somebody");
    assert_eq!(line(&world, &account, "BILLING")["done"], "surprised");
    others_are_written(&world, &account);
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_makes_a_removal_or_another_change_of_it_writes_nothing() {
    for (contact, may_remove) in [
        ("mode: absent", "true"),
        ("mode: absent", "false"),
        ("mode: audit", "true"),
        ("name: Sandbox", "true"),
    ] {
        let world = world(12);
        let policy = tagged(&format!("{{BILLING: {{{contact}}}}}"));
        let account = planned(&world, &policy).await;
        tag(&world, &account, "stage", "sandbox");
        let vars = [("ALLOW_ABSENT", may_remove)];
        let sweep = Sweeping {
            vars: &vars,
            ..approve("approved")
        };
        assert_eq!(outcome(&world, &sweep).await, "complete");
        assert_eq!(name(&world, &account, "BILLING"), "Somebody", "{contact}");
        let line = line(&world, &account, "BILLING");
        assert_eq!(line["done"], "surprised", "{contact} {may_remove}");
        assert_eq!(count(&world, "approved", "surprised"), 1, "{contact}");
        others_are_written(&world, &account);
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_follows_a_tag_is_the_value_that_was_planned() {
    let world = world(12);
    for account in members(&world) {
        tag(&world, &account, "team", "Red");
    }
    let policy = POLICY.replace("name: Billing", "name: \"{tag:team}\"");
    let account = planned(&world, &policy).await;
    let same = members(&world)[4].clone();
    tag(&world, &account, "team", "Blue");
    assert_eq!(outcome(&world, &approve("approved")).await, "complete");
    assert_eq!(name(&world, &account, "BILLING"), "Somebody");
    assert_eq!(line(&world, &account, "BILLING")["done"], "surprised");
    assert_eq!(name(&world, &same, "BILLING"), "Red");
    assert_eq!(line(&world, &same, "BILLING")["done"], "written");
}

/// Only what is tagged is to have the billing contact; every account a city.
fn billing_by_tag() -> String {
    let billing = POLICY
        .lines()
        .find_map(|line| line.trim().strip_prefix("BILLING: "));
    let without: String = POLICY
        .lines()
        .filter(|line| !line.contains("BILLING"))
        .map(|line| format!("{line}\n"))
        .collect();
    format!(
        "{without}  primary: {{mode: enforce, fields: {{city: Canary City}}}}\ntags:\n  - {{key: stage, value: sandbox, contacts: {{BILLING: {}}}}}\n",
        billing.unwrap()
    )
}

#[tokio::test(start_paused = true)]
async fn what_the_policy_does_not_name_is_not_counted_although_a_write_to_it_is_in_doubt() {
    let excluded = |account: &str| format!("{POLICY}exclude: {{accounts: [\"{account}\"]}}\n");
    for (is_excluded, is_denied) in [(true, false), (true, true), (false, false), (false, true)] {
        let world = world(12);
        let account = members(&world)[3].clone();
        world.refuse("PutAlternateContact", Refusal::Internal);
        let person = || json!({"accounts": [account]});
        let stamper = world.cold_stamper(&[]);
        world.stamp(&stamper, person()).await.unwrap().unwrap();
        world.allow("PutAlternateContact");
        let newer = if is_excluded {
            excluded(&account)
        } else {
            "version: 1\n".to_owned()
        };
        world.parameters.put("policy", &newer);
        if is_denied {
            let denied = Fault::on("GetAlternateContact", Calls::Every, FaultKind::Denied);
            world.simulator.set_faults(vec![denied.about(&account)]);
        }
        assert_eq!(outcome(&world, &contact_sweep("s")).await, "complete");
        assert_eq!(count(&world, "s", "unknown"), 0);
        let row = &rows(&world, "s")[&account];
        assert_eq!(row["skipped"] == "excluded by the policy", is_excluded);
        let told = world.stamp(&world.cold_stamper(&[]), person()).await;
        let told = &told.unwrap().unwrap()[0];
        assert_eq!(told["skipped"] == "excluded by the policy", is_excluded);
    }
}

/// An alarm looks at errors, and the policy asks nothing of the account any more.
#[tokio::test(start_paused = true)]
async fn what_the_policy_does_not_name_and_aws_denies_is_no_error() {
    let log = crate::log::start();
    let world = world_with(Options {
        seed: 77_103,
        accounts: 3,
        ..Options::default()
    });
    let account = members(&world)[0].clone();
    world.refuse("PutAlternateContact", Refusal::Internal);
    let asked = json!({"accounts": [account]});
    let _ = world.stamp(&world.cold_stamper(&[]), asked).await.unwrap();
    world.allow("PutAlternateContact");
    let excluded = format!("{POLICY}exclude: {{accounts: [\"{account}\"]}}\n");
    world.parameters.put("policy", &excluded);
    let denied = Fault::on("GetAlternateContact", Calls::Every, FaultKind::Denied);
    world.simulator.set_faults(vec![denied.about(&account)]);
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "complete");
    let text = log.text();
    let mut denied = text
        .lines()
        .filter(|line| line.contains(&account) && line.contains("Denied"));
    assert!(denied.clone().count() > 0, "nothing was read");
    assert!(denied.all(|line| line.contains("WARN")), "{text}");
}

/// An account that was excluded after it was written to, and before that could be announced, as the ledger says no.
async fn excluded_untold(refusal: Refusal) -> (World, String) {
    let world = world(12);
    let account = members(&world)[3].clone();
    world.refuse("TransactWriteItems", refusal);
    let person = json!({"accounts": [account]});
    world
        .stamp(&world.cold_stamper(&[]), person)
        .await
        .unwrap()
        .unwrap();
    let excluded = format!("{POLICY}exclude: {{accounts: [\"{account}\"]}}\n");
    world.parameters.put("policy", &excluded);
    (world, account)
}

#[tokio::test(start_paused = true)]
async fn an_excluded_account_whose_announcement_is_refused_says_why_it_is_not_covered() {
    let (world, account) = excluded_untold(Refusal::Denied).await;
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "incomplete");
    assert_eq!(rows(&world, "s")[&account]["uncovered"], "Denied");
    world.allow("TransactWriteItems");
    assert_eq!(outcome(&world, &contact_sweep("t")).await, "complete");
    assert_eq!(messages(&world, "ContactsStamped").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_excluded_account_of_which_a_write_stays_in_doubt_says_so() {
    let (world, account) = excluded_untold(Refusal::Internal).await;
    world.allow("TransactWriteItems");
    let silent = Fault::on("GetAlternateContact", Calls::Every, FaultKind::Internal);
    world.simulator.set_faults(vec![silent.about(&account)]);
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "incomplete");
    assert_eq!(
        rows(&world, "s")[&account]["uncovered"],
        "excluded by the policy, and nobody knows yet whether an earlier write was made"
    );
}

/// The write was in doubt when the account's tag changed.
#[tokio::test(start_paused = true)]
async fn a_planned_contact_that_was_not_written_and_is_no_longer_asked_for_is_surprised() {
    let world = world(12);
    let account = members(&world)[3].clone();
    tag(&world, &account, "stage", "sandbox");
    planned(&world, &billing_by_tag()).await;
    let mut rounds = 0;
    let ended = world
        .sweep_with(&approve("approved"), &mut |world, step, state| {
            if step == "batches" && state["phase"] == "apply" {
                rounds += 1;
                match rounds {
                    1 => world.refuse("PutAlternateContact", Refusal::Internal),
                    2 => {
                        world.allow("PutAlternateContact");
                        tag(world, &account, "stage", "production");
                    }
                    _ => (),
                }
            }
        })
        .await;
    assert_eq!(done(ended), "complete");
    assert_eq!(line(&world, &account, "BILLING")["done"], "surprised");
    assert_eq!(name(&world, &account, "BILLING"), "Somebody");
    others_are_written(&world, &account);
}

#[tokio::test(start_paused = true)]
async fn a_planned_contact_that_is_no_longer_asked_for_is_not_taken_for_the_primary_one() {
    let world = world(12);
    let account = members(&world)[3].clone();
    let policy = billing_by_tag();
    tag(&world, &account, "stage", "sandbox");
    planned(&world, &policy).await;
    tag(&world, &account, "stage", "production");
    assert_eq!(outcome(&world, &approve("approved")).await, "complete");
    assert_eq!(name(&world, &account, "BILLING"), "Somebody");
    assert_eq!(
        line(&world, &account, "BILLING"),
        json!({"contact": "BILLING", "found": "unknown", "done": "surprised", "reason": "the policy no longer asks anything of it"})
    );
    assert_eq!(line(&world, &account, "PRIMARY")["done"], "written");
    others_are_written(&world, &account);
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_an_edited_policy_no_longer_names_is_superseded_too() {
    let world = world(12);
    planned(&world, POLICY).await;
    let without = POLICY
        .lines()
        .filter(|line| !line.contains("BILLING"))
        .map(|line| format!("{line}\n"));
    world.parameters.put("policy", &without.collect::<String>());
    assert_eq!(outcome(&world, &approve("approved")).await, "superseded");
    assert_eq!(count(&world, "approved", "superseded"), 12 * 3);
    assert_eq!(writes(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_approved_again_and_again_contests_nobody() {
    let world = world(12);
    let account = planned(&world, POLICY).await;
    for (name, done) in [
        ("first", "written"),
        ("second", "written"),
        ("third", "written"),
        ("fourth", "contested"),
    ] {
        assert_eq!(outcome(&world, &approve(name)).await, "complete");
        let row = &rows(&world, name)[&account];
        assert_eq!(row["contacts"][0]["done"], done, "{name}");
        set(&world, &account, ContactType::Billing, "Somebody");
        tokio::time::sleep(Duration::from_secs(3_600)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_addition_over_awss_copy_is_made_although_the_account_is_no_longer_new() {
    let world = world(12);
    let before = members(&world);
    let _request = world.simulator.start(Start {
        duration: Some(Duration::from_secs(3)),
        ..Start::default()
    });
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut accounts = members(&world).into_iter();
    let new = accounts.find(|it| !before.contains(it)).unwrap();
    let primary = "  primary: {mode: enforce, fields: {city: Canary City}}\n";
    planned(&world, &format!("{POLICY}{primary}")).await;
    // By then the same would be called a replacement.
    tokio::time::sleep(Duration::from_secs(8 * 24 * 3_600)).await;
    assert_eq!(outcome(&world, &approve("approved")).await, "complete");
    for account in [&new, &before[0]] {
        assert_eq!(line(&world, account, "PRIMARY")["done"], "written");
        let stored = world.simulator.contacts(account).unwrap();
        assert_eq!(stored["primary"]["City"], "Canary City");
    }
    others_are_written(&world, &new);
}

#[tokio::test(start_paused = true)]
async fn a_removal_that_is_no_longer_granted_stays_planned() {
    let world = world(12);
    let policy = tagged("{BILLING: {mode: absent}}");
    tag(&world, &members(&world)[3], "stage", "sandbox");
    let account = planned(&world, &policy).await;
    for (name, may_remove, done) in [
        ("refused", "false", "planned"),
        ("approved", "true", "written"),
    ] {
        let vars = [("ALLOW_ABSENT", may_remove)];
        let sweep = Sweeping {
            vars: &vars,
            ..approve(name)
        };
        assert_eq!(outcome(&world, &sweep).await, "complete");
        let row = &rows(&world, name)[&account];
        assert_eq!(row["contacts"][0]["done"], done);
    }
    assert_eq!(name(&world, &account, "BILLING"), "-");
}

#[tokio::test(start_paused = true)]
async fn accounts_that_left_or_were_suspended_are_left_alone() {
    let world = world(12);
    let left = planned(&world, POLICY).await;
    let suspended = members(&world)[4].clone();
    world.simulator.remove_account(&left).unwrap();
    world
        .simulator
        .set_state(&suspended, AccountState::Suspended)
        .unwrap();
    assert_eq!(outcome(&world, &approve("approved")).await, "complete");
    assert_eq!(writes(&world), 10 * 3);
    // Nobody asks for the contacts of the other two.
    assert_eq!(world.simulator.calls()["GetAlternateContact"].calls, 10 * 3);
    let rows = rows(&world, "approved");
    assert_eq!(rows[&left]["skipped"], "it has left the organization");
    assert_eq!(rows[&suspended]["skipped"], "the account is SUSPENDED");
}

/// A round writes the billing contact of an account, and is throttled at the others. What it wrote stands in the report,
/// whatever the next round finds.
#[tokio::test(start_paused = true)]
async fn what_was_written_stays_told_when_the_account_is_closed_to_the_next_round() {
    for is_denied in [false, true] {
        let world = world(12);
        let account = members(&world)[3].clone();
        let fault = |operation, calls, kind| Fault::on(operation, calls, kind).about(&account);
        let later = Calls::Range { from: 2, to: None };
        let throttled = fault("PutAlternateContact", later, FaultKind::Throttle);
        world.simulator.set_faults(vec![throttled]);
        let ended = world
            .sweep_with(&contact_sweep("s"), &mut |world, step, state| {
                if step != "collect" || state["phase"] != "apply" {
                    return;
                }
                assert_eq!(name(world, &account, "BILLING"), "Billing");
                if is_denied {
                    let denied = fault("GetAlternateContact", Calls::Every, FaultKind::Denied);
                    world.simulator.set_faults(vec![denied]);
                } else {
                    let suspended = AccountState::Suspended;
                    world.simulator.set_state(&account, suspended).unwrap();
                }
            })
            .await;
        assert_eq!(done(ended), "complete");
        assert_eq!(count(&world, "s", "written"), 11 * 3 + 1);
        let row = &rows(&world, "s")[&account];
        assert_eq!(row["contacts"][0]["done"], "written");
        let reason = if is_denied {
            "Denied"
        } else {
            "the account is SUSPENDED"
        };
        assert_eq!(row["contacts"][1]["reason"], reason);
    }
}

async fn until_billing_is_written(world: &World, account: &str) {
    while name(world, account, "BILLING") != "Billing" {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_written_stays_told_when_the_ledger_refuses_the_next_write() {
    let world = world(12);
    let account = members(&world)[3].clone();
    let refusing = async {
        until_billing_is_written(&world, &account).await;
        world.refuse("PutItem", Refusal::Denied);
        let suspended = AccountState::Suspended;
        world.simulator.set_state(&account, suspended).unwrap();
        // The next round comes in a minute.
        tokio::time::sleep(Duration::from_secs(40)).await;
        world.allow("PutItem");
    };
    let sweep = contact_sweep("s");
    let (ended, ()) = tokio::join!(outcome(&world, &sweep), refusing);
    assert_eq!(ended, "complete");
    let row = &rows(&world, "s")[&account];
    assert_eq!(row["contacts"][0]["done"], "written");
    let kinds = ["BILLING", "OPERATIONS", "SECURITY"];
    let made = kinds.map(|kind| u64::from(name(&world, &account, kind) != "-"));
    let made = made.iter().sum::<u64>();
    assert!(made < 3, "no write was refused");
    assert_eq!(count(&world, "s", "written"), 11 * 3 + made);
}

/// As above, within a round.
#[tokio::test(start_paused = true)]
async fn what_was_written_stays_told_when_the_account_leaves_between_two_writes() {
    let world = world(12);
    let account = members(&world)[3].clone();
    let leaving = async {
        until_billing_is_written(&world, &account).await;
        world.simulator.remove_account(&account).unwrap();
    };
    let sweep = contact_sweep("s");
    let (ended, ()) = tokio::join!(outcome(&world, &sweep), leaving);
    assert_eq!(ended, "complete");
    assert_eq!(count(&world, "s", "written"), 11 * 3 + 1);
    let row = &rows(&world, "s")[&account];
    assert_eq!(row["contacts"][0]["done"], "written");
    assert_eq!(row["contacts"][1]["reason"], "it has left the organization");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_aws_does_not_describe_is_not_written_and_not_done() {
    for (kind, reason) in [
        (FaultKind::Denied, "Denied"),
        (FaultKind::Throttle, "Throttled"),
        (FaultKind::Internal, "Unavailable"),
        (FaultKind::Timeout, "Unavailable"),
    ] {
        let world = world(12);
        let account = planned(&world, POLICY).await;
        let fault = Fault::on("DescribeAccount", Calls::Every, kind).about(&account);
        world.simulator.set_faults(vec![fault]);
        let ended = outcome(&world, &approve("approved")).await;
        assert_eq!(ended, "incomplete", "{kind:?}");
        assert_eq!(name(&world, &account, "BILLING"), "Somebody", "{kind:?}");
        assert_eq!(writes(&world), 11 * 3, "{kind:?}");
        let row = &rows(&world, "approved")[&account];
        assert_eq!(row["uncovered"], reason, "{kind:?}");
        world.simulator.set_faults(Vec::new());
        assert_eq!(outcome(&world, &approve("again")).await, "complete");
        assert_eq!(name(&world, &account, "BILLING"), "Billing", "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_aws_describes_later_is_written_in_another_round() {
    let world = world(12);
    let account = planned(&world, POLICY).await;
    // All that one call is worth to the SDK.
    let calls = Calls::Range {
        from: 1,
        to: Some(4),
    };
    let fault = Fault::on("DescribeAccount", calls, FaultKind::Throttle).about(&account);
    world.simulator.set_faults(vec![fault]);
    assert_eq!(outcome(&world, &approve("approved")).await, "complete");
    assert_eq!(writes(&world), 12 * 3);
    assert!(world.simulator.calls()["DescribeAccount"].throttled >= 4);
}

#[tokio::test(start_paused = true)]
async fn a_description_without_an_account_says_nothing() {
    let world = world(12);
    planned(&world, POLICY).await;
    world.refuse("DescribeAccount", Refusal::Hollow);
    assert_eq!(outcome(&world, &approve("approved")).await, "incomplete");
    assert_eq!(writes(&world), 0);
    assert_eq!(count(&world, "approved", "uncovered"), 12);
}

#[tokio::test(start_paused = true)]
async fn each_account_of_a_plan_is_described_once() {
    let world = world(12);
    assert_eq!(outcome(&world, &contact_sweep("s")).await, "complete");
    assert_eq!(world.simulator.calls()["DescribeAccount"].calls, 12);
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_a_version_that_did_not_say_what_is_wanted_is_refused() {
    let world = world(12);
    planned(&world, POLICY).await;
    let place = "own/sweeps/plan/plan.json";
    let mut plan: Value = serde_json::from_str(&world.objects.get(place).unwrap()).unwrap();
    for account in plan["accounts"].as_array_mut().unwrap() {
        for change in account["changes"].as_array_mut().unwrap() {
            change.as_object_mut().unwrap().remove("wanted").unwrap();
        }
    }
    world.objects.put(place, &plan.to_string());
    let ended = world.sweep(&approve("approved")).await;
    assert_eq!(ended, Ended::Failed("BrokenDocument".to_owned()));
    assert_eq!(writes(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn accounts_that_join_and_leave_while_they_are_listed_keep_no_other_from_its_contacts() {
    let world = world(60);
    let before = members(&world);
    let (read, unread) = (before[2].clone(), before[55].clone());
    let meanwhile = async {
        while !world.simulator.calls().contains_key("ListAccounts") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for account in [&read, &unread] {
            world.simulator.remove_account(account).unwrap();
        }
        world.simulator.add_accounts(3)
    };
    let first = contact_sweep("first");
    let (ended, joined) = tokio::join!(outcome(&world, &first), meanwhile);
    assert_eq!((ended.as_str(), joined.len()), ("complete", 3));
    let swept = rows(&world, "first");
    for account in before.iter().filter(|it| ![&read, &unread].contains(it)) {
        assert!(swept.contains_key(account), "{account}");
        assert_eq!(name(&world, account, "SECURITY"), "Security", "{account}");
    }
    assert_eq!(outcome(&world, &contact_sweep("second")).await, "complete");
    for account in &joined {
        assert_eq!(name(&world, account, "SECURITY"), "Security", "{account}");
    }
}
