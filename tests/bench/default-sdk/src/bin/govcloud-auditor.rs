//! The govcloud-auditor on the SDK's defaults.

default_sdk::function!(govcloud_auditor);
