//! One account: what is it, what is asked of it, how are its contacts, what is to be done.

use account_aws::contacts::Target;
use account_aws::ledger::{FingerprintKey, Remembered};
use account_aws::organizations::AccountFacts;
use account_aws::{Error, clock};
use account_core::contact::{Contact, ContactType, Field};
use account_core::ids::AccountId;
use account_core::policy::{Facts, Standard, standard};
use account_core::primary::{PrimaryContact, PrimaryField};
use account_core::stamp::{Circumstances, Decision, Permit, Reading, decide, decide_primary};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::Shell;
use crate::policy::Loaded;

/// The name of the primary contact beside the three types.
pub(crate) const PRIMARY: &str = "PRIMARY";

/// An account that joined less than this ago may still be denied: AWS is not done with it.
const YOUNG: TimeDelta = TimeDelta::minutes(30);

/// What a removal leaves behind, for fingerprints.
const REMOVED: &str = "removed";

/// What is to be done about one account.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) account: AccountId,
    pub(crate) target: Target,
    pub(crate) standard: Standard,
    pub(crate) alternates: Vec<Planned<ContactType, Contact, Field>>,
    pub(crate) primary: Option<Planned<&'static str, PrimaryContact, PrimaryField>>,
    pub(crate) policy_version: String,
    pub(crate) key: FingerprintKey,
    /// The account joined a short while ago: AWS may not be done with it.
    pub(crate) is_young: bool,
    /// Something may go better soon: AWS was busy, or the account is too young.
    pub(crate) again: bool,
}

/// What is to be done about one contact.
#[derive(Debug)]
pub(crate) struct Planned<K, T, F> {
    pub(crate) kind: K,
    pub(crate) decision: Decision<T, F>,
    pub(crate) own: Option<Remembered>,
}

/// What became of the question what is to be done.
#[derive(Debug)]
pub(crate) enum Look {
    /// This.
    Plan(Box<Plan>),
    /// Nothing, for good.
    Skip(String),
    /// Nothing yet: ask again later.
    Later(String),
}

impl Shell {
    /// Looks at an account and decides.
    ///
    /// # Errors
    /// What keeps all accounts from being looked at: no policy, no ledger.
    pub(crate) async fn look(
        &self,
        account: &AccountId,
        own: Option<&AccountId>,
        permit: Permit,
    ) -> Result<Look, Error> {
        let policy = self.policy().await?;
        if *account == self.config.management && own != Some(account) {
            return Ok(Look::Skip(
                "the management account is out of reach from here".to_owned(),
            ));
        }
        let facts = match self.organizations.account(account).await {
            Ok(Some(facts)) => facts,
            Ok(None) => {
                // A new one may not be visible yet.
                return Ok(Look::Later(
                    "not an account of this organization".to_owned(),
                ));
            }
            Err(error) => return Ok(self.unreadable(&error)),
        };
        match facts.state.as_str() {
            "ACTIVE" => (),
            "PENDING_ACTIVATION" => {
                return Ok(Look::Later("the account is not active yet".to_owned()));
            }
            state => return Ok(Look::Skip(format!("the account is {state}"))),
        }
        let Some(units) = facts.units.clone() else {
            return Ok(Look::Later(
                "AWS gives no path of organizational units".to_owned(),
            ));
        };
        let tags = if policy.policy.uses_tags() {
            self.organizations.tags(account).await
        } else {
            Ok(Default::default())
        };
        let tags = match tags {
            Ok(tags) => tags,
            Err(error) => return Ok(self.unreadable(&error)),
        };
        let asked = Facts {
            account: account.clone(),
            units,
            tags,
        };
        let Some(standard) = standard(&policy.policy, &asked) else {
            return Ok(Look::Skip("excluded by the policy".to_owned()));
        };
        let target = if own == Some(account) {
            Target::Own
        } else {
            Target::Member(account.clone())
        };
        self.plan(target, &facts, standard, asked.account, policy, permit, own)
            .await
            .map(|plan| Look::Plan(Box::new(plan)))
    }

