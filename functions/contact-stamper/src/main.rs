//! Starts the contact stamper under the Lambda runtime.

use account_aws::clients::{Clients, Edge};
use account_aws::{env, logs};
use contact_stamper::{Config, Shell, handle};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logs::start(&env::process, std::io::stdout);
    let shell = start().inspect_err(|error| tracing::error!(kind = error.kind(), "{error}"))?;
    run(service_fn(async |event: LambdaEvent<_>| {
        // Boxed: the layers of the runtime around a future this deep overflow the compiler's limit.
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
