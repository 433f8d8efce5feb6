//! The models of DynamoDB, SNS, SQS, S3, SSM and Step Functions held to an emulator that others wrote: what the models
//! answered in stories of all functions, MiniStack answers too, call for call. boto3 carries the calls there.

use std::time::Duration;

use it::local::{Error, Local};
use it::proof::tell;
use it::world::{Delivery, Exchange, Kill, Refusal, Sweeping, TABLE, World, definition};
use serde_json::{Map, Value, json};
use simulator::{Calls, Fault, FaultKind, MANAGEMENT_ACCOUNT_ID, Options, Start};

const POLICY: &str = r#"
version: 1
organization:
  contacts:
    BILLING: {mode: enforce, name: Billing, title: Team, emailAddress: billing@canary.example.com, phoneNumber: "+1 202 555 0100"}
    OPERATIONS: {mode: absent}
    SECURITY: {mode: fill, name: Security, title: Team, emailAddress: security@canary.example.com, phoneNumber: "+1 202 555 0101"}
"#;

#[derive(Clone, Copy, Debug)]
enum Story {
    /// Requests that end, a crash between publish and mark, two pollers at once.
    Requests,
    /// Two copies of the stamper at the same accounts.
    Contacts,
    /// A sweep that is killed, and one that goes on with what it wrote.
    Sweep,
    /// A sweep begins while another one runs, again when that one has ended, and when nothing is known of it any more.
    TwoSweeps,
    /// A record of the queue that fails.
    Queue,
    /// Links that change.
    Audit,
    /// The stack is examined. Nobody has subscribed to its topics, and nothing waits.
    Checkup,
    /// No policy at all.
    NoPolicy,
}

/// At least these answers are compared, or the stories do not show what they are for.
const ANSWERS: [&str; 20] = [
    "dynamodb BatchGetItem 200",
    "dynamodb DeleteItem 200",
    "dynamodb GetItem 200",
    "dynamodb PutItem 200",
    "dynamodb PutItem ConditionalCheckFailedException",
    "dynamodb Query 200",
    "dynamodb TransactWriteItems 200",
    "dynamodb TransactWriteItems TransactionCanceledException",
    "dynamodb UpdateItem 200",
    "s3 GetObject NoSuchKey",
    "s3 PutObject 200",
    "sns GetTopicAttributes 200",
    "sns Publish 200",
    "sqs ChangeMessageVisibility 200",
    "sqs GetQueueAttributes 200",
    "ssm GetParameter 200",
    "ssm GetParameter ParameterNotFound",
    "states DescribeExecution ABORTED",
    "states DescribeExecution ExecutionDoesNotExist",
    "states DescribeExecution RUNNING",
];

#[test]
fn an_emulator_that_others_wrote_answers_as_the_models_do() {
    let local = Local::start("contract", false).unwrap();
    let stories = [
        // First of all: there the parameter's name is one for all stories.
        Story::NoPolicy,
        Story::Requests,
        Story::Contacts,
        Story::Sweep,
        Story::TwoSweeps,
        Story::Queue,
        Story::Audit,
        Story::Checkup,
    ];
    let mut seen = Vec::new();
    for (number, story) in stories.into_iter().enumerate() {
        let told = tell(&[story], record);
        told.check("what is recorded");
        let there = Emulator::prepare(&local, number, story).unwrap();
        for exchange in told.ends.iter().flatten() {
            seen.extend(there.compare(exchange));
        }
    }
    for answer in ANSWERS {
        assert!(
            seen.iter().any(|it| it == answer),
            "no {answer} was compared"
        );
    }
    assert!(seen.len() > 300, "{} answers", seen.len());
}

async fn record(story: Story) -> Vec<Exchange> {
    let world = World::new(Options {
        accounts: 4,
        ..Options::default()
    });
    if !matches!(story, Story::NoPolicy) {
        world.parameters.put("policy", POLICY);
    }
    world.record();
    match story {
        Story::Requests => requests(&world).await,
        Story::Contacts => contacts(&world).await,
        Story::Sweep => sweep(&world).await,
        Story::TwoSweeps => two_sweeps(&world).await,
        Story::Queue => queue(&world).await,
        Story::Audit => audit(&world).await,
        Story::Checkup => checkup(&world).await,
        Story::NoPolicy => drop(
            world
                .stamp(&world.cold_stamper(&[]), accounts(&world))
                .await,
        ),
    }
    world.recorded()
}

