//! What is measured.

use std::process::Command;
use std::time::{Duration, Instant};

use chrono::Utc;
use serde_json::{Value, json};
use simulator::{MANAGEMENT_ACCOUNT_ID, Options};

use crate::local::root;
use crate::world::{Ended, Sweeping, World};

use super::Error;
use super::callgrind::{self, Instructions};
use super::case::{Case, POLICY, batch, folder, history, put_batch};
use super::control::{BOTO3, Build, OWN};
use super::endpoint::{Counts, Endpoint};
use super::program::Program;

/// Cold starts of which the median is taken.
pub const STARTS: usize = 21;

/// As fast as the function can: far above any quota.
const UNLIMITED: (&str, &str) = ("QUOTA_PERCENT", "10000000");

/// A first invocation.
#[derive(Clone, Copy, Debug)]
pub struct First {
    /// From start until it asked for its second event.
    pub cpu: Duration,
    /// AWS calls.
    pub calls: usize,
    /// Hosts that they went to.
    pub hosts: usize,
}

/// Instructions of a first invocation, and the calls and hosts in it.
///
/// # Errors
/// A program is not there, or valgrind is not.
pub fn instructions(build: Build, case: &mut Case) -> Result<(Instructions, First), Error> {
    let command = build.command(case.function)?;
    let mut vars = build.vars(&case.endpoint);
    let with_file = callgrind::count(&command, &vars, &case.folder, None)?;
    let event = case.event();
    case.endpoint.take_counts();
    let all = callgrind::count(&command, &vars, &case.folder, Some(&event))?;
    let counts = case.endpoint.take_counts();
    // The functions know Amazon's roots; only to trust this machine they read a file.
    let start = if build == OWN {
        vars.retain(|(name, _)| name != "SSL_CERT_FILE");
        callgrind::count(&command, &vars, &case.folder, None)?
    } else {
        with_file
    };
    let first = all - with_file;
    Ok((
        Instructions { start, first },
        self::first(Duration::ZERO, &counts),
    ))
}

fn first(cpu: Duration, counts: &Counts) -> First {
    First {
        cpu,
        calls: counts.values().sum(),
        hosts: counts.len(),
    }
}

/// The median of cold starts, each with its first invocation.
///
/// # Errors
/// A program is not there, or it failed.
pub fn cold(build: Build, case: &mut Case) -> Result<First, Error> {
    let command = build.command(case.function)?;
    let vars = build.vars(&case.endpoint);
    let mut samples = Vec::new();
    // What is new for a program is not so for the next one.
    for _ in 0..=STARTS {
        let event = case.event();
        case.endpoint.take_counts();
        let mut program = Program::start(&command, &vars)?;
        program.invoke(&event)?;
        samples.push(first(program.cpu()?, &case.endpoint.take_counts()));
    }
    samples.remove(0);
    samples.sort_by_key(|sample| sample.cpu);
    Ok(samples[STARTS / 2])
}

/// The most memory after so many invocations, and after so many more, in bytes.
///
/// # Errors
/// A program is not there, or it failed.
pub fn memory(build: Build, case: &Case, warm: usize, more: usize) -> Result<(u64, u64), Error> {
    let mut vars = build.vars(&case.endpoint);
    vars.push((UNLIMITED.0.to_owned(), UNLIMITED.1.to_owned()));
    let mut program = Program::start(&build.command(case.function)?, &vars)?;
    let event = case.warm_event();
    for _ in 0..warm {
        program.invoke(&event)?;
    }
    let before = program.peak()?;
    for _ in 0..more {
        program.invoke(&event)?;
    }
    Ok((before, program.peak()?))
}

/// The size of the package that is uploaded, in bytes.
///
/// # Errors
/// A program is not there.
pub fn zip(build: Build, function: &str) -> Result<u64, Error> {
    let zip = folder("zip")?.join(format!("{function}.zip"));
    let script = "import sys, zipfile\n\
        with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as zip: zip.write(sys.argv[2], 'bootstrap')";
    let python = root().join(".venvs/boto3/bin/python");
    let done = Command::new(python)
        .args(["-c", script])
        .args([&zip, &build.bootstrap(function)])
        .status()?;
    if !done.success() {
        return Err(format!("{function} cannot be packed").into());
    }
    Ok(zip.metadata()?.len())
}

/// AWS calls of a tick where nothing is new, with so many listed requests: ours, in virtual time.
///
/// # Errors
/// The runtime cannot be started.
pub fn calls_of_tick(listed: usize) -> Result<usize, Error> {
    paused(async {
        let world = World::new(Options::default());
        history(&world, listed);
        let poller = world.cold_poller(&[]);
        world.run(&poller, json!({"job": "tick"})).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        world.forget_calls();
        world.run(&poller, json!({"job": "tick"})).await;
        world.calls_so_far()
    })
}

