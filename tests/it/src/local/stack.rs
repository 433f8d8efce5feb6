//! MiniStack, the simulator, and the real template deployed to them.

use std::ffi::OsStr;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::aws::{shown, text, variables};
use super::process::Process;
use super::wait::until;
use super::{Aws, Error, certificate, paths};

/// Step Functions' seconds: the minutes between two rounds of a sweep are three seconds here.
pub const WAIT_SCALE: f64 = 0.05;

/// The stack's name; each MiniStack has one.
const NAME: &str = "account-lifecycle";

/// Where samconfig.toml says that the policy is.
const POLICY_NAME: &str = "/account-lifecycle/policy";
/// Where it is in S3 instead.
const POLICY_OBJECT: (&str, &str) = ("policies", "account-lifecycle/policy.yaml");
/// Asks for all three alternate contacts.
const POLICY: &str = include_str!("policy.yaml");

/// AWS and an organization on this machine; dropping this ends them.
#[derive(Debug)]
pub struct Local {
    /// Calls MiniStack, and the simulator for Organizations and Account Management.
    pub aws: Aws,
    folder: PathBuf,
    simulator: String,
    vars: Vec<(&'static str, String)>,
    _programs: [Process; 2],
}

/// What a deployment made, by the template's outputs.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The creation poller's name.
    pub poller: String,
    /// The contact stamper's name.
    pub stamper: String,
    /// The topic's ARN.
    pub topic: String,
    /// The ledger's table.
    pub table: String,
    /// The stack's own bucket.
    pub bucket: String,
    /// The ARN of the state machine of the sweeps.
    pub machine: String,
    /// The auditor's name.
    pub auditor: String,
    /// The URL of the queue of what happened to accounts.
    pub contacts: String,
    /// The URLs of the queues of what could not be started, or failed.
    pub dead_letters: [String; 2],
}

impl Local {
    /// Starts both. `name` is the folder under `target/local` for their logs, and `authorize` has MiniStack enforce
    /// IAM policies; it enforces none otherwise.
    ///
    /// # Errors
    /// A tool is not installed, or a program did not come up; its log says why.
    pub fn start(name: &str, authorize: bool) -> Result<Self, Error> {
        let folder = paths::fresh(name)?;
        certificate::write(&folder)?;
        let (organization, simulator) = organization(&folder)?;
        let port = free_port()?;
        let vars = variables(&folder, &format!("https://127.0.0.1:{port}"), &simulator);
        let ministack = ministack(&folder, &vars, port, authorize)?;
        Ok(Self {
            aws: Aws::start(&vars)?,
            folder,
            simulator,
            vars,
            _programs: [ministack, organization],
        })
    }

    /// Puts the policy in its place, and deploys what `sam build` made, with the settings for `local` in samconfig.toml.
    ///
    /// # Errors
    /// The deployment failed; its log says why.
    pub fn deploy(&self) -> Result<Stack, Error> {
        self.put_policy(POLICY)?;
        self.deploy_with(&[])
    }

    /// The same with the policy in S3.
    ///
    /// # Errors
    /// As above.
    pub fn deploy_with_policy_in_s3(&self) -> Result<Stack, Error> {
        let (bucket, key) = POLICY_OBJECT;
        self.aws
            .call("s3", "create_bucket", json!({"Bucket": bucket}))?;
        let policy = json!({"Bucket": bucket, "Key": key, "Body": POLICY});
        self.aws.call("s3", "put_object", policy)?;
        self.deploy_with(&[&format!("PolicySource=s3://{bucket}/{key}")])
    }

    /// The same with sweeps that change contacts, at the full quotas, and that only this program starts; with a policy of
    /// one's own, where there is one.
    ///
    /// # Errors
    /// As above.
    pub fn deploy_for_sweeps(&self, policy: Option<&str>) -> Result<Stack, Error> {
        self.put_policy(policy.unwrap_or(POLICY))?;
        self.deploy_with(&[
            &format!("PolicySource=ssm:{POLICY_NAME}"),
            "SweepDryRun=false",
            "QuotaPercent=100",
            "ContactSweepSchedule=\"rate(365 days)\"",
            "GovCloudAuditSchedule=\"rate(365 days)\"",
        ])
    }

    fn put_policy(&self, policy: &str) -> Result<(), Error> {
        let policy = json!({"Name": POLICY_NAME, "Value": policy, "Type": "SecureString"});
        self.aws.call("ssm", "put_parameter", policy).map(drop)
    }

    /// `parameters` take the place of those in samconfig.toml, where there are any.
    fn deploy_with(&self, parameters: &[&str]) -> Result<Stack, Error> {
        let ids = [
            format!("OrganizationId={}", simulator::ORGANIZATION_ID),
            format!("ManagementAccountId={}", simulator::MANAGEMENT_ACCOUNT_ID),
        ];
        let mut more = Vec::new();
        if !parameters.is_empty() {
            more.push("--parameter-overrides");
            more.extend(ids.iter().map(String::as_str));
            more.extend(parameters);
        }
        for function in [
            "CreationPoller",
            "ContactStamper",
            "GovCloudAuditor",
            "OrganizationSweep",
            "Doctor",
        ] {
            paths::made(
                &format!(".aws-sam/build/{function}/bootstrap"),
                "make build",
            )?;
        }
        let log = self.folder.join("deploy.log");
        let mut command = Command::new(paths::tool("sam/bin/sam")?);
        command
            .args(["deploy", "--config-env", "local"])
            .args(more)
            .envs(self.vars.iter().cloned())
            .env("SAM_CLI_TELEMETRY", "0")
            .env("__SAM_CLI_APP_DIR", self.folder.join("tmp"));
        let status = Process::start(&command, &log)?.finish()?;
        if status.success() {
            self.stack()
        } else {
            Err(format!("sam deploy failed; see {}", shown(log)).into())
        }
    }

