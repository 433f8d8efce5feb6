//! Whether a call that failed may have taken effect all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::Error;

/// Hears the attempts of one call. One that AWS did not refuse may have taken effect, whatever a later attempt is told: it
/// got no answer, that of a broken service, or a success that could not be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubt(Arc<AtomicBool>);

impl Doubt {
    /// What the failure of the call means: a last attempt that was refused does not take back an earlier one.
    pub(crate) fn weigh(&self, action: &'static str, error: Error) -> Error {
        if self.0.load(Ordering::Relaxed) {
            Error::unusable(action, "an attempt without a whole answer")
        } else {
            error
        }
    }
}

impl Intercept for Doubt {
    fn name(&self) -> &'static str {
        "Doubt"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context.response().map(|it| it.status().as_u16());
        if status.is_none_or(|status| !(400..500).contains(&status)) {
            self.0.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}
