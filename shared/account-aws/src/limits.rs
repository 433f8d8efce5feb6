//! The limiters of one service's operations, told of every attempt that the SDK makes.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::limiter::{Limiter, Share};

/// Clones share their limiters: one is with the caller, who waits, and one with the SDK, which tells of its attempts.
#[derive(Clone, Debug)]
pub(crate) struct Limits(Arc<BTreeMap<&'static str, Limiter>>);

impl Limits {
    /// Limiters of operations that may be called so often a second, and so often at once.
    pub(crate) fn new(share: Share, operations: &[(&'static str, (u32, u32))]) -> Self {
        let limiters = operations
            .iter()
            .map(|(name, (rate, burst))| (*name, Limiter::new(*rate, *burst, share)));
        Self(Arc::new(limiters.collect()))
    }

    /// Waits until one more call of an IAM action, `service:Operation`, is within its quota.
    pub(crate) async fn ready(&self, action: &str) {
        if let Some(limiter) = self.of(action) {
            limiter.ready().await;
        }
    }

    /// How many attempts were throttled so far.
    pub(crate) fn throttles(&self) -> u32 {
        self.0.values().map(Limiter::throttles).sum()
    }

    fn of(&self, action: &str) -> Option<&Limiter> {
        self.0.get(action.rsplit(':').next().unwrap_or_default())
    }
}

#[dyn_dispatch_hint]
impl Intercept for Limits {
    fn name(&self) -> &'static str {
        "Limits"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map(Metadata::name);
        if let (Some(operation), Some(response)) = (operation, context.response())
            && let Some(limiter) = self.of(operation)
        {
            limiter.attempted(is_throttled(response));
        }
        Ok(())
    }
}

/// Account Management answers 429, Organizations 400 with a code.
fn is_throttled(response: &HttpResponse) -> bool {
    const CODE: &[u8] = b"TooManyRequestsException";
    let status = response.status().as_u16();
    let body = || response.body().bytes().unwrap_or_default();
    status == 429 || (status == 400 && body().windows(CODE.len()).any(|part| part == CODE))
}
