//! Metrics: one line in CloudWatch's [embedded metric format] for each invocation, in the namespace [`NAMESPACE`], with the
//! function's name as their dimension.
//!
//! [embedded metric format]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use aws_smithy_async::time::SharedTimeSource;
use metrique_writer_core::format::Format;
use metrique_writer_core::{Entry, EntryWriter};
use metrique_writer_format_emf::Emf;

use crate::env::Lookup;

/// Of all metrics.
pub const NAMESPACE: &str = "AccountLifecycle";
/// The dimension of all metrics.
pub const DIMENSION: &str = "FunctionName";

const COLD_STARTS: &str = "ColdStarts";
const THROTTLED: &str = "Throttled";
const QUOTA: &str = "QuotaMilliseconds";
const ALWAYS: [&str; 2] = [THROTTLED, QUOTA];

/// What an invocation counts; clones share it.
#[derive(Clone)]
pub struct Metrics(Arc<Mutex<State>>);

struct State {
    is_cold: bool,
    /// Microseconds in which AWS's published rate would have allowed the calls, for each operation.
    quotas: BTreeMap<&'static str, u64>,
    emf: Emf,
    line: Line,
    out: Box<dyn Write + Send>,
}

struct Line {
    function: String,
    time: SystemTime,
    values: BTreeMap<&'static str, u64>,
}

impl Entry for Line {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        writer.timestamp(self.time);
        writer.value(DIMENSION, &self.function);
        for (name, value) in &self.values {
            writer.value(*name, value);
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Metrics")
    }
}

impl Metrics {
    /// Metrics of the function that Lambda's variable names, written to `out`.
    pub fn new(vars: &impl Lookup, out: impl Write + Send + 'static) -> Self {
        let dimensions = vec![vec![DIMENSION.to_owned()]];
        Self(Arc::new(Mutex::new(State {
            is_cold: true,
            quotas: BTreeMap::new(),
            emf: Emf::no_validations(NAMESPACE.to_owned(), dimensions),
            line: Line {
                function: vars("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
                time: SystemTime::UNIX_EPOCH,
                values: BTreeMap::new(),
            },
            out: Box::new(out),
        })))
    }

    /// An invocation begins, whose line shall have these metrics even where nothing happens.
    pub fn begin(&self, names: &[&'static str]) {
        let mut state = self.state();
        state.quotas.clear();
        let names = ALWAYS.iter().chain(names);
        state.line.values = names.map(|name| (*name, 0)).collect();
        let is_cold = std::mem::take(&mut state.is_cold);
        state.line.values.insert(COLD_STARTS, is_cold.into());
    }

    /// Counts so many more.
    pub fn add(&self, name: &'static str, count: u64) {
        *self.state().line.values.entry(name).or_default() += count;
    }

    /// The largest of what is told.
    pub fn most(&self, name: &'static str, value: u64) {
        let mut state = self.state();
        let most = state.line.values.entry(name).or_default();
        *most = value.max(*most);
    }

    /// An attempt of an operation, which AWS's published quota allows `rate` times a second.
    pub(crate) fn attempt(&self, operation: &'static str, rate: u32, is_throttled: bool) {
        let State { quotas, line, .. } = &mut *self.state();
        let used = quotas.entry(operation).or_default();
        *used += 1_000_000 / u64::from(rate);
        let most = line.values.entry(QUOTA).or_default();
        *most = (*used / 1_000).max(*most);
        *line.values.entry(THROTTLED).or_default() += u64::from(is_throttled);
    }

    /// The invocation ends: writes its line.
    pub fn end(&self, time: &SharedTimeSource) {
        let State { emf, line, out, .. } = &mut *self.state();
        line.time = time.now();
        let written = emf.format(line, out);
        if written.is_err() {
            tracing::warn!("the metrics of this invocation could not be written");
        }
        line.values.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    /// What was written.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_invocation_is_one_line_of_the_format() {
        let lines = Lines::default();
        let vars = |name: &str| (name == "AWS_LAMBDA_FUNCTION_NAME").then(|| "poller".to_owned());
        let metrics = Metrics::new(&vars, lines.clone());
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_428_000_123);
        let time = SharedTimeSource::new(aws_smithy_async::time::StaticTimeSource::new(time));

        metrics.begin(&["Announced", "Redriven"]);
        metrics.add("Announced", 2);
        metrics.add("Announced", 1);
        metrics.most("SecondsToAnnounced", 70);
        metrics.most("SecondsToAnnounced", 7);
        metrics.end(&time);
        metrics.begin(&[]);
        metrics.add("Announced", 1);
        metrics.end(&time);

        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let values = |line: &Value| {
            let names = [
                "FunctionName",
                "ColdStarts",
                "Announced",
                "Redriven",
                "SecondsToAnnounced",
            ];
            names.map(|name| line[name].clone())
        };
        assert_eq!(
            values(&lines[0]),
            [json!("poller"), json!(1), json!(3), json!(0), json!(70)]
        );
        let rest = [
            json!("poller"),
            json!(0),
            json!(1),
            Value::Null,
            Value::Null,
        ];
        assert_eq!(values(&lines[1]), rest);
        assert_eq!(lines.len(), 2);
        let head = &lines[0]["_aws"];
        assert_eq!(head["Timestamp"], 1_795_428_000_123_u64);
        let directive = &head["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], NAMESPACE);
        assert_eq!(directive["Dimensions"], json!([[DIMENSION]]));
        let names = directive["Metrics"].as_array().unwrap().iter();
        let names: Vec<_> = names
            .map(|metric| metric["Name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "Announced",
                "ColdStarts",
                "QuotaMilliseconds",
                "Redriven",
                "SecondsToAnnounced",
                "Throttled"
            ]
        );
    }
}
