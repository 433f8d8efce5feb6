//! Shows the stack at work on this machine, against a simulated organization.
//!
//! What it starts ends with it, be it by Ctrl-C: see `local/guard.py`.
#![expect(clippy::print_stdout, reason = "a person reads this")]
#![expect(
    clippy::disallowed_methods,
    reason = "programs run by the clock of this machine"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use account_core::policy::{Policy, Refusal};
use chrono::Utc;
use clap::Parser;
use it::local::{Announcement, Announcements, Error, Local, Stack, until};
use serde_json::{Value, json};

/// A tick a minute, with time for a slow machine.
const TICK: Duration = Duration::from_secs(100);
/// Two hundred accounts are read in a minute and written in two, at the full quotas.
const SWEEPS: Duration = Duration::from_secs(900);
/// Accounts of the simulated organization, before the demonstration creates more.
const ACCOUNTS: usize = 200;
/// How often a long wait says that it goes on.
const PATIENCE: Duration = Duration::from_secs(20);

/// A success, one whose address is then taken, and another failure. AWS works on five requests at a time.
const ADDRESSES: [&str; 3] = [
    "shop@example.com",
    "shop@example.com",
    "bank+INTERNAL_FAILURE@example.com",
];

/// What is shown.
#[derive(Debug, Parser)]
struct Options {
    /// A file with the policy of the contacts, instead of the demonstration's own.
    #[arg(long, env = "POLICY")]
    policy: Option<PathBuf>,
}

fn main() -> ExitCode {
    let begun = Instant::now();
    let ended = demonstrate(begun);
    if let Err(error) = &ended {
        say(begun, &format!("Failed: {error}"));
    }
    if ended.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A policy of one's own, if there is one, and it is accepted.
fn policy(file: Option<&Path>) -> Result<Option<String>, Error> {
    let Some(file) = file else {
        return Ok(None);
    };
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let refused = |refusals: Vec<Refusal>| {
        let told: Vec<_> = refusals.iter().map(Refusal::to_string).collect();
        format!("{} is refused: {}", file.display(), told.join("; "))
    };
    Policy::read(&text).map_err(refused)?;
    Ok(Some(text))
}

fn demonstrate(begun: Instant) -> Result<(), Error> {
    let policy = policy(Options::parse().policy.as_deref())?;
    say(
        begun,
        "Starting MiniStack as AWS, and the simulator as AWS Organizations and Account Management",
    );
    let local = Local::start("demo", false)?;
    let now = Utc::now().timestamp();
    local.organization(
        "add_history",
        &json!({"count": 45, "failed": 0.4, "from": now - 86_400, "to": now - 60}),
    )?;

    let missing = ACCOUNTS - 10;
    local.organization("add_accounts", &json!({"count": missing}))?;

    say(begun, "Deploying template.yaml with sam deploy");
    let stack = local.deploy_for_sweeps(policy.as_deref())?;
    let subscriber = Announcements::subscribe(&local.aws, &stack)?;
    Show {
        begun,
        local: &local,
        stack: &stack,
        subscriber,
        seen: BTreeSet::new(),
        accounts: BTreeSet::new(),
    }
    .play()?;

    say(
        begun,
        "Done. Stopping everything; the logs stay in target/local/demo",
    );
    Ok(())
}

struct Show<'a> {
    begun: Instant,
    local: &'a Local,
    stack: &'a Stack,
    subscriber: Announcements<'a>,
    /// The requests announced so far, and the accounts announced as stamped.
    seen: BTreeSet<String>,
    /// The accounts announced as created.
    accounts: BTreeSet<String>,
}

