//! Executions of the sweeps' state machine.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::ExecutionStatus;

use crate::Error;
use crate::clients::OnDemand;

/// IAM action of [`Executions::is_running`].
pub const DESCRIBE_EXECUTION: &str = "states:DescribeExecution";

/// AWS Step Functions, as far as sweeps ask it.
#[derive(Clone, Debug)]
pub struct Executions {
    client: OnDemand<Client>,
}

impl Executions {
    /// With this client.
    #[must_use]
    pub fn new(client: OnDemand<Client>) -> Self {
        Self { client }
    }

    /// Whether an execution still runs; one that Step Functions no longer knows does not ([`DescribeExecution`]).
    ///
    /// [`DescribeExecution`]: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
    ///
    /// # Errors
    /// Whatever else AWS answers.
    pub async fn is_running(&self, arn: &str) -> Result<bool, Error> {
        let call = self.client.get().describe_execution().execution_arn(arn);
        match call.send().await {
            Ok(answer) => Ok(matches!(
                answer.status,
                ExecutionStatus::Running | ExecutionStatus::PendingRedrive
            )),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_execution_does_not_exist()) =>
            {
                Ok(false)
            }
            Err(error) => Err(Error::call(DESCRIBE_EXECUTION, &error)),
        }
    }
}