async fn requests(world: &World) {
    let tick = || json!({"job": "tick"});
    world.run(&world.cold_poller(&[]), tick()).await;
    for seconds in [5, 70, 70, 130] {
        let _ = world.simulator.start(Start {
            govcloud: seconds > 100,
            duration: Some(Duration::from_secs(seconds)),
            ..Start::default()
        });
    }
    for at in [9, 15, 25] {
        pass(60).await;
        world.kill(at, Kill::After);
        let (one, other) = (world.cold_poller(&[]), world.cold_poller(&[]));
        let _ = tokio::join!(world.invoke(&one, tick()), world.invoke(&other, tick()));
        world.spare();
    }
    world.refuse("Publish", Refusal::Internal);
    pass(17 * 60).await;
    let _ = world.invoke(&world.cold_poller(&[]), tick()).await;
    world.allow("Publish");
    pass(17 * 60).await;
    world.run(&world.cold_poller(&[]), tick()).await;
}

async fn contacts(world: &World) {
    let (one, other) = (world.cold_stamper(&[]), world.cold_stamper(&[]));
    // The first copy hangs at its second write, and the other one announces the first.
    let hang = Fault::on(
        "PutAlternateContact",
        Calls::List(vec![2]),
        FaultKind::Timeout,
    );
    world.simulator.set_faults(vec![hang]);
    let late = async {
        pass(1).await;
        world.stamp(&other, accounts(world)).await
    };
    let both = tokio::join!(world.stamp(&one, accounts(world)), late);
    drop(both);
    pass(3_600).await;
    let _ = world.stamp(&one, accounts(world)).await;
}

async fn sweep(world: &World) {
    let mut batches = 0;
    let sweeping = Sweeping::new("s", json!({"kind": "contacts"}));
    let _ = world
        .sweep_with(&sweeping, &mut |world, step, _| {
            batches += usize::from(step == "batch");
            if step == "batch" && batches == 2 {
                world.kill(22, Kill::After);
            }
        })
        .await;
    let _ = world
        .sweep(&Sweeping::new(
            "again",
            json!({"kind": "contacts", "resume": "s"}),
        ))
        .await;
}

async fn two_sweeps(world: &World) {
    let contacts = |name| Sweeping::new(name, json!({"kind": "contacts"}));
    let (first, second) = (contacts("first"), contacts("second"));
    // None of them can give its lock back.
    world.refuse("DeleteItem", Refusal::Denied);
    let late = async {
        pass(1).await;
        world.sweep(&second).await
    };
    let both = tokio::join!(world.sweep(&first), late);
    drop(both);
    let _ = world.sweep(&contacts("third")).await;
    // Long after its end the third one is unknown.
    world.executions.forget(&contacts("third").execution());
    let _ = world.sweep(&contacts("fourth")).await;
}

async fn queue(world: &World) {
    world.refuse("GetAlternateContact", Refusal::Internal);
    let accounts = world.simulator.accounts().into_keys();
    let records: Vec<_> = accounts
        .map(|account| Delivery {
            id: account.clone(),
            body: json!({"type": "AccountCreationSucceeded", "version": 1, "detail": {"accountId": account}})
                .to_string(),
            receives: 1,
        })
        .collect();
    let _ = world.deliver(&world.cold_stamper(&[]), &records).await;
}

async fn audit(world: &World) {
    let accounts: Vec<_> = world.simulator.accounts().into_keys().collect();
    for (name, state) in [("first", "PENDING_ACTIVATION"), ("second", "SUSPENDED")] {
        for account in accounts.iter().filter(|it| *it != MANAGEMENT_ACCOUNT_ID) {
            world
                .simulator
                .set_link(account, "999988887777", state)
                .unwrap();
        }
        let _ = world
            .sweep(&Sweeping::new(name, json!({"kind": "govcloud"})))
            .await;
        pass(3_600).await;
    }
}

async fn checkup(world: &World) {
    world.topic.subscribe(Some(0));
    world.topic.alarm(0);
    let _ = world.doctor(&[]).await;
}

fn accounts(world: &World) -> Value {
    json!({"accounts": world.simulator.accounts().into_keys().collect::<Vec<_>>()})
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// Tables, buckets, a topic, a queue and a state machine of one story's own.
struct Emulator<'a> {
    local: &'a Local,
    suffix: String,
    topic: String,
    queue: String,
    machine: String,
}