    fn stack(&self) -> Result<Stack, Error> {
        let described = self.aws.call(
            "cloudformation",
            "describe_stacks",
            json!({"StackName": NAME}),
        )?;
        let outputs = described["Stacks"][0]["Outputs"]
            .as_array()
            .ok_or("the stack has no outputs")?;
        let output = |key: &str| {
            let found = outputs.iter().find(|output| output["OutputKey"] == key);
            text(
                found.ok_or_else(|| format!("the stack has no output {key}"))?,
                "OutputValue",
            )
        };
        Ok(Stack {
            poller: output("CreationPollerName")?,
            stamper: output("ContactStamperName")?,
            topic: output("AnnouncementsArn")?,
            table: output("LedgerName")?,
            machine: output("SweepMachineArn")?,
            auditor: output("GovCloudAuditorName")?,
            bucket: output("StoreName")?,
            contacts: output("ContactsUrl")?,
            dead_letters: [output("DeadLettersUrl")?, output("ContactsDeadLettersUrl")?],
        })
    }

    /// Moves the simulated organization: a method of `simulator::Simulator` and its argument.
    ///
    /// # Errors
    /// The simulator refused.
    pub fn organization(&self, method: &str, argument: &Value) -> Result<Value, Error> {
        self.aws
            .post(&format!("{}/_simulator/{method}", self.simulator), argument)
    }

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    /// The function failed, or cannot be invoked.
    pub fn invoke(&self, function: &str, event: &Value) -> Result<Value, Error> {
        let input = json!({"FunctionName": function, "Payload": event.to_string()});
        let answer = self.aws.call("lambda", "invoke", input)?;
        let payload = text(&answer, "Payload")?;
        if answer.get("FunctionError").is_some() {
            return Err(format!("{function}: {payload}").into());
        }
        Ok(serde_json::from_str(&payload)?)
    }

    /// How many times the poller has finished, by its log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn runs(&self, stack: &Stack) -> Result<usize, Error> {
        let group = format!("/aws/lambda/{}", stack.poller);
        let query = json!({"logGroupName": group, "filterPattern": "\"REPORT RequestId\""});
        let found = self.aws.call("logs", "filter_log_events", query)?;
        Ok(found["events"].as_array().map_or(0, Vec::len))
    }

    /// The variables a function needs to reach this place, beside its own.
    pub(super) fn function_vars(&self) -> &[(&'static str, String)] {
        &self.vars
    }

    /// Where logs go.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn organization(folder: &Path) -> Result<(Process, String), Error> {
    let mut command = Command::new(paths::made(
        "target/debug/simulator",
        "cargo build --workspace --bins",
    )?);
    command.args(["--port", "0"]);
    let (process, line) = Process::start_and_read(&command, &folder.join("simulator.log"))?;
    let endpoint = text(&serde_json::from_str(&line)?, "endpoint")?;
    Ok((process, endpoint))
}

/// The bootstraps that MiniStack starts as functions inherit its environment: so they find the endpoints, and trust
/// its certificate. It is served as its own `--detach` does, since its foreground mode takes port 443 as well.
fn ministack(
    folder: &Path,
    vars: &[(&'static str, String)],
    port: u16,
    authorize: bool,
) -> Result<Process, Error> {
    let log = folder.join("ministack.log");
    let mut command = Command::new(paths::tool("ministack/bin/hypercorn")?);
    command
        .args([
            "ministack.app:app",
            "--keep-alive",
            "75",
            "--bind",
            &format!("127.0.0.1:{port}"),
        ])
        .args([
            OsStr::new("--certfile"),
            folder.join(certificate::FILE).as_os_str(),
        ])
        .args([
            OsStr::new("--keyfile"),
            folder.join(certificate::KEY).as_os_str(),
        ])
        .envs(vars.iter().cloned())
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_ACCOUNT_ID", simulator::MANAGEMENT_ACCOUNT_ID)
        .env("AUTH", authorize.to_string())
        .env("SFN_WAIT_SCALE", WAIT_SCALE.to_string())
        .env("USE_SSL", "1");
    let mut process = Process::start(&command, &log)?;
    until("MiniStack to listen", Duration::from_secs(60), || {
        if !process.lives() {
            return Err(format!("MiniStack ended; see {}", log.display()).into());
        }
        Ok(TcpStream::connect(("127.0.0.1", port)).ok())
    })?;
    Ok(process)
}

/// A port that was free a moment ago: another one at each call, and below those that outgoing connections take.
pub(super) fn free_port() -> Result<u16, Error> {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let port = |_| 20_000 + (process::id() * 64 + CALLS.fetch_add(1, Ordering::Relaxed)) % 12_000;
    let mut ports = (0..1000)
        .map(port)
        .filter_map(|port| u16::try_from(port).ok());
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or_else(|| "no free port".into())
}
