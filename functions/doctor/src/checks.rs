//! The checks, one after the other: each is a few reads, and what they mean is decided elsewhere.

use account_aws::Error;
use account_aws::contacts::Target;
use account_core::contact::ContactType;
use account_core::ids::AccountId;
use account_core::preflight::{self, Line, Verdict};
use account_core::sweep::Sweep;

use crate::Shell;

impl Shell {
    /// All of them. `own` is the account that the function runs in.
    pub(crate) async fn check(&self, own: Option<&AccountId>) -> Vec<Line> {
        let config = &self.config;
        let mut lines = match self.preflight.organization().await {
            Ok(found) => preflight::organization(&found, &config.organization, &config.management),
            Err(error) => vec![told("organization", &error)],
        };
        // Creation requests are read without it.
        if config.policy.is_some() || config.has_govcloud {
            let trusted = self.preflight.has_trusted_access().await;
            let line = trusted.map(preflight::trusted_access);
            lines.push(or_told("trustedAccess", line));
        }
        if let Some(own) = own {
            lines.push(self.account(own).await);
            lines.push(preflight::events(&config.region, own, &config.management));
        }
        lines.push(self.trail(own == Some(&config.management)).await);
        lines.extend(self.permissions().await);
        lines.extend(self.policy().await);
        let confirmed = self.preflight.subscriptions(&config.topic).await;
        lines.extend(match confirmed {
            Ok(confirmed) => preflight::topic(confirmed, config.policy.is_some()),
            Err(error) => vec![told("topic", &error)],
        });
        let confirmed = self.preflight.subscriptions(&config.alarms).await;
        lines.push(or_told("alarms", confirmed.map(preflight::alarms)));
        lines.push(self.dead_letters().await);
        lines
    }

    async fn account(&self, own: &AccountId) -> Line {
        let management = &self.config.management;
        // The management account is none to be delegated to.
        let is_delegated = if own == management {
            Ok(false)
        } else {
            self.preflight.is_delegated(own).await
        };
        let line = is_delegated.map(|it| preflight::account(own, management, it));
        or_told("account", line)
    }

    async fn trail(&self, is_management: bool) -> Line {
        let answers = match self.preflight.trails(&self.config.region).await {
            Ok(answers) => answers,
            Err(error) => return told("trail", &error),
        };
        let (mut trails, mut refused) = (Vec::new(), None);
        for answer in answers {
            match answer {
                Ok(trail) => trails.push(trail),
                Err(error) => refused = Some(error),
            }
        }
        let line = preflight::trail(&trails, &self.config.management, is_management);
        match refused {
            // One that tells is enough; else it may be the one that was refused. To another account than its own CloudTrail does
            // not show what a trail of the organization records.
            Some(error) if line.verdict == Verdict::Problem => told("trail", &error),
            Some(error) => {
                tracing::warn!(kind = error.kind(), "{error}");
                line
            }
            None => line,
        }
    }

    /// A harmless call of each kind that the functions make.
    async fn permissions(&self) -> Vec<Line> {
        let mut requests = self.organizations.requests(&[]);
        let mut lines = vec![
            called("requests", requests.page().await),
            called("ledger", self.ledger.lock_holder(Sweep::Contacts).await),
            called("bucket", self.bucket.find("policy/accepted", 1 << 20).await),
        ];
        match self.organizations.some_member(&self.config.management).await {
            Ok(Some(member)) => lines.extend(self.of_member(member).await),
            Ok(None) => lines.push(Line::not_provable(
                "contacts",
                "none of the first twenty accounts is an active member whose contacts could be read",
            )),
            Err(error) => lines.push(told("accounts", &error)),
        }
        lines
    }

    async fn of_member(&self, member: AccountId) -> Vec<Line> {
        let target = Target::Member(member);
        let mut lines = Vec::new();
        if self.config.policy.is_some() {
            let contact = self.contacts.alternate(&target, ContactType::Security);
            lines.push(called("contacts", contact.await));
            lines.push(Line::not_provable(
                "writingContacts",
                "only a write proves that no policy of the organization forbids it: start with one account, {\"accounts\": [\"…\"]} to the contact stamper",
            ));
        }
        if self.config.has_govcloud {
            lines.push(called("links", self.govcloud.link(&target).await));
        }
        lines
    }

    async fn policy(&self) -> Option<Line> {
        let document = self.policies.as_ref()?.read().await;
        let line = document.map(|document| preflight::policy(&document.0));
        Some(or_told("policy", line))
    }

    async fn dead_letters(&self) -> Line {
        let mut waiting = 0;
        for queue in &self.config.dead_letters {
            match self.preflight.waiting(queue).await {
                Ok(count) => waiting += count,
                Err(error) => return told("deadLetters", &error),
            }
        }
        preflight::dead_letters(waiting)
    }
}

fn called<T>(check: &'static str, answer: Result<T, Error>) -> Line {
    or_told(check, answer.map(|_| Line::ok(check, "AWS answers")))
}

fn or_told(check: &'static str, line: Result<Line, Error>) -> Line {
    line.unwrap_or_else(|error| told(check, &error))
}

/// A refusal says what to do; an answer that did not come, or not whole, says nothing.
fn told(check: &'static str, error: &Error) -> Line {
    if error.is_passing() || matches!(error, Error::BrokenListing { .. }) {
        return Line::not_provable(check, format!("{error}; run the doctor again"));
    }
    Line::problem(check, error.to_string())
}