impl<'a> Emulator<'a> {
    fn prepare(local: &'a Local, number: usize, story: Story) -> Result<Self, Error> {
        let suffix = format!("-{number}");
        let aws = &local.aws;
        aws.call(
            "dynamodb",
            "create_table",
            definition(&format!("{TABLE}{suffix}")),
        )?;
        aws.call(
            "s3",
            "create_bucket",
            json!({"Bucket": format!("own{suffix}")}),
        )?;
        let topic = aws.call("sns", "create_topic", json!({"Name": format!("t{suffix}")}))?;
        let queue = aws.call(
            "sqs",
            "create_queue",
            json!({"QueueName": format!("q{suffix}")}),
        )?;
        let machine = aws.call(
            "stepfunctions",
            "create_state_machine",
            long_machine(&suffix),
        )?;
        if !matches!(story, Story::NoPolicy) {
            let policy =
                json!({"Name": "policy", "Value": POLICY, "Type": "String", "Overwrite": true});
            aws.call("ssm", "put_parameter", policy)?;
        }
        Ok(Self {
            local,
            suffix,
            topic: text(&topic["TopicArn"]),
            queue: text(&queue["QueueUrl"]),
            machine: text(&machine["stateMachineArn"]),
        })
    }

    /// What both answered; nothing of the services that are not compared here.
    fn compare(&self, exchange: &Exchange) -> Option<String> {
        let (operation, input) = match exchange.service {
            "dynamodb" => (snake(&exchange.operation), self.renamed(&exchange.request)),
            "ssm" => (
                snake(&exchange.operation),
                serde_json::from_slice(&exchange.request).unwrap(),
            ),
            "sns" if exchange.operation == "Publish" => {
                ("publish".to_owned(), self.publish(&exchange.request))
            }
            "sns" => (snake(&exchange.operation), json!({"TopicArn": self.topic})),
            "s3" => (snake(&exchange.operation), self.object(exchange)),
            "sqs" if exchange.operation == "GetQueueAttributes" => {
                (snake(&exchange.operation), self.queue(&exchange.request))
            }
            "sqs" => (snake(&exchange.operation), self.message(&exchange.request)),
            "states" => (snake(&exchange.operation), self.execution(exchange)),
            _ => return None,
        };
        let client = match exchange.service {
            "states" => "stepfunctions",
            same => same,
        };
        let theirs = self.local.aws.call(client, &operation, input);
        let what = format!("{} {}", exchange.service, exchange.operation);
        let request = String::from_utf8_lossy(&exchange.request);
        if exchange.status == 200 {
            let theirs = theirs.unwrap_or_else(|error| panic!("{what} {request}: {error}"));
            let ours = answer(exchange);
            assert!(
                contains(&theirs, &ours),
                "{what} {request}\n{ours}\n{theirs}"
            );
            let status = ours["status"].as_str();
            return Some(format!("{what} {}", status.unwrap_or("200")));
        }
        let ours = refusal(exchange);
        let theirs = theirs.map_or_else(|error| error.to_string(), |answer| answer.to_string());
        assert!(
            theirs.contains(&format!("({})", ours.code)),
            "{what} {request}\n{ours:?}\n{theirs}"
        );
        if let Some(reasons) = &ours.reasons {
            assert!(
                theirs.contains(reasons),
                "{what} {request}\n{ours:?}\n{theirs}"
            );
        }
        Some(format!("{what} {}", ours.code))
    }

    fn renamed(&self, request: &[u8]) -> Value {
        let text = String::from_utf8_lossy(request);
        let name = format!("\"{TABLE}\"");
        let renamed = text.replace(&name, &format!("\"{TABLE}{}\"", self.suffix));
        serde_json::from_str(&renamed).unwrap()
    }

    fn publish(&self, request: &[u8]) -> Value {
        let form: Map<String, Value> = form_urlencoded::parse(request)
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
        let attributes: Map<String, Value> = (1..)
            .map_while(|number| {
                let member = |name| form.get(&format!("MessageAttributes.entry.{number}.{name}"));
                let value = json!({"DataType": member("Value.DataType")?, "StringValue": member("Value.StringValue")?});
                Some((member("Name")?.as_str()?.to_owned(), value))
            })
            .collect();
        json!({"TopicArn": self.topic, "Message": form["Message"], "Subject": form["Subject"],
            "MessageAttributes": attributes})
    }

    /// The same of the queue there.
    fn queue(&self, request: &[u8]) -> Value {
        let mut input: Value = serde_json::from_slice(request).unwrap();
        input["QueueUrl"] = self.queue.as_str().into();
        input
    }

    /// The same of a message that was just received there.
    fn message(&self, request: &[u8]) -> Value {
        let aws = &self.local.aws;
        let queue = json!({"QueueUrl": self.queue, "MessageBody": "{}"});
        aws.call("sqs", "send_message", queue).unwrap();
        let queue = json!({"QueueUrl": self.queue, "WaitTimeSeconds": 5});
        let received = aws.call("sqs", "receive_message", queue).unwrap();
        let mut input = self.queue(request);
        input["ReceiptHandle"] = received["Messages"][0]["ReceiptHandle"].clone();
        input
    }

