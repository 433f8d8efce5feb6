//! EventBridge's part. `PutEvents` takes no events of AWS's own, here as there: so this asks the deployed rules.

use serde_json::{Value, json};

use super::aws::text;
use super::{Error, Local};

const RESULT: &str = include_str!("../../../../events/create-account-result-succeeded.json");

impl Local {
    /// Delivers the `CreateAccountResult` event of a request.
    ///
    /// # Errors
    /// Not exactly one target is found, or it cannot be delivered there.
    pub fn deliver_result(&self, request: &str) -> Result<(), Error> {
        let mut event: Value = serde_json::from_str(RESULT)?;
        event["detail"]["serviceEventDetails"]["createAccountStatus"]["id"] = request.into();
        self.deliver(&event)
    }

    /// Delivers an event to the one target whose rule matches it: functions are invoked without waiting, queues get what
    /// the rule makes of the event.
    ///
    /// # Errors
    /// Not exactly one target is found, the rule may not reach it, or a call failed.
    pub fn deliver(&self, event: &Value) -> Result<(), Error> {
        let mut found = Vec::new();
        let rules = self.aws.call("events", "list_rules", json!({}))?;
        for rule in rules["Rules"].as_array().into_iter().flatten() {
            let question =
                json!({"EventPattern": rule["EventPattern"], "Event": event.to_string()});
            if self.aws.call("events", "test_event_pattern", question)?["Result"] == true {
                let arn = text(rule, "Arn")?;
                let targets = self.targets(&text(rule, "Name")?)?;
                found.extend(targets.into_iter().map(|target| (arn.clone(), target)));
            }
        }
        let [(rule, target)] = found.as_slice() else {
            return Err(format!("{} targets for {event}", found.len()).into());
        };
        let arn = text(target, "Arn")?;
        let input = match target.get("InputTransformer") {
            Some(transformer) => transformed(transformer, event)?,
            None => event.to_string(),
        };
        if arn.contains(":function:") {
            self.invoke_without_waiting(rule, &arn, &input)
        } else {
            self.send(rule, &arn, &input)
        }
    }

    /// The targets of a rule.
    ///
    /// # Errors
    /// The call failed.
    pub fn targets(&self, rule: &str) -> Result<Vec<Value>, Error> {
        let question = json!({"Rule": rule});
        let answer = self.aws.call("events", "list_targets_by_rule", question)?;
        Ok(answer["Targets"].as_array().cloned().unwrap_or_default())
    }

    fn invoke_without_waiting(&self, rule: &str, arn: &str, input: &str) -> Result<(), Error> {
        let policy = self
            .aws
            .call("lambda", "get_policy", json!({"FunctionName": arn}))?;
        admits(&text(&policy, "Policy")?, rule, arn)?;
        let input = json!({"FunctionName": arn, "InvocationType": "Event", "Payload": input});
        self.aws.call("lambda", "invoke", input).map(drop)
    }

    fn send(&self, rule: &str, arn: &str, body: &str) -> Result<(), Error> {
        let name = arn.rsplit(':').next().unwrap_or_default();
        let queue = self
            .aws
            .call("sqs", "get_queue_url", json!({"QueueName": name}))?;
        let url = text(&queue, "QueueUrl")?;
        let question = json!({"QueueUrl": url, "AttributeNames": ["Policy"]});
        let answer = self.aws.call("sqs", "get_queue_attributes", question)?;
        admits(&text(&answer["Attributes"], "Policy")?, rule, arn)?;
        let input = json!({"QueueUrl": url, "MessageBody": body});
        self.aws.call("sqs", "send_message", input).map(drop)
    }
}

fn admits(policy: &str, rule: &str, target: &str) -> Result<(), Error> {
    if policy.contains(rule) {
        Ok(())
    } else {
        Err(format!("the policy of {target} does not admit {rule}").into())
    }
}

/// What an [input transformer](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html)
/// makes of an event. Knows paths of names only, and placeholders that stand in a text; one without a value is empty.
///
/// # Errors
/// The transformer needs more than that.
pub fn transformed(transformer: &Value, event: &Value) -> Result<String, Error> {
    let mut body = text(transformer, "InputTemplate")?;
    let paths = transformer["InputPathsMap"].as_object();
    for (name, path) in paths.into_iter().flatten() {
        let path = path
            .as_str()
            .and_then(|path| path.strip_prefix("$."))
            .ok_or_else(|| format!("{path} is no path of names"))?;
        let value = path.split('.').fold(event, |value, name| &value[name]);
        let value = match value {
            Value::Null => "",
            Value::String(text) => text,
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                return Err(format!("{path} is no text").into());
            }
        };
        let placeholder = format!("<{name}>");
        if !body.contains(&format!("\"{placeholder}\"")) {
            return Err(format!("{placeholder} does not stand in a text of {body}").into());
        }
        body = body.replace(&placeholder, value);
    }
    Ok(body)
}
