//! GovCloud links of accounts, through AWS Account Management.

use account_core::govcloud::{Link, Observation};
use aws_sdk_account::Client;
use aws_sdk_account::error::ProvideErrorMetadata;

use crate::Error;
use crate::clients::Clients;
use crate::contacts::{Target, refusal};
use crate::limiter::Share;
use crate::limits::Limits;

/// IAM action of [`GovCloud::link`].
pub const GET_LINK: &str = "account:GetGovCloudAccountInformation";

/// AWS publishes no rate for it: that of `GetAccountInformation` is assumed, per second and at once ([quotas]).
///
/// [quotas]: https://docs.aws.amazon.com/accounts/latest/reference/quotas.html
const RATE: (u32, u32) = (3, 3);

/// The links, asked for no faster than is assumed to be allowed.
#[derive(Clone, Debug)]
pub struct GovCloud {
    client: Client,
    limits: Limits,
}

impl GovCloud {
    /// With a client of its own.
    #[must_use]
    pub fn new(clients: &Clients, share: Share) -> Self {
        let limits = Limits::new(
            clients.metrics(),
            share,
            &[("GetGovCloudAccountInformation", RATE)],
        );
        let config = clients.account_config().interceptor(limits.clone());
        Self {
            client: Client::from_conf(config.build()),
            limits,
        }
    }

    /// How many attempts AWS throttled so far.
    #[must_use]
    pub fn throttles(&self) -> u32 {
        self.limits.throttles()
    }

    /// The link of a standard account ([`GetGovCloudAccountInformation`]). 404 is "not linked", 424 "ask again"; nothing
    /// else is taken for either.
    ///
    /// [`GetGovCloudAccountInformation`]: https://docs.aws.amazon.com/accounts/latest/reference/API_GetGovCloudAccountInformation.html
    ///
    /// # Errors
    /// Whatever else AWS answers.
    pub async fn link(&self, target: &Target) -> Result<Observation, Error> {
        self.limits.ready(GET_LINK).await;
        let call = self
            .client
            .get_gov_cloud_account_information()
            .set_standard_account_id(target.id());
        match call.send().await {
            Ok(answer) => Ok(Observation::linked(
                &answer.gov_cloud_account_id,
                answer.account_state.as_str(),
            )),
            Err(error) => match error.as_service_error().and_then(|error| error.code()) {
                Some("ResourceNotFoundException") => Ok(Observation::Link(Link::NotLinked)),
                Some("ResourceUnavailableException") => Ok(Observation::Unavailable),
                _ => Err(refusal(GET_LINK, &error)),
            },
        }
    }
}
