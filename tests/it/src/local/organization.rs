//! What people and AWS do to an organization.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::aws::text;
use super::{Error, Local};

const EVENT: &str = include_str!("../../../../events/create-account-result-succeeded.json");

impl Local {
    /// Asks AWS Organizations for an account (`create_account`, `create_gov_cloud_account`); gives the request's id.
    /// The simulator's documentation says what comes of which address.
    ///
    /// # Errors
    /// AWS Organizations refused.
    pub fn create(&self, operation: &str, email: &str) -> Result<String, Error> {
        let input = json!({"Email": email, "AccountName": "Example"});
        text(
            &self.aws.call("organizations", operation, input)?["CreateAccountStatus"],
            "Id",
        )
    }

    /// The requests that have ended, by id, as AWS Organizations lists them.
    ///
    /// # Errors
    /// AWS Organizations refused.
    pub fn finished(&self) -> Result<BTreeMap<String, Value>, Error> {
        let mut finished = BTreeMap::new();
        let mut input = json!({"States": ["SUCCEEDED", "FAILED"]});
        loop {
            let page =
                self.aws
                    .call("organizations", "list_create_account_status", input.clone())?;
            for status in page["CreateAccountStatuses"]
                .as_array()
                .into_iter()
                .flatten()
            {
                finished.insert(text(status, "Id")?, status.clone());
            }
            let Some(token) = page.get("NextToken") else {
                return Ok(finished);
            };
            input["NextToken"] = token.clone();
        }
    }

    /// Delivers the `CreateAccountResult` event of a request as EventBridge does: the targets of each deployed rule that
    /// matches it are invoked without waiting. `PutEvents` takes no events of AWS's own, here as there.
    ///
    /// # Errors
    /// Not exactly one target is found, it may not be invoked by the rule, or a call failed.
    pub fn deliver_result(&self, request: &str) -> Result<(), Error> {
        let mut event: Value = serde_json::from_str(EVENT)?;
        event["detail"]["serviceEventDetails"]["createAccountStatus"]["id"] = request.into();
        let event = event.to_string();
        let function = self.target_of(&event)?;
        let input = json!({"FunctionName": function, "InvocationType": "Event", "Payload": event});
        self.aws.call("lambda", "invoke", input).map(drop)
    }

    /// The function that EventBridge would start with this event.
    fn target_of(&self, event: &str) -> Result<String, Error> {
        let mut functions = Vec::new();
        let rules = self.aws.call("events", "list_rules", json!({}))?;
        for rule in rules["Rules"].as_array().into_iter().flatten() {
            let question = json!({"EventPattern": rule["EventPattern"], "Event": event});
            if self.aws.call("events", "test_event_pattern", question)?["Result"] != true {
                continue;
            }
            let question = json!({"Rule": rule["Name"]});
            let targets = self.aws.call("events", "list_targets_by_rule", question)?;
            for target in targets["Targets"].as_array().into_iter().flatten() {
                if ["Input", "InputPath", "InputTransformer"]
                    .iter()
                    .any(|name| target.get(name).is_some())
                {
                    return Err("the rule does not pass the event on as it is".into());
                }
                let function = text(target, "Arn")?;
                let policy =
                    self.aws
                        .call("lambda", "get_policy", json!({"FunctionName": function}))?;
                if !text(&policy, "Policy")?.contains(&text(rule, "Arn")?) {
                    return Err(format!("{function} may not be invoked by the rule").into());
                }
                functions.push(function);
            }
        }
        match functions.as_slice() {
            [function] => Ok(function.clone()),
            _ => Err(format!("{} targets for CreateAccountResult", functions.len()).into()),
        }
    }
}
