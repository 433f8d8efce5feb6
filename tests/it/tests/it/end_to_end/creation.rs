//! The real template, deployed, from accounts being created to their contacts and the messages that subscribers get.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::Utc;
use it::local::{Announcement, Announcements, Local, Stack, until};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../../../../schemas/account-creation.schema.json");

/// One succeeds, one is taken, one fails for a known reason, one for a reason that is not documented yet.
const ADDRESSES: [&str; 4] = [
    "shop@example.com",
    "ops+instant@example.com",
    "bank+INTERNAL_FAILURE@example.com",
    "bank+A_REASON_OF_TOMORROW@example.com",
];

/// What happens to accounts beside their creation.
const EVENTS: [&str; 7] = [
    include_str!("../../../events/account-joined-organization.json"),
    include_str!("../../../events/account-joined-organization-api-call.json"),
    include_str!("../../../events/create-managed-account.json"),
    include_str!("../../../events/update-managed-account.json"),
    include_str!("../../../events/move-account-api-call.json"),
    include_str!("../../../events/tag-resource-api-call.json"),
    include_str!("../../../events/untag-resource-api-call.json"),
];

/// A tick a minute, with time for a slow machine.
const TICK: Duration = Duration::from_secs(100);
/// Well before the next tick.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn every_request_is_announced_once_and_every_account_stamped() {
    Scene::set("end-to-end", false).play();
}

/// MiniStack holds the functions to their roles for DynamoDB, SNS, SQS and SSM, and everyone to the policies of topic
/// and queues. Organizations and Account Management are the simulator's, which knows no roles: `template.rs` covers that.
#[test]
fn every_request_is_announced_once_and_every_account_stamped_with_the_roles_enforced() {
    Scene::set("end-to-end-authorized", true).play();
}

struct Scene {
    local: Local,
    stack: Stack,
    /// The members that are there from the beginning.
    old: Vec<String>,
}

impl Scene {
    fn set(name: &str, authorize: bool) -> Self {
        let local = Local::start(name, authorize).unwrap();
        let now = Utc::now().timestamp();
        let history = json!({"count": 45, "failed": 0.4, "govcloud": 0.2, "from": now - 86_400, "to": now - 60});
        let accounts = local.organization("accounts", &Value::Null).unwrap();
        let old = accounts.as_object().unwrap().keys().cloned();
        let old = old
            .filter(|account| account != simulator::MANAGEMENT_ACCOUNT_ID)
            .collect();
        local.organization("add_history", &history).unwrap();
        let stack = if authorize {
            local.deploy()
        } else {
            local.deploy_with_policy_in_s3()
        };
        let stack = stack.unwrap();
        Self { local, stack, old }
    }

    fn play(&self) {
        let Self { local, stack, .. } = self;
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
        let mut seen = receive(&subscriber, 2, SOON);
        assert_eq!(
            seen[0].body["detail"]["createAccountRequestId"],
            hinted.as_str()
        );

        for email in ADDRESSES {
            local.create("create_account", email).unwrap();
        }
        local
            .create("create_gov_cloud_account", "gov@example.com")
            .unwrap();
        // Two of the five become accounts.
        seen.extend(receive(&subscriber, 5 + 2, 2 * TICK));
        self.await_tick();

        assert_eq!(
            subscriber.take().unwrap().len(),
            0,
            "a further tick announces nothing"
        );
        let (stamped, created): (Vec<_>, Vec<_>) = seen
            .into_iter()
            .partition(|it| it.body["type"] == "ContactsStamped");
        let finished = local.finished().unwrap().into_iter();
        let finished = finished
            .filter(|(id, _)| !history.contains_key(id))
            .collect();
        check(&created, &finished);
        self.check_stamped(&stamped, &accounts(finished.values()));

        self.stamp_by_events(&subscriber);
        assert_eq!(
            stack.dead_letters.each_ref().map(|url| self.waiting(url)),
            [0, 0]
        );
        self.poison();
    }

