//! The contacts of accounts, as somebody else sees and writes them.

use serde_json::Value;

use super::Impossible;
use crate::operations::fields;
use crate::organization::Organization;
use crate::organization::contacts::{ContactType, Fields};
use crate::refusal::Refusal;
use crate::simulator::Simulator;

impl Simulator {
    /// The contacts of an account as they are stored, whatever reads see:
    /// `{"alternate": {"BILLING": {"Name": …}}, "primary": {…}, "verification": "PENDING"}`.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn contacts(&self, account: &str) -> Result<Value, Impossible> {
        self.on(account, |it| it.contacts.stored(account))
    }

    /// Puts an alternate contact as somebody else does: held to the rules of the service, seen
    /// by reads after the lag, but neither counted nor limited. `fields` are those of
    /// `PutAlternateContact`.
    ///
    /// # Errors
    /// When there is no such account, or the service would not take the fields.
    pub fn set_alternate_contact(
        &self,
        account: &str,
        contact_type: ContactType,
        fields: Value,
    ) -> Result<(), Impossible> {
        let now = self.clock().now();
        let fields = contact(fields, fields::alternate)?;
        self.on(account, |it| {
            let contacts = &mut it.contacts;
            contacts.put_alternate(now, account, contact_type, fields);
        })
    }

    /// Removes an alternate contact as somebody else does.
    ///
    /// # Errors
    /// When there is no such account, or no such contact.
    pub fn remove_alternate_contact(
        &self,
        account: &str,
        contact_type: ContactType,
    ) -> Result<(), Impossible> {
        let now = self.clock().now();
        let removed = |it: &mut Organization| {
            let contacts = &mut it.contacts;
            contacts.remove_alternate(now, account, contact_type)
        };
        if !self.on(account, removed)? {
            return Err(Impossible::NoSuchContact(account.to_owned()));
        }
        Ok(())
    }

    /// Replaces a primary contact as somebody else does, with the same rules as for alternate
    /// contacts. `fields` are those of `ContactInformation`.
    ///
    /// # Errors
    /// When there is no such account, or the service would not take the fields.
    pub fn set_primary_contact(&self, account: &str, fields: Value) -> Result<(), Impossible> {
        let now = self.clock().now();
        let fields = contact(fields, fields::primary)?;
        self.on(account, |it| it.contacts.put_primary(now, account, fields))
    }
}

fn contact(
    fields: Value,
    rules: fn(Fields) -> Result<Fields, Refusal>,
) -> Result<Fields, Impossible> {
    let fields =
        serde_json::from_value(fields).map_err(|error| Impossible::Invalid(error.to_string()))?;
    rules(fields).map_err(|refusal| Impossible::Invalid(refusal.message))
}