    /// Whatever keeps an account from being looked at, its record must not be lost: it comes again, then it is a dead
    /// letter.
    fn unreadable(&self, error: &Error) -> Look {
        tracing::error!(kind = error.kind(), "{error}");
        Look::Later(error.kind().to_owned())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "everything that is known before the contacts are read"
    )]
    async fn plan(
        &self,
        target: Target,
        facts: &AccountFacts,
        standard: Standard,
        account: AccountId,
        policy: Loaded,
        permit: Permit,
        own_account: Option<&AccountId>,
    ) -> Result<Plan, Error> {
        let now = clock::now(&self.time);
        let key = self.key().await?;
        let is_young = facts.joined.is_none_or(|joined| now - joined < YOUNG);
        let mut again = false;
        let mut alternates = Vec::new();
        for (kind, asked) in &standard.contacts {
            let own = self.ledger.own_write(&account, kind.as_str()).await?;
            let reading = reading(
                self.contacts.alternate(&target, *kind).await,
                is_young,
                &mut again,
            );
            let circumstances = Circumstances {
                own: own.as_ref().map(|own| &own.own),
                permit,
                now,
            };
            let decision = decide(asked, &reading, &circumstances, |contact| {
                alternate_fingerprint(&key, contact)
            });
            alternates.push(Planned {
                kind: *kind,
                decision,
                own,
            });
        }
        let primary = match &standard.primary {
            None => None,
            Some(asked) => {
                let own = self.ledger.own_write(&account, PRIMARY).await?;
                let reading = reading(self.contacts.primary(&target).await, is_young, &mut again);
                let untouched = self
                    .is_untouched(&target, &reading, facts, own_account, &mut again)
                    .await;
                let circumstances = Circumstances {
                    own: own.as_ref().map(|own| &own.own),
                    permit,
                    now,
                };
                let fingerprint = |contact: &PrimaryContact| primary_fingerprint(&key, contact);
                let decision =
                    decide_primary(asked, &reading, untouched, &circumstances, fingerprint);
                Some(Planned {
                    kind: PRIMARY,
                    decision,
                    own,
                })
            }
        };
        Ok(Plan {
            account,
            target,
            standard,
            alternates,
            primary,
            policy_version: policy.version,
            key,
            is_young,
            again,
        })
    }

    /// Whether a member's primary contact is still AWS's copy. When that cannot be told, as outside the management
    /// account, it counts as somebody's.
    async fn is_untouched(
        &self,
        target: &Target,
        reading: &Reading<PrimaryContact>,
        facts: &AccountFacts,
        own: Option<&AccountId>,
        again: &mut bool,
    ) -> bool {
        let (Target::Member(_), Reading::Present(contact)) = (target, reading) else {
            return false;
        };
        if own != Some(&self.config.management) {
            return false;
        }
        match self.contacts.primary(&Target::Own).await {
            Ok(Some(management)) => contact.is_untouched(&management, &facts.name.0),
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(kind = error.kind(), "{error}");
                *again |= error.is_passing();
                false
            }
        }
    }

    /// The key of the fingerprints, read once.
    pub(crate) async fn key(&self) -> Result<FingerprintKey, Error> {
        use std::sync::PoisonError;
        let kept = self
            .key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(key) = kept {
            return Ok(key);
        }
        let key = self.ledger.fingerprint_key(Uuid::new_v4()).await?;
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key.clone());
        Ok(key)
    }
}

/// Whether the same call may go better soon; a young account may be denied for a while, in any words.
pub(crate) fn may_pass(error: &Error, is_young: bool) -> bool {
    let is_denied = matches!(error, Error::Denied { .. } | Error::TrustedAccessOff { .. });
    error.is_passing() || (is_young && is_denied)
}

/// AWS saying no is never read as "absent".
fn reading<T>(answer: Result<Option<T>, Error>, is_young: bool, again: &mut bool) -> Reading<T> {
    match answer {
        Ok(Some(contact)) => Reading::Present(contact),
        Ok(None) => Reading::Absent,
        Err(error) => {
            tracing::warn!(kind = error.kind(), "{error}");
            *again |= may_pass(&error, is_young);
            Reading::Unreadable(error.kind().to_owned())
        }
    }
}

/// The fingerprint of an alternate contact, or of its absence.
pub(crate) fn alternate_fingerprint(
    key: &FingerprintKey,
    contact: Option<&Contact>,
) -> account_core::stamp::Fingerprint {
    match contact {
        Some(contact) => key.fingerprint(Field::ALL.into_iter().map(|field| contact.get(field))),
        None => key.fingerprint([REMOVED]),
    }
}

/// The fingerprint of a primary contact.
pub(crate) fn primary_fingerprint(
    key: &FingerprintKey,
    contact: &PrimaryContact,
) -> account_core::stamp::Fingerprint {
    key.fingerprint(
        PrimaryField::ALL
            .into_iter()
            .map(|field| contact.get(field).unwrap_or_default()),
    )
}
