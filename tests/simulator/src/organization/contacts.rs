//! The alternate and primary contacts of every account, as Account Management keeps them.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::listing::Listed;
use crate::store::Store;

const PHONE: &str = "PhoneNumber";

/// The fields of one contact by their names in the model.
pub(crate) type Fields = BTreeMap<String, String>;

/// `AlternateContactType` of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactType {
    /// For invoices and payments.
    Billing,
    /// For the availability of services.
    Operations,
    /// For abuse and security notices.
    Security,
}

impl ContactType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::Billing, Self::Operations, Self::Security];

    /// The type's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Billing => "BILLING",
            Self::Operations => "OPERATIONS",
            Self::Security => "SECURITY",
        }
    }
}

/// `PhoneNumberVerificationStatus` of the model, as far as the simulator goes through it. AWS
/// does not say where an account begins: here only the management account is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Verification {
    Pending,
    Verified,
    Unverified,
}

/// Nothing after it was removed.
#[derive(Debug)]
struct Alternate(Option<Fields>);

#[derive(Clone, Debug)]
pub(crate) struct Primary {
    pub(crate) fields: Fields,
    pub(crate) verification: Verification,
}

impl Listed for Alternate {
    fn state(&self) -> &str {
        ""
    }
}

impl Listed for Primary {
    fn state(&self) -> &str {
        ""
    }
}

/// Each contact lags on its own.
#[derive(Debug)]
pub(crate) struct Contacts {
    alternates: Store<Alternate>,
    primaries: Store<Primary>,
}

impl Contacts {
    pub(super) fn new(lag: Duration) -> Self {
        Self {
            alternates: Store::new(lag),
            primaries: Store::new(lag),
        }
    }

    pub(super) fn settle(&mut self, now: SystemTime) {
        self.alternates.settle(now);
        self.primaries.settle(now);
    }

    /// An alternate contact as reads see it.
    pub(crate) fn alternate(&self, account: &str, contact_type: ContactType) -> Option<&Fields> {
        let row = self.alternates.seen.get(&key(account, contact_type))?;
        row.0.as_ref()
    }

    fn newest_alternate(&self, account: &str, contact_type: ContactType) -> Option<&Fields> {
        let row = self.alternates.newest(&key(account, contact_type))?;
        row.0.as_ref()
    }

    pub(crate) fn put_alternate(
        &mut self,
        now: SystemTime,
        account: &str,
        contact_type: ContactType,
        fields: Fields,
    ) {
        let key = key(account, contact_type);
        self.alternates.write(now, &key, Alternate(Some(fields)));
    }

    /// False if there is none.
    pub(crate) fn remove_alternate(
        &mut self,
        now: SystemTime,
        account: &str,
        contact_type: ContactType,
    ) -> bool {
        let found = self.newest_alternate(account, contact_type).is_some();
        if found {
            let key = key(account, contact_type);
            self.alternates.write(now, &key, Alternate(None));
        }
        found
    }

    /// The primary contact as reads see it.
    pub(crate) fn primary(&self, account: &str) -> Option<&Primary> {
        self.primaries.seen.get(account).map(AsRef::as_ref)
    }

    /// Replaces the whole record. A new phone number is verified anew.
    pub(crate) fn put_primary(&mut self, now: SystemTime, account: &str, fields: Fields) {
        let verification = match self.primaries.newest(account) {
            Some(old) if old.fields.get(PHONE) == fields.get(PHONE) => old.verification,
            _ => Verification::Pending,
        };
        let primary = Primary {
            fields,
            verification,
        };
        self.primaries.write(now, account, primary);
    }

    /// The first contact of all, of which every account inherits.
    pub(super) fn found(&mut self, management: &str) {
        let fields = [
            ("FullName", "Example Corp"),
            ("AddressLine1", "1 Example Street"),
            ("City", "Seattle"),
            ("StateOrRegion", "WA"),
            ("PostalCode", "98101"),
            ("CountryCode", "US"),
            (PHONE, "+12065550100"),
        ];
        let primary = Primary {
            fields: fields
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            verification: Verification::Verified,
        };
        self.primaries.seen.put(management, primary.into());
    }

    /// A created account has the management account's primary contact under its own name.
    pub(super) fn inherit(&mut self, management: &str, account: &str, name: &str) {
        if let Some(primary) = self.primaries.newest(management) {
            let mut fields = primary.fields.clone();
            fields.insert("FullName".to_owned(), name.to_owned());
            let primary = Primary {
                fields,
                verification: Verification::Unverified,
            };
            self.primaries.seen.put(account, primary.into());
        }
    }

    /// What is stored for an account, whatever reads see.
    pub(crate) fn stored(&self, account: &str) -> Value {
        let alternate = |it| Some((it, self.newest_alternate(account, it)?));
        let alternates: BTreeMap<_, _> =
            ContactType::ALL.into_iter().filter_map(alternate).collect();
        let primary = self.primaries.newest(account);
        json!({
            "alternate": alternates,
            "primary": primary.map(|it| &it.fields),
            "verification": primary.map(|it| it.verification),
        })
    }
}

fn key(account: &str, contact_type: ContactType) -> String {
    format!("{account}/{}", contact_type.as_str())
}
