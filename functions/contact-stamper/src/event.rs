//! What starts the function.

use account_aws::Error;
use account_core::ids::AccountId;
use account_core::report::Contact;
use account_core::stamp::Call;
use account_core::stamped::Actor;
use account_core::sweep::Order;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

const EXPECTED: &str = r#"a batch of its queue, {"accounts": ["111122223333"], "dry_run": true} or {"explain": "111122223333"}"#;
const EXPECTED_RECORD: &str =
    "an announcement of a created account, or an event as the stack's rules pass it on";

/// One of the function's own events.
#[derive(Debug)]
pub enum Event {
    /// Records of the queue.
    Batch(Vec<Record>),
    /// A person: bring these accounts on standard.
    Accounts {
        /// The accounts.
        accounts: Vec<AccountId>,
        /// Only say what would be done.
        dry_run: bool,
    },
    /// A person: what does the policy ask of this account, and why?
    Explain(AccountId),
    /// A sweep: deal with a batch of accounts.
    Sweep(Order),
}

/// A record of the queue.
#[derive(Debug)]
pub struct Record {
    /// Names the record in the answer.
    pub message_id: String,
    /// Names the record to the queue.
    pub receipt: String,
    /// How often it came, this time included.
    pub receives: u32,
    /// What it says, or why that cannot be told.
    pub notice: Result<Notice, Error>,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The account to look at; absent where the event is about something else, such as the tags of a unit.
    pub account: Option<AccountId>,
    /// Who changed a contact, where the event is about that.
    pub actor: Option<Actor>,
    /// Which contact that was, where the event says so: BILLING, OPERATIONS, SECURITY or PRIMARY.
    pub contact: Option<String>,
    /// When that was, where the event says so.
    pub at: Option<DateTime<Utc>>,
    /// When AWS had made the account, where an announcement says so.
    pub completed: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accounts {
    accounts: Vec<AccountId>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explain {
    explain: AccountId,
}

impl Event {
    /// Recognizes an event.
    ///
    /// # Errors
    /// [`Error::ForeignEvent`] when it is none of the function's own.
    pub fn read(payload: Value) -> Result<Self, Error> {
        let foreign = |found: &str| Error::ForeignEvent {
            found: found.to_owned(),
            expected: EXPECTED,
        };
        if payload.get("Records").is_some() {
            let event: SqsEvent =
                serde_json::from_value(payload).or(Err(foreign("records of something else")))?;
            // SQS names each of its records; without names none could be given back.
            let is_named = |record: &SqsMessage| record.message_id.is_some();
            if !event.records.iter().all(is_named) {
                return Err(foreign("records of something else"));
            }
            return Ok(Self::Batch(event.records.into_iter().map(record).collect()));
        }
        if payload.get("sweep").is_some() {
            let order =
                serde_json::from_value(payload).or(Err(foreign("a sweep without its batch")))?;
            return Ok(Self::Sweep(order));
        }
        if payload.get("explain").is_some() {
            let Explain { explain } = serde_json::from_value(payload)
                .or(Err(foreign("explain without an account id")))?;
            return Ok(Self::Explain(explain));
        }
        let Accounts { accounts, dry_run } = serde_json::from_value(payload)
            .or(Err(foreign("neither a batch nor a list of account ids")))?;
        Ok(Self::Accounts { accounts, dry_run })
    }
}

fn record(message: SqsMessage) -> Record {
    let receives = message
        .attributes
        .get("ApproximateReceiveCount")
        .and_then(|count| count.parse().ok());
    Record {
        message_id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        receives: receives.unwrap_or(1),
        notice: Notice::read(message.body.as_deref().unwrap_or_default()),
    }
}

/// What the stack's rules pass on: texts, where there is one. CloudTrail leaves out, masks and nulls at will.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Passed {
    event_name: String,
    #[serde(default)]
    account_id: Option<Value>,
    #[serde(default)]
    event_id: Option<Value>,
    #[serde(default)]
    role_arn: Option<Value>,
    /// The type of an alternate contact.
    #[serde(default)]
    contact: Option<Value>,
    /// When the call was made.
    #[serde(default)]
    time: Option<Value>,
    /// The account whose bus the event came to.
    #[serde(default)]
    account: Option<Value>,
}

impl Notice {
    /// Reads the body of a record.
    ///
    /// # Errors
    /// [`Error::ForeignEvent`] when it is neither an announcement nor an event that a rule passed on.
    pub fn read(body: &str) -> Result<Self, Error> {
        let foreign = |found: &str| Error::ForeignEvent {
            found: found.to_owned(),
            expected: EXPECTED_RECORD,
        };
        let body: Value =
            serde_json::from_str(body).or(Err(foreign("a record that is no JSON")))?;
        if let Some(kind) = body.get("type").and_then(Value::as_str) {
            let account = text(body.pointer("/detail/accountId"));
            let completed = text(body.pointer("/detail/completedTimestamp"));
            return match (kind, account.and_then(|account| account.parse().ok())) {
                ("AccountCreationSucceeded", Some(account)) => Ok(Self {
                    account: Some(account),
                    actor: None,
                    contact: None,
                    at: None,
                    completed: completed.and_then(|time| time.parse().ok()),
                }),
                ("AccountCreationSucceeded", None) => {
                    Err(foreign("an announcement without an account id"))
                }
                _ => Err(foreign("an announcement of another type")),
            };
        }
        let passed: Passed =
            serde_json::from_value(body).or(Err(foreign("a record without an event's name")))?;
        passed
            .notice()
            .ok_or_else(|| foreign("an event without an account id"))
    }
}

impl Passed {
    /// What the event says; `None` when it names no account but should.
    fn notice(self) -> Option<Notice> {
        let is_primary = self.event_name == "PutContactInformation";
        let is_contact_call = is_primary || self.event_name.ends_with("AlternateContact");
        // Units, roots and policies have tags, too.
        let is_tag_call =
            self.event_name.ends_with("tagResource") || self.event_name.ends_with("TagResource");
        let named = text(self.account_id.as_ref());
        // A contact call without an id is about the caller's own account.
        let account = named.or_else(|| text(self.account.as_ref()).filter(|_| is_contact_call));
        let account = account.and_then(|account| account.parse().ok());
        if account.is_none() && !is_tag_call {
            return None;
        }
        let alternate = text(self.contact.as_ref()).map(str::to_ascii_uppercase);
        Some(Notice {
            account,
            at: text(self.time.as_ref()).and_then(|time| time.parse().ok()),
            completed: None,
            contact: if is_primary {
                Some(Contact::Primary.as_str().to_owned())
            } else {
                alternate
            },
            actor: is_contact_call.then(|| Actor {
                event_id: text(self.event_id.as_ref()).unwrap_or_default().to_owned(),
                event_name: self.event_name.clone(),
                role_arn: text(self.role_arn.as_ref())
                    .filter(|arn| arn.contains(":role/"))
                    .map(str::to_owned),
            }),
        })
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

impl Notice {
    /// The call that a contact may have been changed by so shortly ago that reads do not show it.
    pub(crate) fn call(&self, contact: &str, now: DateTime<Utc>) -> Option<Call> {
        let actor = self.actor.as_ref()?;
        let is_meant = self.contact.as_deref().is_none_or(|named| named == contact);
        let is_settled = self.at.is_none_or(|at| Call::is_settled(at, now));
        let call = if actor.event_name.starts_with("Delete") {
            Call::Delete
        } else if contact == Contact::Primary.as_str() {
            Call::PutPrimary
        } else {
            Call::Put
        };
        (is_meant && !is_settled).then_some(call)
    }
}
