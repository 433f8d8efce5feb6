//! The program: the simulated organization on a socket, on the real clock.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::num::ParseFloatError;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use simulator::{Caller, Fault, Options, Simulator, server};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// A local AWS Organizations service, with the contacts, account information and GovCloud links
/// of AWS Account Management.
///
/// Prints one line of JSON when it listens, {"endpoint":"http://127.0.0.1:PORT"}, and serves
/// until SIGTERM or Ctrl-C. Point clients at it with AWS_ENDPOINT_URL_ORGANIZATIONS and
/// AWS_ENDPOINT_URL_ACCOUNT.
#[derive(Debug, Parser)]
#[command(after_long_help = HELP)]
struct Args {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Accounts at the start, the management account among them
    #[arg(long, default_value_t = Options::default().accounts)]
    accounts: usize,
    /// Creations beyond this many accounts fail with ACCOUNT_LIMIT_EXCEEDED
    #[arg(long, default_value_t = Options::default().account_limit)]
    account_limit: usize,
    /// Everything random follows from this number
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Seconds each answer takes
    #[arg(long, default_value = "0", value_parser = seconds)]
    latency: Duration,
    /// Enforce the request rates that AWS publishes
    #[arg(long)]
    quotas: bool,
    /// Seconds until reads see a write
    #[arg(long, default_value = "0", value_parser = seconds)]
    lag: Duration,
    /// Share of pages that come empty with a token, from 0 to below 1
    #[arg(long, default_value_t = 0.0, value_parser = share)]
    empty_pages: f64,
    /// Who calls Account Management: "management", {"delegated_administrator": "ID"} or
    /// {"member": "ID"}
    #[arg(long, default_value = r#""management""#, value_parser = caller)]
    caller: Caller,
    /// Account Management has no trusted access to the organization
    #[arg(long)]
    no_trusted_access: bool,
    /// Account Management lets callers at accounts that are not ACTIVE
    #[arg(long)]
    inactive_allowed: bool,
    /// Seconds for which Account Management keeps callers from a new account
    #[arg(long, default_value = "0", value_parser = seconds)]
    young_denied: Duration,
    /// Show accounts without Paths
    #[arg(long)]
    no_paths: bool,
    /// Show accounts with the retired Status in place of State
    #[arg(long)]
    old_status: bool,
    /// File with a fault script
    #[arg(long)]
    faults: Option<PathBuf>,
}

const HELP: &str = r#"Addresses choose what becomes of a CreateAccount or CreateGovCloudAccount request:
  ops+slow@example.com              finishes after 90 s (otherwise 2 to 6, GovCloud 6 to 12)
  ops+instant@example.com           finishes at once
  ops+INTERNAL_FAILURE@example.com  fails with that reason, documented or not
  an address in use                 fails with EMAIL_ALREADY_EXISTS

Fault script: a JSON array; the first entry that fits a call is taken:
  [{"operation": "CreateAccount", "calls": [1, 3], "kind": "lost"},
   {"calls": {"from": 20, "to": 25}, "kind": "throttle"}]
  kinds: throttle, internal, unavailable, timeout, lost (applied, then dropped),
  reset (dropped, not applied), denied, not_in_use, expired_token, repeat_token, empty,
  bare_error (of Account Management: HTTP 400 without an error code),
  resource_unavailable (of GetGovCloudAccountInformation: HTTP 424)
  "account": "111122223333" in an entry: only calls about that account, counted apart

Control endpoint: POST /_simulator/METHOD with JSON
  calls, reset_calls, terminal_requests, accounts, links, expire_tokens   no body
  set_faults    a fault script
  add_history   {"count": 100, "failed": 0.1, "govcloud": 0.1, "from": 1.7e9, "to": 1.8e9}
  add_row       a row of ListCreateAccountStatus, shown as it is
  start         {"name", "email", "outcome", "duration", "govcloud"}, each may be left out
  finish        {"id": "car-...", "outcome": "succeed" or {"fail": "REASON"}}
  forget        {"id": "car-..."}: listed no more, still described
  erase         {"id": "car-..."}: neither listed nor described
  set_caller            as the option
  set_trusted_access    true or false
  set_state             {"account", "state": "ACTIVE"}
  add_accounts          {"count": 200}: more members; answers their ids
  remove_account        {"account"}: it leaves the organization
  move_account          {"account", "unit": "ou-exam-sandboxes"}
  set_paths, set_old_status  true or false
  set_link              {"account", "govcloud", "state"}, no matter what they are
  clear_link            {"account"}
  set_link_unavailable  {"account", "calls": 2}: HTTP 424 that often; without calls for good
  set_link_available    {"account"}
  contacts              {"account"}: what is stored
  set_alternate_contact, remove_alternate_contact, set_primary_contact
                        {"account", "contact_type": "BILLING", "fields": {"Name": "..."}}, as
                        somebody else; the type and the fields where they make sense
"#;

fn caller(text: &str) -> Result<Caller, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .map_err(|error: ParseFloatError| error.to_string())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text
        .parse()
        .map_err(|error: ParseFloatError| error.to_string())?;
    let fits = (0.0..1.0).contains(&share);
    if fits {
        Ok(share)
    } else {
        Err("a scan would never end, or this is no share".to_owned())
    }
}

impl Args {
    fn options(&self) -> Result<Options, Box<dyn Error>> {
        let faults: Vec<Fault> = match &self.faults {
            Some(path) => serde_json::from_reader(File::open(path)?)
                .map_err(|error| format!("{}: {error}", path.display()))?,
            None => Vec::new(),
        };
        Ok(Options {
            accounts: self.accounts,
            account_limit: self.account_limit,
            seed: self.seed,
            latency: self.latency,
            quotas: self.quotas,
            lag: self.lag,
            empty_pages: self.empty_pages,
            caller: self.caller.clone(),
            trusted_access: !self.no_trusted_access,
            inactive_denied: !self.inactive_allowed,
            young_denied: self.young_denied,
            paths: !self.no_paths,
            old_status: self.old_status,
            faults,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let simulator = Simulator::new(args.options()?, Default::default());
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    writeln!(
        io::stdout(),
        "{}",
        serde_json::json!({ "endpoint": endpoint })
    )?;

    tokio::select! {
        served = server::serve(listener, simulator) => served?,
        _ = terminated.recv() => (),
        _ = interrupted.recv() => (),
    }
    Ok(())
}
