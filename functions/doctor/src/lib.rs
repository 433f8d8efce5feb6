//! Says whether what the stack stands on is as it must be, and what to do where it is not.
//!
//! It reads, and changes nothing. One check that fails does not hide the others.

mod checks;
mod config;

use account_aws::bucket::{self, Bucket};
use account_aws::clients::{Clients, OnDemand};
use account_aws::contacts::{self, Contacts};
use account_aws::govcloud::{self, GovCloud};
use account_aws::invocation::{in_time, own_account};
use account_aws::ledger::{self, Ledger};
use account_aws::organizations::{self, Organizations};
use account_aws::policies::{self, Policies};
use account_aws::preflight::{self, Preflight};
use account_aws::{Error, Share};
use account_core::preflight::{Line, Verdict, text};
use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde_json::Value;

pub use config::Config;

/// The IAM actions this function needs; the template grants these and no others.
pub const ACTIONS: [&str; 16] = [
    preflight::DESCRIBE_ORGANIZATION,
    preflight::LIST_TRUSTED,
    preflight::LIST_DELEGATED,
    preflight::DESCRIBE_TRAILS,
    preflight::GET_TRAIL_STATUS,
    preflight::GET_EVENT_SELECTORS,
    preflight::GET_TOPIC,
    preflight::GET_QUEUE,
    organizations::LIST,
    organizations::LIST_ACCOUNTS,
    contacts::GET_ALTERNATE,
    govcloud::GET_LINK,
    bucket::GET_OBJECT,
    bucket::LIST_BUCKET,
    ledger::GET,
    policies::GET_PARAMETER,
];

/// What lives as long as the process.
#[derive(Debug)]
pub struct Shell {
    bucket: Bucket,
    config: Config,
    contacts: Contacts,
    govcloud: GovCloud,
    ledger: Ledger,
    organizations: Organizations,
    policies: Option<Policies>,
    preflight: Preflight,
    time: SharedTimeSource,
}

/// Everything that was checked.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// No check found a problem.
    pub ok: bool,
    /// What each check found.
    pub lines: Vec<Line>,
    /// The same for a person.
    pub text: String,
}

impl Shell {
    /// Puts configuration and clients together. Makes no call.
    #[must_use]
    pub fn new(config: Config, clients: &Clients, time: SharedTimeSource) -> Self {
        let share = Share::of_copies(1);
        let policy = config.policy.clone();
        Self {
            bucket: Bucket::new(OnDemand::new(clients, Clients::s3), config.bucket.clone()),
            contacts: Contacts::new(clients, &config.region, share),
            govcloud: GovCloud::new(clients, share),
            ledger: Ledger::new(clients.dynamodb(), config.table.clone()),
            organizations: Organizations::new(clients, share),
            policies: policy.map(|place| Policies::new(place, clients)),
            preflight: Preflight::new(clients),
            config,
            time,
        }
    }
}

/// Handles one invocation, whatever it was started with.
///
/// # Errors
/// The Lambda deadline came too close. What a check finds is in the report, and be it that AWS refuses to answer.
pub async fn handle(shell: &Shell, event: LambdaEvent<Value>) -> Result<Report, Error> {
    let own = own_account(&event.context);
    let work = Box::pin(async {
        let lines = shell.check(own.as_ref()).await;
        for line in &lines {
            tracing::info!(check = line.check, verdict = ?line.verdict, "{}", line.text);
        }
        Ok(Report {
            ok: lines.iter().all(|line| line.verdict != Verdict::Problem),
            text: text(&lines),
            lines,
        })
    });
    in_time(&event.context, &shell.time, work).await
}
