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
use crate::metrics::Metrics;

/// Clones share their limiters: one is with the caller, who waits, and one with the SDK, which tells of its attempts.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    limiters: Arc<BTreeMap<&'static str, Limiter>>,
    metrics: Metrics,
}

impl Limits {
    /// Limiters of operations that may be called so often a second, and so often at once.
    pub(crate) fn new(
        metrics: &Metrics,
        share: Share,
        operations: &[(&'static str, (u32, u32))],
    ) -> Self {
        let limiters = operations
            .iter()
            .map(|(name, (rate, burst))| (*name, Limiter::new(*rate, *burst, share)));
        Self {
            limiters: Arc::new(limiters.collect()),
            metrics: metrics.clone(),
        }
    }

    /// Waits until one more call of an IAM action, `service:Operation`, is within its quota.
    pub(crate) async fn ready(&self, action: &str) {
        let operation = action.rsplit(':').next().unwrap_or_default();
        if let Some(limiter) = self.limiters.get(operation) {
            limiter.ready().await;
        }
    }

    /// How many attempts were throttled so far.
    pub(crate) fn throttles(&self) -> u32 {
        self.limiters.values().map(Limiter::throttles).sum()
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
            && let Some((operation, limiter)) = self.limiters.get_key_value(operation)
        {
            let is_throttled = is_throttled(response);
            limiter.attempted(is_throttled);
            self.metrics
                .attempt(operation, limiter.rate(), is_throttled);
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
