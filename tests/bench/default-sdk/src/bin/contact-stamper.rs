//! The contact-stamper on the SDK's defaults.

default_sdk::function!(contact_stamper);
