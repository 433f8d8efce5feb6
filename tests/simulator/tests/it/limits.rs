//! Request rates, latency, and reads that lag behind writes.

use std::time::Duration;

use aws_sdk_account::types::AlternateContactType;
use aws_sdk_organizations::types::{CreateAccountState, Tag};
use simulator::{Options, Start};
use tokio::time::Instant;

use crate::bench::{Bench, code, wait};

#[tokio::test(start_paused = true)]
async fn the_published_rate_is_what_gets_through() {
    let bench = Bench::new(Options {
        quotas: true,
        ..Options::default()
    });
    let began = Instant::now();
    let mut passed = 0;
    while began.elapsed() < Duration::from_secs(20) {
        passed += u64::from(
            bench
                .client
                .list_create_account_status()
                .send()
                .await
                .is_ok(),
        );
        wait(0.05).await;
    }
    assert!((8 + 99..=8 + 100).contains(&passed), "{passed}");
    let count = bench.simulator.calls()["ListCreateAccountStatus"];
    assert_eq!(
        (count.calls, count.throttled, count.failed),
        (400, 400 - passed, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_throttle_has_a_type() {
    let bench = Bench::new(Options {
        quotas: true,
        ..Options::default()
    });
    let describe = || bench.client.describe_organization().send();
    for _ in 0..2 {
        describe().await.unwrap();
    }
    assert_eq!(code(describe().await), "TooManyRequestsException ACCOUNT");
    wait(1.0).await;
    assert!(describe().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn every_answer_takes_its_time() {
    let latency = Duration::from_millis(250);
    let bench = Bench::new(Options {
        latency,
        ..Options::default()
    });
    let began = Instant::now();
    for _ in 0..4 {
        bench.client.list_accounts().send().await.unwrap();
    }
    assert_eq!(began.elapsed().as_millis(), 1000);
}

#[tokio::test(start_paused = true)]
async fn reads_see_a_write_after_the_lag() {
    let lag = Duration::from_secs(3);
    let bench = Bench::new(Options {
        lag,
        ..Options::default()
    });
    let duration = Some(Duration::from_secs(1));
    let id = bench.simulator.start(Start {
        duration,
        ..Start::default()
    });
    let describe = || {
        let call = bench.client.describe_create_account_status();
        call.create_account_request_id(&id).send()
    };
    wait(2.9).await;
    assert_eq!(
        code(describe().await),
        "CreateAccountStatusNotFoundException"
    );
    assert_eq!(bench.scan(&[]).await, []);
    assert_eq!(
        bench.simulator.terminal_requests().len(),
        1,
        "it has finished, unseen"
    );
    wait(0.1).await;
    assert_eq!(
        bench.describe(&id).await.state,
        Some(CreateAccountState::InProgress)
    );
    assert_eq!(bench.scan(&[CreateAccountState::InProgress]).await.len(), 1);
    wait(1.0).await;
    let done = bench.describe(&id).await;
    assert_eq!(done.state, Some(CreateAccountState::Succeeded));
    assert_eq!(bench.scan(&[CreateAccountState::InProgress]).await, []);
    assert!(
        bench
            .account(&done.account_id.unwrap())
            .await
            .state
            .is_some()
    );
}

#[tokio::test(start_paused = true)]
async fn writes_build_on_writes_that_reads_do_not_see_yet() {
    let lag = Duration::from_secs(3);
    let bench = Bench::new(Options {
        lag,
        ..Options::default()
    });
    for key in ["a", "b"] {
        let tag = Tag::builder().key(key).value("").build().unwrap();
        bench
            .client
            .tag_resource()
            .resource_id("r-exam")
            .tags(tag)
            .send()
            .await
            .unwrap();
    }
    let tags = || {
        bench
            .client
            .list_tags_for_resource()
            .resource_id("r-exam")
            .send()
    };
    assert_eq!(tags().await.unwrap().tags(), []);
    wait(3.0).await;
    assert_eq!(tags().await.unwrap().tags().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn contacts_have_rates_of_their_own() {
    let bench = Bench::new(Options {
        quotas: true,
        ..Options::default()
    });
    let id = bench.member().await;
    let mut passed = 0;
    for _ in 0..200 {
        let put = bench.put(&id, AlternateContactType::Security).send().await;
        passed += u64::from(put.is_ok());
        wait(0.05).await;
    }
    assert!((8 + 49..=8 + 50).contains(&passed), "{passed}");
    let count = bench.simulator.calls()["PutAlternateContact"];
    assert_eq!((count.throttled, count.failed), (200 - passed, 0));

    let get = || bench.account.get_contact_information().send();
    let mut burst = 0;
    let refused = loop {
        match get().await {
            Ok(_) => burst += 1,
            refused => break refused,
        }
    };
    assert_eq!(burst, 15);
    assert_eq!(code(refused), "TooManyRequestsException");
}

#[tokio::test(start_paused = true)]
async fn each_contact_lags_on_its_own() {
    let bench = Bench::new(Options {
        lag: Duration::from_secs(3),
        ..Options::default()
    });
    let id = bench.member().await;
    let security = || AlternateContactType::Security;
    let name = async || {
        let seen = bench.alternate(&id, security()).await;
        seen.map(|it| it.name.unwrap())
    };
    let put = |name: &str| bench.put(&id, security()).name(name).send();
    let remove = || {
        let call = bench.account.delete_alternate_contact().account_id(&id);
        call.alternate_contact_type(security()).send()
    };
    put("a").await.unwrap();
    let stored = || bench.simulator.contacts(&id).unwrap()["alternate"].clone();
    assert_eq!(stored()["SECURITY"]["Name"], "a", "stored, not yet seen");
    assert_eq!(name().await, None);
    wait(2.0).await;
    put("b").await.unwrap();
    wait(1.0).await;
    assert_eq!(name().await.as_deref(), Some("a"));
    wait(1.0).await;
    remove().await.unwrap();
    assert!(remove().await.is_err(), "it is removed, seen or not");
    assert_eq!(stored(), serde_json::json!({}));
    wait(1.0).await;
    assert_eq!(name().await.as_deref(), Some("b"));
    wait(2.0).await;
    assert_eq!(name().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_primary_contact_lags_with_its_verification() {
    let bench = Bench::new(Options {
        lag: Duration::from_secs(3),
        ..Options::default()
    });
    let id = bench.member().await;
    let old = bench.primary(&id).await;
    let mut contact = old.contact_information.clone().unwrap();
    contact.phone_number = "+1 555".to_owned();
    let put = bench.account.put_contact_information().account_id(&id);
    let put = put.contact_information(contact.clone());
    put.send().await.unwrap();
    let now = bench.primary(&id).await;
    assert_eq!(now.contact_information, old.contact_information);
    assert_eq!(now.verification_status, old.verification_status);
    wait(3.0).await;
    let new = bench.primary(&id).await;
    assert_eq!(new.contact_information, Some(contact));
    assert_ne!(new.verification_status, old.verification_status);
}

#[tokio::test(start_paused = true)]
async fn what_account_management_tells_has_rates_of_its_own() {
    let bench = Bench::new(Options {
        quotas: true,
        ..Options::default()
    });
    for _ in 0..2 {
        let (mut told, mut links) = (0, 0);
        for _ in 0..6 {
            let information = bench.account.get_account_information().send();
            told += u32::from(information.await.is_ok());
            let link = bench.account.get_gov_cloud_account_information().send();
            links += u32::from(code(link.await) == "ResourceNotFoundException");
        }
        assert_eq!((told, links), (3, 3));
        wait(1.0).await;
    }
    let mut parents = 0;
    for _ in 0..12 {
        let call = bench.client.list_parents().child_id("ou-exam-sandboxes");
        parents += u32::from(call.send().await.is_ok());
    }
    assert_eq!(parents, 8);
}
