//! Clients as the SDK's own documentation makes them.

use account_aws::clients::Clients;
use account_aws::env;
use account_aws::metrics::Metrics;
use aws_config::BehaviorVersion;
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};

/// Clients with all defaults, and the system's clock.
pub async fn clients() -> (Clients, SharedTimeSource) {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let metrics = Metrics::new(&env::process, std::io::stdout());
    let time = SharedTimeSource::new(SystemTimeSource::new());
    (Clients::from_config(config, metrics), time)
}

/// The `main` of a function, whose crate is given: as its own, but for the clients.
#[macro_export]
macro_rules! function {
    ($name:ident) => {
        #[tokio::main(flavor = "current_thread")]
        async fn main() -> Result<(), lambda_runtime::Error> {
            use account_aws::{env, logs};
            use lambda_runtime::{Diagnostic, LambdaEvent, run, service_fn};
            use $name::{Config, Shell, handle};

            logs::start(&env::process, std::io::stdout);
            let config = Config::from_vars(&env::process)?;
            let (clients, time) = $crate::clients().await;
            let shell = Shell::new(config, &clients, time);
            run(service_fn(async |event: LambdaEvent<_>| {
                Box::pin(handle(&shell, event))
                    .await
                    .map_err(Diagnostic::from)
            }))
            .await
        }
    };
}
