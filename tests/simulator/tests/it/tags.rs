//! Tags of accounts and units.

use std::collections::BTreeMap;

use aws_sdk_organizations::types::Tag;
use simulator::{Calls, Fault, FaultKind, MANAGEMENT_ACCOUNT_ID, Options};

use crate::bench::{Bench, code};

fn tag(key: impl Into<String>, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

impl Bench {
    async fn tags(&self, id: &str) -> BTreeMap<String, String> {
        let answer = self
            .client
            .list_tags_for_resource()
            .resource_id(id)
            .send()
            .await
            .unwrap();
        answer
            .tags
            .unwrap()
            .into_iter()
            .map(|it| (it.key, it.value))
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn tags_are_added_and_replaced() {
    let bench = Bench::new(Options::default());
    for id in [MANAGEMENT_ACCOUNT_ID, "ou-exam-sandboxes", "r-exam"] {
        assert!(bench.tags(id).await.is_empty());
        let attach = || bench.client.tag_resource().resource_id(id);
        attach()
            .tags(tag("team", "red"))
            .tags(tag("owner", ""))
            .send()
            .await
            .unwrap();
        attach().tags(tag("team", "blau äöü")).send().await.unwrap();
        let expected = [("owner", ""), ("team", "blau äöü")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(bench.tags(id).await, BTreeMap::from(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn tags_are_held_to_the_model() {
    let bench = Bench::new(Options::default());
    let attach = || {
        bench
            .client
            .tag_resource()
            .resource_id(MANAGEMENT_ACCOUNT_ID)
    };
    let invalid = |reason: &str| format!("InvalidInputException {reason}");
    assert_eq!(code(attach().send().await), invalid("INPUT_REQUIRED"));
    assert_eq!(
        code(attach().tags(tag("a!", "b")).send().await),
        invalid("INVALID_PATTERN")
    );
    assert_eq!(
        code(attach().tags(tag("", "b")).send().await),
        invalid("MIN_LENGTH_EXCEEDED")
    );
    let system = attach().tags(tag("aws:x", "b")).send().await;
    assert_eq!(code(system), invalid("INVALID_SYSTEM_TAGS_PARAMETER"));
    let many = (0..51).map(|number| tag(number.to_string(), ""));
    let many = attach().set_tags(Some(many.collect())).send().await;
    assert_eq!(
        code(many),
        "ConstraintViolationException MAX_TAG_LIMIT_EXCEEDED"
    );
    let nowhere = bench
        .client
        .list_tags_for_resource()
        .resource_id("000000000000")
        .send()
        .await;
    assert_eq!(code(nowhere), "TargetNotFoundException");
    assert!(bench.tags(MANAGEMENT_ACCOUNT_ID).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn tags_may_come_after_an_empty_page() {
    let bench = Bench::new(Options::default());
    let attach = bench
        .client
        .tag_resource()
        .resource_id("r-exam")
        .tags(tag("a", "b"));
    attach.send().await.unwrap();
    let calls = Calls::List(vec![1]);
    bench
        .simulator
        .set_faults(vec![Fault::any(calls, FaultKind::Empty)]);
    let list = || bench.client.list_tags_for_resource().resource_id("r-exam");
    let first = list().send().await.unwrap();
    assert_eq!(first.tags(), []);
    let second = list()
        .next_token(first.next_token.unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!((second.tags().len(), second.next_token), (1, None));
}