/// The same of boto3, whose second tick is counted.
///
/// # Errors
/// The program is not there, or it failed.
pub fn calls_of_boto3_tick(listed: usize) -> Result<usize, Error> {
    let world = World::at(Utc::now(), Options::default());
    history(&world, listed);
    let endpoint = Endpoint::start(&world, &folder("boto3-tick")?)?;
    let command = BOTO3.command("creation-poller")?;
    let mut program = Program::start(&command, &BOTO3.vars(&endpoint))?;
    let tick = json!({"job": "tick"}).to_string();
    program.invoke(&tick)?;
    endpoint.take_counts();
    program.invoke(&tick)?;
    Ok(endpoint.take_counts().values().sum())
}

/// The most memory of the step that reports so many accounts, in bytes.
///
/// # Errors
/// The program is not there, or it failed.
pub fn report_step(accounts: usize) -> Result<u64, Error> {
    let world = World::new(Options {
        accounts,
        ..Options::default()
    });
    world
        .parameters
        .put("policy", &POLICY.replace("enforce", "audit"));
    let mut payload = Value::Null;
    let ended = paused(async {
        let sweeping = Sweeping::new("bench", json!({"kind": "contacts"}));
        world
            .sweep_with(&sweeping, &mut |_, step, state| {
                if step == "report" {
                    payload = json!({"step": "report", "sweep": state});
                }
            })
            .await
    })?;
    if !matches!(ended, Ended::Done(_)) {
        return Err(format!("the sweep ended otherwise: {ended:?}").into());
    }
    let execution = "arn:aws:states:us-east-1:111122223333:execution:account-lifecycle-organization-sweep:bench";
    // The sweep has given it back.
    world.give_lock(execution);
    payload["execution"] = execution.into();
    payload["started"] = payload["sweep"]["started"].clone();
    let endpoint = Endpoint::start(&world, &folder("report")?)?;
    let mut program = Program::start(&OWN.command("organization-sweep")?, &OWN.vars(&endpoint))?;
    program.invoke(&payload.to_string())?;
    program.peak()
}

/// A sweep over contacts.
#[derive(Clone, Copy, Debug)]
pub struct Swept {
    /// From its first batch to the answer to its last.
    pub wall: Duration,
    /// What the program took meanwhile.
    pub cpu: Duration,
    /// Calls that AWS throttled.
    pub throttled: u64,
    /// Reads of contacts.
    pub reads: u64,
}

/// Reads the contacts of so many accounts, in batches of a hundred.
///
/// # Errors
/// A program is not there, or it failed.
pub fn contact_sweep(build: Build, accounts: usize, pace: Pace) -> Result<Swept, Error> {
    let options = Options {
        accounts: accounts + 1,
        quotas: pace == Pace::Quota,
        latency: match pace {
            Pace::Quota => Duration::ZERO,
            Pace::Latency(latency) => latency,
        },
        ..Options::default()
    };
    let world = World::at(Utc::now(), options);
    world.parameters.put("policy", POLICY);
    let mut ids: Vec<_> = world.simulator.accounts().into_keys().collect();
    ids.retain(|id| id != MANAGEMENT_ACCOUNT_ID);
    let batches: Vec<_> = ids.chunks(100).collect();
    for (number, ids) in batches.iter().enumerate() {
        put_batch(&world, ids, number);
    }
    let endpoint = Endpoint::start(&world, &folder("sweep")?)?;
    let mut vars = build.vars(&endpoint);
    let percent = match pace {
        Pace::Quota => "100",
        Pace::Latency(_) => UNLIMITED.1,
    };
    vars.push(("QUOTA_PERCENT".to_owned(), percent.to_owned()));
    let mut program = Program::start(&build.command("contact-stamper")?, &vars)?;
    let begun = (Instant::now(), program.cpu()?);
    for number in 0..batches.len() {
        program.invoke(&batch("contacts", "plan", number).to_string())?;
    }
    let (wall, cpu) = (begun.0.elapsed(), program.cpu()? - begun.1);
    let calls = world.simulator.calls();
    let reads = calls.get("GetAlternateContact");
    Ok(Swept {
        wall,
        cpu,
        throttled: calls.values().map(|count| count.throttled).sum(),
        reads: reads.map_or(0, |count| count.calls),
    })
}

/// What holds a sweep back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// AWS's quota.
    Quota,
    /// Only that each answer takes so long.
    Latency(Duration),
}

/// In virtual time.
fn paused<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    Ok(runtime.block_on(work))
}
