//! The doctor in the world.

use std::time::Duration;

use account_aws::Error;
use account_aws::clients::Clients;
use doctor::{Config, Report, Shell};
use lambda_runtime::LambdaEvent;
use serde_json::Value;

use super::{World, variable};

impl World {
    /// What the doctor says, with `vars` set beside (or instead of) the usual variables.
    pub async fn doctor(&self, vars: &[(&str, &str)]) -> Report {
        let timeout = Duration::from_secs(60);
        self.doctor_within(vars, timeout).await.unwrap()
    }

    /// The same with a Lambda timeout.
    ///
    /// # Errors
    /// The doctor's own.
    pub async fn doctor_within(
        &self,
        vars: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<Report, Error> {
        let lookup = |name: &str| variable(vars, name);
        let edge = self.edge();
        let config = Config::from_vars(&lookup).unwrap();
        let shell = Shell::new(config, &Clients::new(&lookup, &edge).unwrap(), edge.time);
        let context = self.context(timeout);
        let checkup = doctor::handle(&shell, LambdaEvent::new(Value::Null, context));
        self.until_death(&doctor::ACTIONS, checkup).await.unwrap()
    }
}
