//! What Lambda tells of an invocation.

use account_core::ids::AccountId;
use lambda_runtime::Context;

/// The account that the function runs in: `arn:aws:lambda:us-east-1:111122223333:function:…`.
#[must_use]
pub fn own_account(context: &Context) -> Option<AccountId> {
    let mut parts = context.invoked_function_arn.split(':');
    parts.nth(4).and_then(|account| account.parse().ok())
}
