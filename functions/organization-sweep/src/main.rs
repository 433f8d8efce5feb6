//! Starts the steps of the sweeps under the Lambda runtime.

use account_aws::clients::{Clients, Edge};
use account_aws::{env, logs};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use organization_sweep::{Config, Shell, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logs::start(&env::process, std::io::stdout);
    let shell = start().inspect_err(|error| tracing::error!(kind = error.kind(), "{error}"))?;
    run(service_fn(async |event: LambdaEvent<_>| {
        Box::pin(handle(&shell, event))
            .await
            .map_err(Diagnostic::from)
    }))
    .await
}

fn start() -> Result<Shell, account_aws::Error> {
    let edge = Edge::real(&env::process)?;
    let config = Config::from_vars(&env::process)?;
    let clients = Clients::new(&env::process, &edge)?;
    Ok(Shell::new(config, &clients, edge.time))
}
