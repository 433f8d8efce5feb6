//! What the functions count.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use it::local::root;
use it::world::{Delivery, Refusal, Sweeping, World};
use serde_json::{Value, json};
use simulator::{MANAGEMENT_ACCOUNT_ID, Options, Start};

const POLICY: &str = r#"{"version": 1, "organization": {"contacts": {
    "SECURITY": {"mode": "enforce", "name": "Security", "title": "Team", "emailAddress": "security@canary.example.com", "phoneNumber": "+1 202 555 0102"}
}}}"#;

/// A metric as an alarm or a line names it: namespace, name, dimensions.
pub(crate) fn metric(namespace: &Value, name: &Value, dimensions: &[&str]) -> String {
    let name = match name["Fn::Sub"].as_str() {
        Some(name) => name,
        None => name.as_str().unwrap(),
    };
    format!(
        "{} {name} {}",
        namespace.as_str().unwrap(),
        dimensions.join(",")
    )
    .trim()
    .to_owned()
}

/// A world with a policy that names one contact.
fn world() -> World {
    let world = World::new(Options::default());
    world.parameters.put("policy", POLICY);
    world
}

/// A message about an account that is not the management account.
fn delivery(world: &World) -> Delivery {
    let accounts = world.simulator.accounts();
    let account = accounts.keys().find(|it| *it != MANAGEMENT_ACCOUNT_ID);
    let completed = world.clock.now().to_rfc3339();
    let detail = json!({"accountId": account.unwrap(), "completedTimestamp": completed});
    let body = json!({"type": "AccountCreationSucceeded", "version": 1, "detail": detail});
    Delivery {
        id: "1".to_owned(),
        body: body.to_string(),
        receives: 1,
    }
}

fn last(world: &World) -> Value {
    world.metrics().pop().unwrap()
}

/// What the functions count: in ticks, in records of the queue, in both sweeps.
pub(crate) async fn counted() -> BTreeSet<String> {
    let world = world();
    let poller = world.cold_poller(&[]);
    Box::pin(world.run(&poller, json!({"job": "tick"}))).await;
    let _ = world.simulator.start(Start::default());
    tokio::time::sleep(Duration::from_secs(60)).await;
    Box::pin(world.run(&poller, json!({"job": "tick"}))).await;
    Box::pin(world.deliver(&world.cold_stamper(&[]), &[delivery(&world)])).await;
    for kind in ["contacts", "govcloud"] {
        Box::pin(world.sweep(&Sweeping::new(kind, json!({"kind": kind})))).await;
    }
    let lines = world.metrics();
    let mut metrics = BTreeSet::new();
    for line in &lines {
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            let dimensions: Vec<_> = directive["Dimensions"][0]
                .as_array()
                .unwrap()
                .iter()
                .collect();
            let dimensions: Vec<_> = dimensions.iter().map(|it| it.as_str().unwrap()).collect();
            for name in directive["Metrics"].as_array().unwrap() {
                metrics.insert(metric(&directive["Namespace"], &name["Name"], &dimensions));
            }
        }
    }
    metrics
}

#[tokio::test(start_paused = true)]
async fn an_announcement_that_waits_is_counted_by_its_age() {
    let world = World::new(Options::default());
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    let _ = world.simulator.start(Start {
        duration: Some(Duration::from_secs(30)),
        ..Start::default()
    });
    world.refuse("Publish", Refusal::Denied);
    let mut ages = Vec::new();
    for _ in 0..14 {
        tokio::time::sleep(Duration::from_secs(60)).await;
        world
            .invoke(&world.cold_poller(&[]), json!({"job": "tick"}))
            .await;
        let line = last(&world);
        ages.push(line["OldestIntentSeconds"].as_u64().unwrap());
        assert_eq!(line["Ticks"], 0);
    }
    assert!(
        ages.is_sorted() && ages[0] == 0 && 600 < ages[13],
        "{ages:?}"
    );
    world.allow("Publish");
    tokio::time::sleep(Duration::from_secs(60)).await;
    world
        .run(&world.cold_poller(&[]), json!({"job": "tick"}))
        .await;
    let line = last(&world);
    let counts = [
        "OldestIntentSeconds",
        "Announced",
        "Redriven",
        "Ticks",
        "Problems",
    ];
    let counts = counts.map(|name| line[name].as_u64().unwrap());
    assert_eq!(counts, [0, 1, 1, 1, 0]);
}