impl Show<'_> {
    fn play(&mut self) -> Result<(), Error> {
        self.say("Creating an account that takes 90 seconds");
        let mut requests = BTreeSet::from([self
            .local
            .create("create_account", "slow+slow@example.com")?]);
        self.say(
            "Waiting for the first tick: it meets 45 finished requests, and announces none of them",
        );
        self.tick()?;

        self.say(
            "Creating another, and delivering its CreateAccountResult event: it needs no tick",
        );
        let quick = self
            .local
            .create("create_account", "ops+instant@example.com")?;
        self.local.deliver_result(&quick)?;
        requests.insert(quick);
        self.say("Creating three more, of which two fail, and a GovCloud pair");
        for email in ADDRESSES {
            requests.insert(self.local.create("create_account", email)?);
        }
        requests.insert(
            self.local
                .create("create_gov_cloud_account", "gov@example.com")?,
        );

        self.say("Announcements, as they arrive at a queue subscribed to the topic:");
        println!(
            "{}",
            line([
                "",
                "type",
                "account",
                "GovCloud",
                "failure reason",
                "request"
            ])
        );
        self.wait("announcements", 3 * TICK, |show| {
            Ok(requests.is_subset(&show.seen) && show.accounts.is_subset(&show.seen))
        })?;

        self.say("Waiting for a further tick: it announces nothing");
        let count = self.seen.len();
        self.tick()?;
        if self.seen.len() != count {
            return Err("the further tick announced something".into());
        }
        self.contacts()?;
        self.sweeps()
    }

    /// Sweeps over the whole organization, both kinds at once, and says where the reports are.
    fn sweeps(&mut self) -> Result<(), Error> {
        let accounts = self.local.organization("accounts", &Value::Null)?;
        let accounts = accounts.as_object().map_or(0, serde_json::Map::len);
        self.link()?;
        self.say(&format!(
            "Sweeping over {accounts} accounts: their contacts, and their GovCloud links. At AWS's rates this takes minutes"
        ));
        let mut running = Vec::new();
        for kind in ["contacts", "govcloud"] {
            let input = json!({"kind": kind});
            running.push((kind, self.local.start_sweep(self.stack, kind, &input)?));
        }
        self.wait("the sweeps", SWEEPS, |show| {
            for (_, execution) in &running {
                if show.local.sweep_status(execution)? == "RUNNING" {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        for (kind, execution) in &running {
            let status = self.local.sweep_status(execution)?;
            if status != "SUCCEEDED" {
                return Err(format!("the sweep of {kind} ended as {status}").into());
            }
            self.keep_report(kind)?;
        }
        Ok(())
    }

    /// Two GovCloud accounts, one of which was suspended while its standard account is in use.
    fn link(&self) -> Result<(), Error> {
        let accounts = self.local.organization("accounts", &Value::Null)?;
        let accounts = accounts.as_object().into_iter().flatten();
        let members = accounts.filter(|(id, _)| *id != simulator::MANAGEMENT_ACCOUNT_ID);
        for ((account, _), (govcloud, state)) in
            members.zip([("999988887777", "ACTIVE"), ("999988887776", "SUSPENDED")])
        {
            let link = json!({"account": account, "govcloud": govcloud, "state": state});
            self.local.organization("set_link", &link)?;
        }
        Ok(())
    }

    /// Puts a report where a person can open it.
    fn keep_report(&self, kind: &str) -> Result<(), Error> {
        let report: Value =
            serde_json::from_str(&self.local.report(self.stack, kind, "report.json")?)?;
        let counts = report["counts"].as_object().into_iter().flatten();
        let counts: Vec<_> = counts
            .map(|(word, count)| format!("{word} {count}"))
            .collect();
        println!("       | {kind} | {}", counts.join(", "));
        for file in ["report.html", "report.csv", "report.json"] {
            let text = self.local.report(self.stack, kind, file)?;
            let place = self.local.keep(&format!("{kind}-{file}"), &text)?;
            println!("       | {kind} | {}", place.display());
        }
        Ok(())
    }

    /// Shows the contacts of the accounts that were stamped, and asks for them once more.
    fn contacts(&self) -> Result<(), Error> {
        self.say("The alternate contacts of the new accounts, as Account Management has them:");
        for account in &self.accounts {
            println!(
                "       | {account} | {}",
                self.local.contacts(account)?.join(", ")
            );
        }

        self.say("Asking the contact stamper to stamp them again: it changes nothing");
        let writes = self.local.contact_writes()?;
        let reports = self
            .local
            .invoke(&self.stack.stamper, &json!({"accounts": self.accounts}))?;
        for report in reports.as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let contacts = report["contacts"].as_object().into_iter().flatten();
            let lines = contacts
                .map(|(name, it)| format!("{name} {}: {}", text(&it["found"]), text(&it["done"])));
            let lines: Vec<_> = lines.collect();
            println!(
                "       | {} | {}",
                text(&report["accountId"]),
                lines.join(", ")
            );
        }
        if self.local.contact_writes()? == writes {
            Ok(())
        } else {
            Err("the second pass changed something".into())
        }
    }

    /// Waits until the schedule has started the function once more, and it has ended.
    fn tick(&mut self) -> Result<(), Error> {
        let before = self.local.runs(self.stack)?;
        self.wait("the tick", TICK, |show| {
            Ok(before < show.local.runs(show.stack)?)
        })?;
        self.take()
    }

    /// Prints announcements until `done`.
    fn wait(
        &mut self,
        what: &str,
        limit: Duration,
        done: impl Fn(&Self) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut said = Instant::now();
        until(what, limit, || {
            self.take()?;
            if PATIENCE < said.elapsed() {
                said = Instant::now();
                self.say(&format!("... waiting for {what}"));
            }
            Ok(done(self)?.then_some(()))
        })
    }

    /// Prints what has arrived.
    fn take(&mut self) -> Result<(), Error> {
        for Announcement { body, .. } in self.subscriber.take()? {
            let detail = |name: &str| body["detail"][name].as_str().unwrap_or("-");
            let kind = body["type"].as_str().unwrap_or("-");
            let [account, govcloud, reason, request] = [
                "accountId",
                "govCloudAccountId",
                "failureReason",
                "createAccountRequestId",
            ]
            .map(detail);
            println!(
                "{}",
                line([&clock(self.begun), kind, account, govcloud, reason, request])
            );
            if kind == "AccountCreationSucceeded" {
                self.accounts.insert(account.to_owned());
            }
            let sweep = detail("sweepId");
            let subject = match kind {
                "SweepFinished" => sweep,
                "GovCloudFindings" => kind,
                _ if request == "-" => account,
                _ => request,
            };
            if !self.seen.insert(subject.to_owned()) {
                return Err(format!("{subject} was announced twice").into());
            }
        }
        Ok(())
    }

    fn say(&self, text: &str) {
        say(self.begun, text);
    }
}

fn say(begun: Instant, text: &str) {
    println!("{}  {text}", clock(begun));
}

/// Minutes and seconds since the beginning.
fn clock(begun: Instant) -> String {
    let seconds = begun.elapsed().as_secs();
    format!("{:2}:{:02}", seconds / 60, seconds % 60)
}

fn line([time, kind, account, govcloud, reason, request]: [&str; 6]) -> String {
    format!("{time:5}  | {kind:24} | {account:12} | {govcloud:12} | {reason:20} | {request}")
}
