//! Measures the functions beside two controls, prints the table, and writes `target/bench/results.json` and
//! `target/bench/comparison.svg`.
#![expect(clippy::print_stdout, reason = "a person reads this")]
#![expect(clippy::cast_precision_loss, reason = "figures are far below 2^52")]

use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Parser;
use it::bench::measure::{self, Pace};
use it::bench::{
    BOTO3, Case, Control, DEFAULT_SDK, DRAWN, Error, FUNCTIONS, OWN, Row, Target, picture, table,
};
use it::local::root;

/// What the quota lets through in a second, of reads of alternate contacts.
const READS: f64 = 10.0;
const LATENCY: Duration = Duration::from_millis(20);
/// Reads that are in flight.
const IN_FLIGHT: f64 = 10.0;

/// How long it takes.
#[derive(Debug, Parser)]
struct Options {
    /// Warm invocations before memory is measured.
    #[arg(long, env = "WARM", default_value_t = 1_000)]
    warm: usize,
    /// Further ones, over which it may grow. The poller, which the quota holds to four a second, makes a hundredth of
    /// them.
    #[arg(long, env = "MORE", default_value_t = 100_000)]
    more: usize,
    /// Only these functions, or `stack` for what is measured of all of them together.
    #[arg(long, env = "FUNCTIONS", value_delimiter = ',')]
    functions: Vec<String>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("The benchmark broke off: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all targets hold.
fn run(options: &Options) -> Result<bool, Error> {
    let mut rows = Vec::new();
    let is_asked =
        |it: &&str| options.functions.is_empty() || options.functions.contains(&(*it).to_owned());
    let functions: Vec<_> = FUNCTIONS.into_iter().filter(is_asked).collect();
    for function in &functions {
        println!("{function} …");
        rows.extend(of_start(function)?);
    }
    println!("memory …");
    rows.extend(of_memory(&functions, options)?);
    if is_asked(&"stack") {
        println!("the stack …");
        rows.extend(of_stack()?);
    }
    println!("\n{}", table(&rows));
    let folder = root().join("target/bench");
    fs::write(
        folder.join("results.json"),
        serde_json::to_string_pretty(&rows)?,
    )?;
    fs::write(folder.join("comparison.svg"), picture(&rows))?;
    let missed = rows.iter().filter(|row| !row.holds).count();
    println!("{} figures, {missed} targets missed", rows.len());
    Ok(missed == 0)
}

fn of_start(function: &'static str) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let mut case = Case::new(function, function)?;
    let (ours, first) = measure::instructions(OWN, &mut case)?;
    let (theirs, _) = measure::instructions(DEFAULT_SDK, &mut case)?;
    let mut add = |metric: &str, value, control, target| {
        rows.push(Row::new(function, metric, value, Some(control), target));
    };
    let sdk = |value| Control(DEFAULT_SDK.name, value);
    let millions = |count: u64| count as f64 / 1e6;
    add(
        "instructions, start to first next",
        (millions(ours.start), "M"),
        sdk(millions(theirs.start)),
        Target::AtMost(3.5),
    );
    let (hosts, calls) = (first.hosts as f64, first.calls as f64);
    add(
        &format!("instructions, first invocation ({hosts} hosts, {calls} calls)"),
        (millions(ours.first), "M"),
        sdk(millions(theirs.first)),
        Target::AtMost(5.0 + 3.5 * (hosts - 1.0) + (calls - 1.0)),
    );

    let millis = |it: Duration| it.as_secs_f64() * 1e3;
    let ours = millis(measure::cold(OWN, &mut case)?.cpu);
    let theirs = millis(measure::cold(DEFAULT_SDK, &mut case)?.cpu);
    let part = if first.hosts == 1 { 8.0 } else { 4.0 };
    add(
        DRAWN,
        (ours, "ms"),
        sdk(theirs),
        Target::RatioAtMost(1.0 / part),
    );
    if has_boto3(function) {
        let theirs = Control(BOTO3.name, millis(measure::cold(BOTO3, &mut case)?.cpu));
        add(DRAWN, (ours, "ms"), theirs, Target::RatioAtMost(1.0 / 40.0));
    }
    let most = if function == "creation-poller" {
        2.2
    } else {
        3.3
    };
    add(
        "zip",
        (megabytes(measure::zip(OWN, function)?), "MB"),
        sdk(megabytes(measure::zip(DEFAULT_SDK, function)?)),
        Target::AtMost(most),
    );
    Ok(rows)
}

/// The sweep's steps have no counterpart in Python.
fn has_boto3(function: &str) -> bool {
    function != "organization-sweep"
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Side by side: memory does not depend on how fast it goes.
fn of_memory(functions: &[&'static str], options: &Options) -> Result<Vec<Row>, Error> {
    let mut runs = Vec::new();
    for function in functions.iter().copied() {
        let more = match function {
            "creation-poller" => options.more / 100,
            _ => options.more,
        };
        let mut builds = vec![(OWN, more), (DEFAULT_SDK, 0)];
        builds.extend(has_boto3(function).then_some((BOTO3, 0)));
        for (build, more) in builds {
            let warm = options.warm;
            let name = format!("{function}-memory-{}", runs.len());
            let run = thread::spawn(move || {
                let case = Case::new(function, &name)?;
                measure::memory(build, &case, warm, more)
            });
            runs.push((function, build, more, run));
        }
    }
    let mut rows = Vec::new();
    let mut ours = 0.0;
    for (function, build, more, run) in runs {
        let (before, after) = run.join().or(Err("a measurement panicked"))??;
        if build == OWN {
            ours = megabytes(before);
            rows.push(Row::new(
                function,
                &format!("growth of peak RSS over {more} more"),
                (megabytes(after - before), "MB"),
                None,
                Target::AtMost(1.0),
            ));
        } else {
            rows.push(Row::new(
                function,
                &format!("peak RSS after {} warm invocations", options.warm),
                (ours, "MB"),
                Some(Control(build.name, megabytes(before))),
                Target::AtMost(9.0),
            ));
        }
    }
    Ok(rows)
}

fn of_stack() -> Result<Vec<Row>, Error> {
    let mut rows = Vec::new();
    let report = measure::report_step(50_000)? as f64 / 1e6;
    rows.push(Row::new(
        "organization-sweep",
        "report step at 50,000 accounts, peak RSS",
        (report, "MB"),
        None,
        Target::AtMost(96.0),
    ));
    let calls = measure::calls_of_tick(10_000)? as f64;
    let theirs = measure::calls_of_boto3_tick(10_000)? as f64;
    rows.push(Row::new(
        "creation-poller",
        "calls per tick, nothing new, 10,000 listed requests",
        (calls, "calls"),
        Some(Control(BOTO3.name, theirs)),
        Target::AtMost(5.0),
    ));

    let swept = measure::contact_sweep(OWN, 200, Pace::Quota)?;
    // The first read waits for nothing.
    let floor = (swept.reads as f64 - 1.0) / READS;
    rows.push(Row::new(
        "contact-stamper",
        "sweep of 200 accounts under quotas",
        (swept.wall.as_secs_f64(), "s"),
        Some(Control("the quota floor", floor)),
        Target::RatioAtMost(1.03),
    ));
    rows.push(Row::new(
        "contact-stamper",
        "throttled calls of that sweep",
        (swept.throttled as f64, "calls"),
        None,
        Target::AtMost(0.0),
    ));

    let ours = measure::contact_sweep(OWN, 1_000, Pace::Latency(LATENCY))?;
    let theirs = measure::contact_sweep(BOTO3, 1_000, Pace::Latency(LATENCY))?;
    let floor = ours.reads as f64 * LATENCY.as_secs_f64() / IN_FLIGHT;
    let metric = "sweep of 1,000 accounts without quotas, 20 ms latency, 10 in flight";
    rows.push(Row::new(
        "contact-stamper",
        metric,
        (ours.wall.as_secs_f64(), "s"),
        Some(Control("the latency floor", floor)),
        Target::RatioAtMost(1.05),
    ));
    rows.push(Row::new(
        "contact-stamper",
        metric,
        (ours.wall.as_secs_f64(), "s"),
        Some(Control(BOTO3.name, theirs.wall.as_secs_f64())),
        Target::None,
    ));
    rows.push(Row::new(
        "contact-stamper",
        "CPU of that sweep",
        (ours.cpu.as_secs_f64(), "s"),
        Some(Control(BOTO3.name, theirs.cpu.as_secs_f64())),
        Target::RatioAtMost(0.1),
    ));
    Ok(rows)
}