    /// The same of an execution that runs there, too, where it ran, and has ended where it had.
    fn execution(&self, exchange: &Exchange) -> Value {
        let input: Value = serde_json::from_slice(&exchange.request).unwrap();
        if exchange.status != 200 {
            return input;
        }
        let call = |operation, input| self.local.aws.call("stepfunctions", operation, input);
        let begun = call("start_execution", json!({"stateMachineArn": self.machine})).unwrap();
        let begun = json!({"executionArn": begun["executionArn"]});
        if answer(exchange)["status"] == "ABORTED" {
            call("stop_execution", begun.clone()).unwrap();
        }
        begun
    }

    fn object(&self, exchange: &Exchange) -> Value {
        let (bucket, key) = exchange.place.split_once('/').unwrap();
        let mut input = json!({"Bucket": format!("{bucket}{}", self.suffix), "Key": key});
        if exchange.operation == "PutObject" {
            input["Body"] = String::from_utf8_lossy(&exchange.request)
                .into_owned()
                .into();
        }
        input
    }
}

/// A machine whose executions run until they are stopped.
fn long_machine(suffix: &str) -> Value {
    let definition = json!({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3_600, "End": true}}});
    json!({"name": format!("m{suffix}"), "definition": definition.to_string(), "roleArn": "arn:aws:iam::111122223333:role/m"})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// `GetItem` as boto3 has it: `get_item`.
fn snake(operation: &str) -> String {
    let mut snake = String::new();
    for letter in operation.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// What a model answered, in the shape that boto3 gives the same.
fn answer(exchange: &Exchange) -> Value {
    match exchange.service {
        "s3" if exchange.operation == "GetObject" => {
            json!({"Body": String::from_utf8_lossy(&exchange.answer)})
        }
        "dynamodb" | "sqs" | "ssm" => {
            let text = String::from_utf8_lossy(&exchange.answer);
            let text = text.replace(&format!("\"{TABLE}\":"), "\"@table\":");
            let mut answer: Value = serde_json::from_str(&text).unwrap();
            if exchange.operation == "GetItem" && answer.get("Item").is_none() {
                // There must be none there, either.
                answer["Item"] = Value::Null;
            }
            answer
        }
        // Arns and times are of each side's own.
        "states" => {
            let answer: Value = serde_json::from_slice(&exchange.answer).unwrap();
            json!({"status": answer["status"]})
        }
        "sns" if exchange.operation == "GetTopicAttributes" => {
            let answer = String::from_utf8_lossy(&exchange.answer);
            json!({"Attributes": {"SubscriptionsConfirmed": element(&answer, "value")}})
        }
        _ => json!({}),
    }
}

/// The text of the first element of this name.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let rest = xml.split_once(&format!("<{name}>"));
    let text = rest.and_then(|(_, rest)| rest.split('<').next());
    text.unwrap_or_default()
}

#[derive(Debug)]
struct Refused {
    code: String,
    reasons: Option<String>,
}

fn refusal(exchange: &Exchange) -> Refused {
    let text = String::from_utf8_lossy(&exchange.answer);
    if exchange.service == "s3" {
        return Refused {
            code: element(&text, "Code").to_owned(),
            reasons: None,
        };
    }
    let answer: Value = serde_json::from_str(&text).unwrap();
    let kind = answer["__type"].as_str().unwrap_or_default();
    let code = kind.rsplit('#').next().unwrap_or_default();
    let reasons = answer["CancellationReasons"].as_array().map(|reasons| {
        let codes = reasons
            .iter()
            .map(|reason| reason["Code"].as_str().unwrap_or("None"));
        format!("[{}]", codes.collect::<Vec<_>>().join(", "))
    });
    Refused {
        code: code.to_owned(),
        reasons,
    }
}

/// Whether an answer says all that the other says; where rows come in no order, in any.
fn contains(theirs: &Value, ours: &Value) -> bool {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => ours.iter().all(|(name, ours)| {
            // The table has another name there, and is the only one.
            let theirs = if name == "@table" {
                theirs.values().next()
            } else {
                theirs.get(name)
            };
            match (theirs, ours) {
                (Some(theirs), ours) => contains(theirs, ours),
                (None, Value::Object(ours)) => ours.is_empty(),
                (None, ours) => ours.is_null(),
            }
        }),
        (Value::Array(theirs), Value::Array(ours)) => {
            theirs.len() == ours.len() && ours.iter().all(|ours| theirs.iter().any(|it| it == ours))
        }
        (theirs, ours) => theirs == ours,
    }
}
