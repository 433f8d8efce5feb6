//! Request rates: one token bucket an operation.
//!
//! Rates and bursts are those of "Quotas for AWS Organizations" in the user guide, for one
//! account, and of "Quotas for AWS Account Management" in its reference. The organization's own
//! are never lower, so with one caller they never bind. "Per account" of Account Management is
//! read as the account that calls. None is published for `GetGovCloudAccountInformation`: that of
//! `GetAccountInformation` is assumed.

use std::collections::HashMap;
use std::time::SystemTime;

/// The bucket of an operation: its name, refill in calls a second, and size. Operations with
/// one name share it.
fn limit(operation: &str) -> Option<(&'static str, f64, f64)> {
    Some(match operation {
        "ListCreateAccountStatus" => ("list requests", 5.0, 8.0),
        "DescribeCreateAccountStatus" => ("describe request", 2.0, 2.0),
        "CreateAccount" | "CreateGovCloudAccount" => ("create", 0.1, 3.0),
        "DescribeAccount" => ("describe account", 20.0, 30.0),
        "CloseAccount" => ("close", 0.05, 1.0),
        "ListAccounts" => ("list accounts", 8.0, 12.0),
        // Shared with two operations that are not here.
        "ListParents" => ("list parents", 5.0, 8.0),
        "ListTagsForResource" => ("list tags", 10.0, 15.0),
        "DescribeOrganization" => ("describe organization", 1.0, 2.0),
        "ListAWSServiceAccessForOrganization" => ("list trusted", 1.0, 3.0),
        "ListDelegatedAdministrators" => ("list delegated", 5.0, 8.0),
        "MoveAccount" => ("move", 2.0, 3.0),
        "TagResource" => ("tag", 4.0, 6.0),
        "GetAlternateContact" => ("get alternate", 10.0, 15.0),
        "PutAlternateContact" => ("put alternate", 5.0, 8.0),
        "DeleteAlternateContact" => ("delete alternate", 1.0, 6.0),
        "GetContactInformation" => ("get primary", 10.0, 15.0),
        "PutContactInformation" => ("put primary", 5.0, 8.0),
        "GetAccountInformation" => ("get information", 3.0, 3.0),
        "GetGovCloudAccountInformation" => ("get govcloud (assumed)", 3.0, 3.0),
        _ => return None,
    })
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: SystemTime,
}

/// All buckets; a bucket begins full.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    buckets: HashMap<&'static str, Bucket>,
}

impl Quotas {
    /// Takes a token; false when there is none.
    pub(crate) fn take(&mut self, operation: &str, now: SystemTime) -> bool {
        let Some((name, rate, burst)) = limit(operation) else {
            return true;
        };
        let full = || Bucket {
            tokens: burst,
            at: now,
        };
        let bucket = self.buckets.entry(name).or_insert_with(full);
        let passed = now.duration_since(bucket.at).unwrap_or_default();
        bucket.tokens = burst.min(bucket.tokens + rate * passed.as_secs_f64());
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::operations;

    /// Calls an operation every 10 ms for a while and counts what is let through.
    fn passed(operations: &[&str], seconds: u64) -> usize {
        let mut quotas = Quotas::default();
        (0..seconds * 100)
            .flat_map(|tick| operations.iter().map(move |operation| (tick, operation)))
            .filter(|(tick, operation)| {
                quotas.take(operation, UNIX_EPOCH + Duration::from_millis(tick * 10))
            })
            .count()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        assert_eq!(passed(&["ListCreateAccountStatus"], 100), 8 + 5 * 100 - 1);
        assert_eq!(
            passed(&["DescribeCreateAccountStatus"], 100),
            2 + 2 * 100 - 1
        );
    }

    #[test]
    fn both_ways_to_create_an_account_share_one_rate() {
        assert_eq!(
            passed(&["CreateAccount", "CreateGovCloudAccount"], 100),
            3 + 9
        );
    }

    #[test]
    fn a_bucket_holds_no_more_than_its_burst() {
        let mut quotas = Quotas::default();
        let mut burst = |second| {
            let at = UNIX_EPOCH + Duration::from_secs(second);
            (0..100).filter(|_| quotas.take("ListAccounts", at)).count()
        };
        assert_eq!([burst(0), burst(1), burst(3600)], [12, 8, 12]);
    }

    #[test]
    fn every_operation_has_a_rate() {
        for operation in &operations::OPERATIONS {
            assert!(limit(operation.name).is_some(), "{}", operation.name);
        }
    }
}
