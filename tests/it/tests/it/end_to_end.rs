//! The real template, deployed, from accounts being created to the messages that subscribers get.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use it::local::{Announcement, Announcements, Local, Stack, until};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../../../schemas/account-creation.schema.json");

/// One succeeds, one is taken, one fails for a known reason, one for a reason that is not documented yet.
const ADDRESSES: [&str; 4] = [
    "shop@example.com",
    "ops+instant@example.com",
    "bank+INTERNAL_FAILURE@example.com",
    "bank+A_REASON_OF_TOMORROW@example.com",
];

/// A tick a minute, with time for a slow machine.
const TICK: Duration = Duration::from_secs(100);
/// Well before the next tick.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn every_request_is_announced_once() {
    Scene::set("end-to-end", false).play();
}

/// MiniStack holds the function to its role for DynamoDB and SNS, and everyone to the policies of topic and queue.
/// Organizations is the simulator's, which knows no roles: `template.rs` covers that.
#[test]
fn every_request_is_announced_once_with_the_roles_enforced() {
    Scene::set("end-to-end-authorized", true).play();
}

struct Scene {
    local: Local,
    stack: Stack,
}

impl Scene {
    fn set(name: &str, authorize: bool) -> Self {
        let local = Local::start(name, authorize).unwrap();
        let now = Utc::now().timestamp();
        let history = json!({"count": 45, "failed": 0.4, "govcloud": 0.2, "from": now - 86_400, "to": now - 60});
        local.organization("add_history", &history).unwrap();
        let stack = local.deploy().unwrap();
        Self { local, stack }
    }

    fn play(&self) {
        let Self { local, stack } = self;
        let subscriber = Announcements::subscribe(&local.aws, stack).unwrap();
        let history = local.finished().unwrap();
        self.await_tick();
        assert_eq!(
            subscriber.take().unwrap().len(),
            0,
            "the first tick announces no history"
        );

        let hinted = local
            .create("create_account", "ops+instant@example.com")
            .unwrap();
        local.deliver_result(&hinted).unwrap();
        let mut seen = receive(&subscriber, 1, SOON);

        for email in ADDRESSES {
            local.create("create_account", email).unwrap();
        }
        local
            .create("create_gov_cloud_account", "gov@example.com")
            .unwrap();
        seen.extend(receive(&subscriber, 5, 2 * TICK));
        self.await_tick();

        assert_eq!(
            subscriber.take().unwrap().len(),
            0,
            "a further tick announces nothing"
        );
        let finished = local.finished().unwrap().into_iter();
        check(
            &seen,
            &finished
                .filter(|(id, _)| !history.contains_key(id))
                .collect(),
        );
        assert_eq!(
            seen[0].body["detail"]["createAccountRequestId"],
            hinted.as_str()
        );
        assert_eq!(self.dead_letters(), json!(["0", "0"]));
    }

    /// Waits until the schedule has started the function once more, and it has ended.
    fn await_tick(&self) {
        let before = self.local.runs(&self.stack).unwrap();
        until("a tick", TICK, || {
            Ok((before < self.local.runs(&self.stack)?).then_some(()))
        })
        .unwrap();
    }

    fn dead_letters(&self) -> Value {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let question = json!({"QueueUrl": self.stack.dead_letters, "AttributeNames": names});
        let answer = self
            .local
            .aws
            .call("sqs", "get_queue_attributes", question)
            .unwrap();
        names
            .into_iter()
            .map(|name| answer["Attributes"][name].clone())
            .collect()
    }
}

/// Waits for this many announcements.
fn receive(subscriber: &Announcements<'_>, count: usize, limit: Duration) -> Vec<Announcement> {
    let mut seen = Vec::new();
    until(&format!("{count} announcements"), limit, || {
        seen.extend(subscriber.take()?);
        Ok((count <= seen.len()).then_some(()))
    })
    .unwrap();
    seen
}

/// One announcement for each request, and it says what AWS Organizations says.
fn check(seen: &[Announcement], expected: &BTreeMap<String, Value>) {
    let schema = jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
    let by_request = seen.iter().map(|it| {
        (
            it.body["detail"]["createAccountRequestId"]
                .as_str()
                .unwrap(),
            it,
        )
    });
    let by_request: BTreeMap<_, _> = by_request.collect();
    assert_eq!(seen.len(), by_request.len(), "announced twice: {seen:?}");
    assert!(
        by_request.keys().eq(expected.keys()),
        "announced {by_request:?}, expected {expected:?}"
    );
    for (
        request,
        Announcement {
            subject,
            body,
            attributes,
        },
    ) in by_request
    {
        let (status, detail) = (&expected[request], &body["detail"]);
        schema.validate(body).unwrap();
        for (ours, theirs) in [
            ("state", "State"),
            ("accountId", "AccountId"),
            ("govCloudAccountId", "GovCloudAccountId"),
            ("failureReason", "FailureReason"),
        ] {
            assert_eq!(detail.get(ours), status.get(theirs), "{body}");
            assert_eq!(
                attributes.get(ours).map(String::as_str),
                status[theirs].as_str(),
                "{attributes:?}"
            );
        }
        assert_eq!(attributes["type"], body["type"]);
        assert!(subject.is_ascii() && subject.len() < 100, "{subject}");
    }
}