    /// A record that says nothing ends in the dead letters, after as many receives as the queue allows; the record beside
    /// it is done.
    fn poison(&self) {
        let Self { local, stack, .. } = self;
        let [_, dead_letters] = &stack.dead_letters;
        let queue = |name: &str, input: Value| {
            let mut question = json!({"QueueUrl": stack.contacts});
            question
                .as_object_mut()
                .unwrap()
                .extend(input.as_object().unwrap().clone());
            local.aws.call("sqs", name, question).unwrap()
        };
        let names = json!({"AttributeNames": ["RedrivePolicy"]});
        let policy = queue("get_queue_attributes", names)["Attributes"]["RedrivePolicy"].take();
        let mut policy: Value = serde_json::from_str(policy.as_str().unwrap()).unwrap();
        // Eight receives take twenty minutes.
        policy["maxReceiveCount"] = 2.into();
        let attributes = json!({"Attributes": {"RedrivePolicy": policy.to_string()}});
        queue("set_queue_attributes", attributes);
        let fine = json!({"eventName": "MoveAccount", "accountId": self.old[0]}).to_string();
        queue("send_message", json!({"MessageBody": "{"}));
        queue("send_message", json!({"MessageBody": fine}));
        until("the dead letter", 2 * TICK, || {
            Ok((self.waiting(dead_letters) == 1).then_some(()))
        })
        .unwrap();
        assert_eq!(self.waiting(&stack.contacts), 0);
    }

    /// Each event alone brings an account its contacts; the same again changes nothing, nor does a person who asks.
    fn stamp_by_events(&self, subscriber: &Announcements<'_>) {
        let events = EVENTS.into_iter().zip(&self.old);
        let events = || {
            events.clone().map(|(event, account)| {
                serde_json::from_str(&event.replace("444455556666", account)).unwrap()
            })
        };
        let accounts = self.old.iter().take(EVENTS.len()).cloned();
        let accounts: BTreeSet<_> = accounts.collect();
        for event in events() {
            self.local.deliver(&event).unwrap();
        }
        let stamped = receive(subscriber, accounts.len(), SOON);
        self.check_stamped(&stamped, &accounts);

        let writes = self.local.contact_writes().unwrap();
        for event in events() {
            self.local.deliver(&event).unwrap();
        }
        until("the queue to be empty", SOON, || {
            Ok((self.waiting(&self.stack.contacts) == 0).then_some(()))
        })
        .unwrap();
        let answer = self
            .local
            .invoke(&self.stack.stamper, &json!({"accounts": accounts}))
            .unwrap();
        for report in answer.as_array().unwrap() {
            let contacts = report["contacts"].as_object().unwrap();
            assert_eq!(contacts.len(), 3, "{report}");
            for (contact, line) in contacts {
                assert_eq!(
                    line,
                    &json!({"contact": contact, "found": "match", "done": "nothing"}),
                    "{report}"
                );
            }
        }
        assert_eq!(self.local.contact_writes().unwrap(), writes);
        assert_eq!(subscriber.take().unwrap().len(), 0);
    }

    /// Each account has its contacts, and this was announced once.
    fn check_stamped(&self, announced: &[Announcement], accounts: &BTreeSet<String>) {
        let account =
            |it: &Announcement| it.body["detail"]["accountId"].as_str().unwrap().to_owned();
        let told: BTreeSet<_> = announced.iter().map(account).collect();
        assert_eq!(
            announced.len(),
            told.len(),
            "announced twice: {announced:?}"
        );
        assert_eq!(&told, accounts);
        for account in accounts {
            assert_eq!(
                self.local.contacts(account).unwrap(),
                ["BILLING", "OPERATIONS", "SECURITY"],
                "{account}"
            );
        }
    }

    /// Waits until the schedule has started the function once more, and it has ended.
    fn await_tick(&self) {
        let before = self.local.runs(&self.stack).unwrap();
        until("a tick", TICK, || {
            Ok((before < self.local.runs(&self.stack)?).then_some(()))
        })
        .unwrap();
    }

    /// The messages in a queue, those that somebody works on included.
    fn waiting(&self, url: &str) -> u32 {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ];
        let question = json!({"QueueUrl": url, "AttributeNames": names});
        let answer = self
            .local
            .aws
            .call("sqs", "get_queue_attributes", question)
            .unwrap();
        let count = |name: &str| answer["Attributes"][name].as_str().unwrap().parse::<u32>();
        names.into_iter().map(|name| count(name).unwrap()).sum()
    }
}

/// The accounts that came of requests.
fn accounts<'a>(finished: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
    finished
        .filter_map(|status| status["AccountId"].as_str().map(str::to_owned))
        .collect()
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
