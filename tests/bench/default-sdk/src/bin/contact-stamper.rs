//! The contact-stamper on the SDK's defaults.

use account_aws::metrics::Metrics;
use account_aws::{env, logs};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use contact_stamper::{Config, Shell, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logs::start(&env::process, std::io::stdout);
    let config = Config::from_vars(&env::process)?;
    let (clients, time) = default_sdk::clients().await;
    let metrics = Metrics::new(&env::process, std::io::stdout());
    let shell = Shell::new(config, &clients, time, metrics);
    run(service_fn(async |event: LambdaEvent<_>| {
        Box::pin(handle(&shell, event))
            .await
            .map_err(Diagnostic::from)
    }))
    .await
}