/// Or an alarm that was raised would end.
#[tokio::test(start_paused = true)]
async fn who_cannot_read_the_intents_does_not_say_that_none_waits() {
    let world = World::new(Options::default());
    let poller = world.cold_poller(&[]);
    world.run(&poller, json!({"job": "tick"})).await;
    assert_eq!(last(&world)["OldestIntentSeconds"], 0);
    world.refuse("Query", Refusal::Denied);
    world.fail(&poller, json!({"job": "tick"})).await;
    assert_eq!(last(&world)["OldestIntentSeconds"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn what_aws_throttles_and_what_is_not_known_is_counted() {
    let world = world();
    let record = delivery(&world);
    world.refuse("GetAlternateContact", Refusal::Throttled);
    Box::pin(world.deliver(&world.cold_stamper(&[]), &[record])).await;
    let line = last(&world);
    assert_eq!(line["AccountsUnknown"], 1);
    assert_eq!(line["Throttled"], 4);
    // Four attempts at ten a second.
    assert_eq!(line["QuotaMilliseconds"], 400);

    world.refuse("GetGovCloudAccountInformation", Refusal::Throttled);
    let mut audited = None;
    let sweeping = Sweeping::new("throttled", json!({"kind": "govcloud"}));
    let mut look = |world: &World, step: &str, _: &Value| {
        if step == "collect" && audited.is_none() {
            audited = world.metrics().pop();
        }
    };
    Box::pin(world.sweep_with(&sweeping, &mut look)).await;
    let line = audited.unwrap();
    assert_eq!(
        (&line["AccountsChecked"], &line["AccountsUnknown"]),
        (&json!(10), &json!(10))
    );
    assert!(0 < line["Throttled"].as_u64().unwrap(), "{line}");
}

/// From AWS's own time of the account to the contacts, however long the announcement was on its way. What is no
/// announcement of an account does not count.
#[tokio::test(start_paused = true)]
async fn the_time_until_a_new_account_is_stamped_is_counted() {
    let world = world();
    let poller = world.cold_poller(&[]);
    Box::pin(world.run(&poller, json!({"job": "tick"}))).await;
    let _ = world.simulator.start(Start {
        duration: Some(Duration::from_secs(30)),
        ..Start::default()
    });
    tokio::time::sleep(Duration::from_secs(60)).await;
    Box::pin(world.run(&poller, json!({"job": "tick"}))).await;
    tokio::time::sleep(Duration::from_secs(300)).await;
    let announcement = world.messages().pop().unwrap().body;
    let mut undated = announcement.clone();
    undated["detail"]
        .as_object_mut()
        .unwrap()
        .remove("completedTimestamp");
    let tagged =
        json!({"eventName": "TagResource", "accountId": announcement["detail"]["accountId"]});
    let moved =
        json!({"eventName": "MoveAccount", "accountId": announcement["detail"]["accountId"]});
    let stamper = world.cold_stamper(&[]);
    for (body, counts) in [
        (announcement, true),
        (undated, false),
        (tagged, false),
        (moved, false),
    ] {
        let record = Delivery {
            id: "1".to_owned(),
            body: body.to_string(),
            receives: 1,
        };
        let again = Box::pin(world.deliver(&stamper, &[record])).await;
        assert_eq!(again, [""; 0], "{body}");
        let seconds = last(&world)["SecondsToStamped"].as_u64();
        assert_eq!(seconds.is_some(), counts, "{body}");
        assert!(
            seconds.is_none_or(|it| (330..340).contains(&it)),
            "{seconds:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn contacts_are_counted_whoever_had_them_changed() {
    let world = world();
    let changed = |world: &World| -> u64 {
        let lines = world.metrics().into_iter();
        lines
            .filter_map(|line| line["ContactsChanged"].as_u64())
            .sum()
    };
    Box::pin(world.deliver(&world.cold_stamper(&[]), &[delivery(&world)])).await;
    assert_eq!(changed(&world), 1);
    let sweeping = Sweeping::new("all", json!({"kind": "contacts"}));
    Box::pin(world.sweep(&sweeping)).await;
    let accounts = world.simulator.accounts().len() as u64;
    assert_eq!(changed(&world), accounts);
    assert_eq!(
        world.simulator.calls()["PutAlternateContact"].calls,
        accounts
    );
}

/// Of each quota by itself: what counts is the one that most is used of.
#[tokio::test(start_paused = true)]
async fn the_use_of_quotas_is_counted() {
    let world = world();
    let (stamper, record) = (world.cold_stamper(&[]), delivery(&world));
    world.deliver(&stamper, std::slice::from_ref(&record)).await;
    // DescribeAccount at 20 a second, GetAlternateContact at 10, PutAlternateContact at 5.
    assert_eq!(last(&world)["QuotaMilliseconds"], 200);
    // The contact is in place now, and is read again only.
    world.deliver(&stamper, &[record]).await;
    assert_eq!(last(&world)["QuotaMilliseconds"], 100);
    assert_eq!(last(&world)["Throttled"], 0);
}

/// The table of docs/operations.md.
#[tokio::test(start_paused = true)]
async fn every_metric_is_told() {
    let page = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let rows = page.lines().skip_while(|it| !it.starts_with("| metric"));
    let rows = rows.skip(2).take_while(|it| it.starts_with('|'));
    let names = rows.filter_map(|row| row.split('|').nth(1));
    let told = names.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let told: BTreeSet<_> = told.map(str::to_owned).collect();
    let metrics = Box::pin(counted()).await;
    let so = metrics.iter().map(|it| it.split(' ').nth(1).unwrap());
    assert_eq!(told, so.map(str::to_owned).collect());
}

/// Metrics hold counts, and the function's name: nothing about people.
#[tokio::test(start_paused = true)]
async fn metrics_hold_nothing_personal() {
    let text: String = Box::pin(counted()).await.into_iter().collect();
    assert!(!text.contains("canary") && !text.contains("555"), "{text}");
}
