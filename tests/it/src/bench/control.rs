//! The programs that are compared: ours, the same handlers on the SDK's defaults, and boto3 with Powertools.

use std::path::{Path, PathBuf};

use crate::local::root;

use super::Error;
use super::case::vars;
use super::endpoint::Endpoint;

/// A way to build the functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    /// What it is called in the table.
    pub name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Own,
    DefaultSdk,
    Boto3,
}

/// As `sam build` leaves them.
pub const OWN: Build = Build {
    name: "ours",
    kind: Kind::Own,
};

/// `tests/bench/default-sdk`.
pub const DEFAULT_SDK: Build = Build {
    name: "default Rust SDK",
    kind: Kind::DefaultSdk,
};

/// `tests/bench/boto3`.
pub const BOTO3: Build = Build {
    name: "boto3 and Powertools",
    kind: Kind::Boto3,
};

impl Build {
    /// The program of a function.
    pub(super) fn command(self, function: &str) -> Result<Vec<String>, Error> {
        if self.kind == Kind::Boto3 {
            let python = root().join(".venvs/bench/bin/python");
            let module = function.replace('-', "_");
            let arguments = ["-m", "awslambdaric", &format!("{module}.handler")];
            let command = [&python.display().to_string()[..]];
            let command = command.into_iter().chain(arguments);
            return Ok(command.map(str::to_owned).collect());
        }
        let program = self.bootstrap(function).display().to_string();
        if !Path::new(&program).exists() {
            return Err(format!("{program} is not there: run `make bench`").into());
        }
        Ok(vec![program])
    }

    /// The built program.
    pub(super) fn bootstrap(self, function: &str) -> PathBuf {
        if self.kind == Kind::DefaultSdk {
            return root()
                .join("target/bench/default-sdk/release")
                .join(function);
        }
        let logical = match function {
            "creation-poller" => "CreationPoller",
            "contact-stamper" => "ContactStamper",
            "govcloud-auditor" => "GovCloudAuditor",
            _ => "OrganizationSweep",
        };
        root().join(format!(".aws-sam/build/{logical}/bootstrap"))
    }

    /// The variables of its functions. The controls read the system's roots, as they do by default.
    pub(super) fn vars(self, endpoint: &Endpoint) -> Vec<(String, String)> {
        let roots = match self.kind {
            Kind::Own => endpoint.few_roots(),
            Kind::DefaultSdk | Kind::Boto3 => endpoint.all_roots(),
        };
        let mut vars = vars(endpoint, &roots);
        let code = root().join("tests/bench/boto3").display().to_string();
        let more = [
            ("AWS_DEFAULT_REGION", "us-east-1"),
            // A service has its own; this one says that S3 is no real one, and has no host for each bucket.
            ("AWS_ENDPOINT_URL", "https://localhost:1"),
            ("PATH", "/usr/bin:/bin"),
            ("PYTHONPATH", &code),
            ("POWERTOOLS_SERVICE_NAME", "bench"),
        ];
        if self.kind != Kind::Own {
            let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
            vars.extend(more);
        }
        vars
    }
}
