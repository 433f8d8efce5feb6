//! What people do to an organization.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::aws::text;
use super::{Error, Local};

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

    /// The types of an account's alternate contacts.
    ///
    /// # Errors
    /// There is no such account.
    pub fn contacts(&self, account: &str) -> Result<Vec<String>, Error> {
        let stored = self.organization("contacts", &json!({"account": account}))?;
        let alternate = stored["alternate"].as_object();
        Ok(alternate
            .into_iter()
            .flat_map(|types| types.keys().cloned())
            .collect())
    }

    /// How many calls changed contacts so far.
    ///
    /// # Errors
    /// The simulator did not answer.
    pub fn contact_writes(&self) -> Result<u64, Error> {
        let calls = self.organization("calls", &Value::Null)?;
        let operations = [
            "PutAlternateContact",
            "DeleteAlternateContact",
            "PutContactInformation",
        ];
        let counts = operations.map(|operation| calls[operation]["calls"].as_u64().unwrap_or(0));
        Ok(counts.iter().sum())
    }
}
