//! The creation-poller on the SDK's defaults.

default_sdk::function!(creation_poller);
