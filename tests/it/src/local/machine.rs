//! The state machine of the sweeps by itself: its real definition, with stubs for the functions.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use super::aws::{shown, text};
use super::{Error, Local, paths};

/// Takes the place of all three functions.
const STUB: &str = include_str!("stub.py");
/// Which Python there is, the function is told.
const BOOTSTRAP: &str = "#!/bin/sh\nexec \"$PYTHON\" \"$LAMBDA_TASK_ROOT/stub.py\"\n";
const PARTITION: &str = "aws";
/// Placeholder, name, and whose batches it does; MiniStack holds nobody to a role here.
const FUNCTIONS: [[&str; 3]; 3] = [
    ["OrganizationSweepArn", "sweep", ""],
    ["ContactStamperArn", "stamper", "contacts"],
    ["GovCloudAuditorArn", "auditor", "govcloud"],
];
const ROLE: &str = "arn:aws:iam::111122223333:role/any";

/// The state machine on MiniStack.
#[derive(Debug)]
pub struct Machine<'a> {
    local: &'a Local,
    arn: String,
    /// Its definition, without placeholders.
    pub definition: Value,
}

/// What an execution did, its own or that of one batch.
#[derive(Debug)]
pub struct Run {
    /// How it ended: its status, and the error if it failed.
    pub end: String,
    /// As Step Functions describes it.
    pub described: Value,
    /// Its history.
    pub events: Vec<Value>,
}

impl<'a> Machine<'a> {
    /// The bucket for lists of batches.
    pub const BUCKET: &'static str = "store";
    /// What the errors of the stubs say.
    pub const TEXT: &'static str = "the text of an error";

    /// Creates it from the text of its definition.
    ///
    /// # Errors
    /// A call failed, or a placeholder is not known.
    pub fn create(local: &'a Local, definition: &str) -> Result<Self, Error> {
        let bucket = json!({"Bucket": Self::BUCKET});
        local.aws.call("s3", "create_bucket", bucket)?;
        let mut definition = definition.replace("${Partition}", PARTITION);
        for [placeholder, name, worker] in FUNCTIONS {
            let arn = create_stub(local, name, worker)?;
            definition = definition.replace(&format!("${{{placeholder}}}"), &arn);
        }
        if definition.contains("${") {
            return Err("the definition has a placeholder that nothing fills".into());
        }
        let input = json!({"name": "sweep", "definition": definition, "roleArn": ROLE});
        let created = local
            .aws
            .call("stepfunctions", "create_state_machine", input)?;
        Ok(Self {
            local,
            arn: text(&created, "stateMachineArn")?,
            definition: serde_json::from_str(&definition)?,
        })
    }

    /// Puts a list of batches into the bucket.
    ///
    /// # Errors
    /// The call failed.
    pub fn put(&self, key: &str, list: &Value) -> Result<(), Error> {
        let object = json!({"Bucket": Self::BUCKET, "Key": key, "Body": list.to_string()});
        self.local.aws.call("s3", "put_object", object).map(drop)
    }

    /// Starts an execution in which the stubs do as `script` says; gives its ARN.
    ///
    /// # Errors
    /// The call failed.
    pub fn start(&self, name: &str, input: &Value, script: &Value) -> Result<String, Error> {
        self.local
            .keep(&format!("{name}.json"), &script.to_string())?;
        let input = json!({"stateMachineArn": self.arn, "name": name, "input": input.to_string()});
        text(&self.ask("start_execution", input)?, "executionArn")
    }

    /// What an execution did, once it has ended.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn run(&self, arn: &str, limit: Duration) -> Result<Run, Error> {
        let execution = json!({"executionArn": arn});
        let history = json!({"executionArn": arn, "maxResults": 1000});
        Ok(Run {
            end: self.local.await_sweep(arn, limit)?,
            described: self.ask("describe_execution", execution)?,
            events: members(self.ask("get_execution_history", history)?, "events"),
        })
    }

    /// What the executions of its batches did.
    ///
    /// # Errors
    /// They do not end in time.
    pub fn batches(&self, arn: &str, limit: Duration) -> Result<Vec<Run>, Error> {
        let mut batches = Vec::new();
        let maps = self.ask("list_map_runs", json!({"executionArn": arn}))?;
        for map in members(maps, "mapRuns") {
            let children = json!({"mapRunArn": map["mapRunArn"]});
            let children = self.ask("list_executions", children)?;
            for child in members(children, "executions") {
                batches.push(self.run(&text(&child, "executionArn")?, limit)?);
            }
        }
        Ok(batches)
    }

    /// The calls that the stubs got in an execution: the `name` of what was called, and the `event`.
    ///
    /// # Errors
    /// There were none.
    pub fn calls(&self, name: &str) -> Result<Vec<Value>, Error> {
        let lines = fs::read_to_string(self.local.log(&format!("{name}.calls")))?;
        Ok(lines
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?)
    }

    fn ask(&self, operation: &str, input: Value) -> Result<Value, Error> {
        self.local.aws.call("stepfunctions", operation, input)
    }
}

fn create_stub(local: &Local, name: &str, worker: &str) -> Result<String, Error> {
    let variables = json!({
        "PYTHON": shown(paths::tool("boto3/bin/python")?),
        "SCENARIOS": shown(local.log("")),
        "TEXT": Machine::TEXT,
        "WORKER": worker,
    });
    let created = local.aws.call(
        "lambda",
        "create_function",
        json!({
            "FunctionName": name,
            "Runtime": "provided.al2023",
            "Handler": "bootstrap",
            "Role": ROLE,
            "Timeout": 60,
            "Environment": {"Variables": variables},
            "Code": {"ZipFile": {"archive": {"bootstrap": BOOTSTRAP, "stub.py": STUB}}},
        }),
    )?;
    text(&created, "FunctionArn")
}

fn members(mut answer: Value, name: &str) -> Vec<Value> {
    match answer[name].take() {
        Value::Array(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Vec::new()
        }
    }
}
