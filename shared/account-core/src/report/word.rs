//! The words of a report.

use serde::{Deserialize, Serialize};

/// An enum whose variants are words of a report.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As reports write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

words! {
    /// Which contact of an account.
    Contact,
    /// Money.
    Billing = "BILLING",
    /// Running the account.
    Operations = "OPERATIONS",
    /// Security.
    Security = "SECURITY",
    /// The primary contact.
    Primary = "PRIMARY",
}

words! {
    /// How a contact compares with the standard.
    Found,
    /// It is on standard.
    Match = "match",
    /// There is none, and there should be.
    Missing = "missing",
    /// It differs, or should not be there.
    Drift = "drift",
    /// It cannot be told.
    Unknown = "unknown",
}

words! {
    /// What was done about a contact.
    Done,
    /// Nothing, and nothing was to be done.
    Nothing = "nothing",
    /// It was added, replaced or removed.
    Written = "written",
    /// It would be written.
    Planned = "planned",
    /// An own write may not be readable yet.
    Unsettled = "unsettled",
    /// Somebody else writes it again and again; it is left alone.
    Contested = "contested",
    /// It no longer was as planned, and was left alone.
    Surprised = "surprised",
    /// The policy had changed since the plan, and it was left alone.
    Superseded = "superseded",
    /// AWS refused the write.
    Failed = "failed",
}

words! {
    /// What is known of an account's link.
    LinkWord,
    /// It leads to a GovCloud account.
    Linked = "linked",
    /// There is none.
    NotLinked = "notLinked",
    /// It cannot be told.
    Unknown = "unknown",
}
