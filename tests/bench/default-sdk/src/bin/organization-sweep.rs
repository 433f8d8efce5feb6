//! The organization-sweep on the SDK's defaults.

default_sdk::function!(organization_sweep);
