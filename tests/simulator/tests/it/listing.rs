//! Scans of the listing: pages, filters, order, tokens, rows that come and go.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use aws_sdk_organizations::primitives::DateTime;
use aws_sdk_organizations::types::CreateAccountState::{self, Failed, InProgress, Succeeded};
use serde_json::json;
use simulator::{Calls, FAILURE_REASONS, Fault, FaultKind, History, Options, Outcome, Start};

use crate::bench::{Bench, code};

const LIST: &str = "ListCreateAccountStatus";

/// A bench with finished requests, four in five of them succeeded.
fn with_history(count: usize, options: Options) -> Bench {
    let bench = Bench::new(options);
    let now = bench.clock.now();
    let from = now - Duration::from_secs(90 * 86_400);
    let history = History {
        count,
        failed: 0.2,
        govcloud: 0.1,
        from,
        to: now,
    };
    bench.simulator.add_history(&history);
    bench
}

fn ids(rows: &[aws_sdk_organizations::types::CreateAccountStatus]) -> Vec<String> {
    rows.iter().map(|row| row.id.clone().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_scan_delivers_every_request_once_in_an_order_of_its_own() {
    let bench = with_history(1000, Options::default());
    let first = ids(&bench.scan(&[]).await);
    let second = ids(&bench.scan(&[]).await);

    assert_eq!(bench.simulator.calls()[LIST].calls, 100);
    let all = bench.simulator.terminal_requests();
    let all: Vec<String> = all.into_iter().map(|it| it.id).collect();
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert_ne!(first, all);
    assert_ne!(first, second);
    assert_eq!(sorted(first), sorted(all.clone()));
    assert_eq!(sorted(second), sorted(all));
}

#[tokio::test(start_paused = true)]
async fn the_seed_decides_everything() {
    let scan = async |seed| {
        let bench = with_history(
            50,
            Options {
                seed,
                ..Options::default()
            },
        );
        ids(&bench.scan(&[]).await)
    };
    assert_eq!(scan(7).await, scan(7).await);
    assert_ne!(scan(7).await, scan(8).await);
}

#[tokio::test(start_paused = true)]
async fn history_is_past_and_complete() {
    let bench = with_history(500, Options::default());
    let succeeded = bench.scan(&[Succeeded]).await;
    let failed = bench.scan(&[Failed]).await;
    let reasons: BTreeSet<_> = failed
        .iter()
        .map(|row| row.failure_reason.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(reasons, BTreeSet::from(FAILURE_REASONS));
    let accounts: BTreeSet<_> = succeeded
        .iter()
        .map(|row| row.account_id.as_ref().unwrap())
        .collect();
    assert_eq!(accounts.len(), succeeded.len());
    let pairs = succeeded
        .iter()
        .filter(|row| row.gov_cloud_account_id.is_some());
    assert!((20..60).contains(&pairs.count()), "about a tenth");

    let now = DateTime::from(bench.clock.now());
    for row in succeeded.iter().chain(&failed) {
        let (requested, completed) = (row.requested_timestamp, row.completed_timestamp);
        assert!(requested < completed && completed < Some(now), "{row:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_filter_takes_what_it_names() {
    let bench = with_history(200, Options::default());
    for _ in 0..30 {
        let _id = bench.simulator.start(Start::default());
    }
    let mut count = HashMap::new();
    for finished in bench.simulator.terminal_requests() {
        *count.entry(finished.state.as_str()).or_insert(0) += 1;
    }
    let (succeeded, failed) = (count["SUCCEEDED"], count["FAILED"]);
    assert!(20 < failed && failed < 60, "{failed} failed");
    for (states, expected) in [
        (vec![], 230),
        (vec![InProgress], 30),
        (vec![Succeeded], succeeded),
        (vec![Succeeded, Failed], 200),
        (vec![Failed, InProgress], failed + 30),
    ] {
        let rows = bench.scan(&states).await;
        assert_eq!(rows.len(), expected, "{states:?}");
        let fits = |state: &CreateAccountState| states.is_empty() || states.contains(state);
        assert!(rows.iter().all(|row| fits(row.state.as_ref().unwrap())));
    }
}

#[tokio::test(start_paused = true)]
async fn pages_have_the_size_asked_for_and_at_most_twenty() {
    let bench = with_history(50, Options::default());
    let list = |size| {
        bench
            .client
            .list_create_account_status()
            .max_results(size)
            .send()
    };
    assert_eq!(list(1).await.unwrap().create_account_statuses().len(), 1);
    assert_eq!(list(20).await.unwrap().create_account_statuses().len(), 20);
    assert_eq!(
        code(list(0).await),
        "InvalidInputException MIN_VALUE_EXCEEDED"
    );
    assert_eq!(
        code(list(21).await),
        "InvalidInputException MAX_VALUE_EXCEEDED"
    );
    let default = bench
        .client
        .list_create_account_status()
        .send()
        .await
        .unwrap();
    assert_eq!(default.create_account_statuses().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn empty_pages_lose_nothing() {
    let bench = with_history(
        200,
        Options {
            empty_pages: 0.5,
            ..Options::default()
        },
    );
    assert_eq!(bench.scan(&[]).await.len(), 200);
    let calls = bench.simulator.calls()[LIST].calls;
    assert!(12 < calls, "only {calls} calls");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_good_for_its_own_listing_only_and_until_it_expires() {
    let bench = with_history(
        50,
        Options {
            accounts: 50,
            ..Options::default()
        },
    );
    let list = |token: &str| bench.client.list_create_account_status().next_token(token);
    let first = bench
        .client
        .list_create_account_status()
        .send()
        .await
        .unwrap();
    let token = first.next_token.unwrap();

    let once = list(&token).send().await.unwrap();
    let again = list(&token).send().await.unwrap();
    assert_eq!(
        once.create_account_statuses, again.create_account_statuses,
        "a retry"
    );

    let refused = "InvalidInputException INVALID_NEXT_TOKEN";
    assert_eq!(code(list("made up").send().await), refused);
    assert_eq!(code(list(&token).states(Failed).send().await), refused);
    let other = bench.client.list_accounts().next_token(&token).send().await;
    assert_eq!(code(other), refused);
    let state = CreateAccountState::from("DONE");
    let unknown = bench
        .client
        .list_create_account_status()
        .states(state)
        .send()
        .await;
    assert_eq!(code(unknown), "InvalidInputException INVALID_ENUM");

    bench.simulator.expire_tokens();
    assert_eq!(code(list(&token).send().await), refused);
}

#[tokio::test(start_paused = true)]
async fn faults_of_paging() {
    let bench = with_history(50, Options::default());
    let set = |number, kind| {
        bench
            .simulator
            .set_faults(vec![Fault::on(LIST, Calls::List(vec![number]), kind)]);
    };
    let list = |token: Option<String>| {
        bench
            .client
            .list_create_account_status()
            .set_next_token(token)
            .send()
    };

    set(2, FaultKind::RepeatToken);
    let first = list(None).await.unwrap();
    let second = list(first.next_token.clone()).await.unwrap();
    assert_eq!(first.next_token, second.next_token);
    assert_eq!(second.create_account_statuses().len(), 20);

    set(1, FaultKind::Empty);
    let first = list(None).await.unwrap();
    assert_eq!(first.create_account_statuses(), []);
    let second = list(first.next_token.clone()).await.unwrap();
    assert_eq!(second.create_account_statuses().len(), 20);
    assert_ne!(first.next_token, second.next_token);

    // A first page has no token to repeat.
    set(1, FaultKind::RepeatToken);
    assert_eq!(
        list(None).await.unwrap().create_account_statuses().len(),
        20
    );
    assert_eq!(bench.simulator.calls()[LIST].odd, 2);

    set(1, FaultKind::ExpiredToken);
    assert_eq!(
        code(list(second.next_token).await),
        "InvalidInputException INVALID_NEXT_TOKEN"
    );
}

#[tokio::test(start_paused = true)]
async fn requests_that_change_during_a_scan_are_met_once() {
    let bench = Bench::new(Options::default());
    let start = || Start {
        duration: Some(Duration::from_secs(3600)),
        ..Start::default()
    };
    let all: BTreeSet<String> = (0..100).map(|_| bench.simulator.start(start())).collect();
    let mut left = all.iter();
    let mut met = Vec::new();
    let mut token = None;
    loop {
        let call = bench
            .client
            .list_create_account_status()
            .set_next_token(token)
            .max_results(7);
        let page = call.send().await.unwrap();
        met.extend(ids(page.create_account_statuses()));
        for id in left.by_ref().take(10) {
            bench.simulator.finish(id, Outcome::Succeed).unwrap();
        }
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(met.len(), 100);
    assert_eq!(met.into_iter().collect::<BTreeSet<_>>(), all);
}

#[tokio::test(start_paused = true)]
async fn forgotten_requests_are_described_and_erased_ones_are_not() {
    let bench = with_history(30, Options::default());
    let all = bench.simulator.terminal_requests();
    bench.simulator.forget(&all[0].id).unwrap();
    bench.simulator.erase(&all[1].id).unwrap();
    assert!(bench.simulator.forget("car-unknown").is_err());

    let listed = ids(&bench.scan(&[]).await);
    assert_eq!(listed.len(), 28);
    assert!(!listed.contains(&all[0].id) && !listed.contains(&all[1].id));
    assert_eq!(
        bench.describe(&all[0].id).await.id.as_ref(),
        Some(&all[0].id)
    );
    let erased = bench.client.describe_create_account_status();
    let erased = erased.create_account_request_id(&all[1].id).send().await;
    assert_eq!(code(erased), "CreateAccountStatusNotFoundException");
    assert_eq!(
        bench.simulator.terminal_requests().len(),
        30,
        "they did finish"
    );
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_request_stays_forgotten_when_it_finishes() {
    let bench = Bench::new(Options::default());
    let id = bench.simulator.start(Start::default());
    bench.simulator.forget(&id).unwrap();
    assert_eq!(bench.finished(&id).await.state, Some(Succeeded));
    assert_eq!(bench.scan(&[]).await, []);
}

#[tokio::test(start_paused = true)]
async fn raw_rows_are_shown_as_they_are() {
    let bench = Bench::new(Options::default());
    let known = bench.simulator.start(Start::default());
    bench.simulator.add_row(json!({ "State": "SUCCEEDED" }));
    bench
        .simulator
        .add_row(json!({ "Id": "car-12345678", "State": "DREAMING" }));
    bench
        .simulator
        .add_row(json!({ "Id": known, "State": "FAILED" }));

    let rows = bench.scan(&[]).await;
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows.iter()
            .filter(|row| row.id.as_deref() == Some(&known))
            .count(),
        2
    );
    assert_eq!(bench.scan(&[Succeeded]).await[0].id, None);
    let odd = bench.describe("car-12345678").await;
    assert_eq!(odd.state.unwrap().as_str(), "DREAMING");
}

/// On the real clock, since it is the simulator's own speed that counts.
#[tokio::test]
async fn a_scan_of_ten_thousand_takes_no_time_to_speak_of() {
    let bench = with_history(10_000, Options::default());
    let began = Instant::now();
    let mut body = json!({});
    let mut rows = 0;
    loop {
        let request = http::Request::post("/").header("x-amz-target", crate::wire::target(LIST));
        let request = request.body(body.to_string()).unwrap();
        let answer = bench.simulator.answer(request).await.unwrap().into_body();
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        rows += answer["CreateAccountStatuses"].as_array().unwrap().len();
        if answer["NextToken"].is_null() {
            break;
        }
        body = json!({ "NextToken": answer["NextToken"] });
    }
    assert_eq!(rows, 10_000);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
}
