//! One account: what is it, and what is asked of it.

use account_aws::Error;
use account_aws::contacts::Contacts;
use account_aws::ledger::{Claim, FingerprintKey, OwnWrites, Remembered};
use account_core::contact::ContactType;
use account_core::ids::AccountId;
use account_core::inventory::Member;
use account_core::policy::{Asked, AskedPrimary, Facts, Standard, standard};
use account_core::primary::PrimaryContact;
use account_core::report::Contact;
use account_core::stamp::{Call, Circumstances, Decision, Permit, Step};
use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::Shell;
use crate::event::Notice;
use crate::plan::{CONTACTS, Plan};
use crate::policy::Loaded;

/// Why an account of an inventory is left alone that is no longer there.
pub(crate) const LEFT: &str = "it has left the organization";

/// Why an account is left alone that the policy excludes.
pub(crate) const EXCLUDED: &str = "excluded by the policy";

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

/// With what accounts are looked at.
#[derive(Debug)]
pub(crate) struct Sight<'a> {
    pub(crate) contacts: &'a Contacts,
    pub(crate) policy: Loaded,
    pub(crate) key: FingerprintKey,
    pub(crate) own_writes: OwnWrites,
    /// The account that the function runs in.
    pub(crate) own_account: Option<&'a AccountId>,
    pub(crate) permit: Permit,
    /// The sweep that looks, if one does.
    pub(crate) sweep: Option<&'a str>,
    /// What the look is about, where an event led to it.
    pub(crate) notice: Option<&'a Notice>,
    /// For what may have to be announced.
    pub(crate) claim: Claim,
    /// The management account's primary contact, read once where it is needed.
    pub(crate) management: OnceCell<Option<PrimaryContact>>,
}

impl Sight<'_> {
    /// Has every contact looked at, of a write to which this may be the last chance to tell: what the policy does not name any
    /// more since it was written, too.
    fn keep(&self, account: &AccountId, standard: &mut Standard, primary: bool) {
        let is_untold = |contact| match self.own_writes.get(account, contact) {
            Ok(Some(own)) => self.is_untold(own),
            Ok(None) | Err(_) => false,
        };
        for kind in ContactType::ALL {
            if is_untold(kind.as_str()) {
                let asked = standard.contacts.entry(kind);
                asked.or_insert_with(Asked::nothing);
            }
        }
        if primary && is_untold(Contact::Primary.as_str()) {
            standard.primary.get_or_insert_with(AskedPrimary::nothing);
        }
    }

    /// Whether nobody may have told yet of an own write: no announcement, or no result of this sweep.
    fn is_untold(&self, own: &Remembered) -> bool {
        own.unannounced.is_some() || (own.sweep.is_some() && own.sweep.as_deref() == self.sweep)
    }

    /// The decision, unless nobody has told yet of an own write that reads may not show yet: what is decided now would hide it.
    pub(crate) fn awaited<T, F>(
        &self,
        mut decision: Decision<T, F>,
        own: Option<&Remembered>,
        now: DateTime<Utc>,
    ) -> Decision<T, F> {
        let is_young = |own: &Remembered| !Call::is_settled(own.own.at, now);
        if !decision.is_own && own.is_some_and(|own| self.is_untold(own) && is_young(own)) {
            decision.step = Step::Unsettled;
        }
        decision
    }

    /// The decision, unless the event that led to the look is about the contact and younger than the reading may be.
    pub(crate) fn settled<T, F>(
        &self,
        decision: Decision<T, F>,
        contact: &str,
        now: DateTime<Utc>,
    ) -> Decision<T, F> {
        match self.notice.and_then(|notice| notice.call(contact, now)) {
            Some(call) => decision.after(call),
            None => decision,
        }
    }

    pub(crate) fn circumstances<'a>(
        &self,
        own: Option<&'a Remembered>,
        now: DateTime<Utc>,
    ) -> Circumstances<'a> {
        Circumstances {
            own: own.map(|own| &own.own),
            permit: self.permit,
            now,
        }
    }
}

impl Shell {
    /// Looks at an account that an event or a person names, and decides.
    ///
    /// # Errors
    /// What keeps all accounts from being looked at: no policy, no ledger.
    pub(crate) async fn look(
        &self,
        account: &AccountId,
        own_account: Option<&AccountId>,
        notice: Option<&Notice>,
        claim: &Claim,
    ) -> Result<Look, Error> {
        let policy = self.policy().await?;
        if let Some(reason) = self.out_of_reach(account, own_account) {
            return Ok(Look::Skip(reason));
        }
        let member = match self.organizations.account(account).await {
            Ok(Some(member)) => member,
            Ok(None) => {
                // A new one may not be visible yet.
                return Ok(Look::Later(
                    "not an account of this organization".to_owned(),
                ));
            }
            Err(error) => return Ok(unreadable(&error)),
        };
        let accounts = std::slice::from_ref(account);
        let sight = Sight {
            contacts: &self.contacts,
            permit: self.permit(&policy),
            sweep: None,
            policy,
            key: self.key().await?,
            own_writes: self.ledger.own_writes(accounts, &CONTACTS).await?,
            own_account,
            notice,
            claim: claim.clone(),
            management: OnceCell::new(),
        };
        Ok(self.look_at(&member, &sight).await)
    }

    /// Looks at an account as it is now, whatever was known of it.
    pub(crate) async fn look_anew(&self, account: &AccountId, sight: &Sight<'_>) -> Look {
        match self.organizations.account(account).await {
            Ok(Some(member)) => self.look_at(&member, sight).await,
            Ok(None) => Look::Skip(LEFT.to_owned()),
            Err(error) => unreadable(&error),
        }
    }

    /// Looks at an account of which everything else is known.
    pub(crate) async fn look_at(&self, member: &Member, sight: &Sight<'_>) -> Look {
        if let Some(reason) = self.out_of_reach(&member.id, sight.own_account) {
            return Look::Skip(reason);
        }
        match member.state.as_str() {
            "ACTIVE" => (),
            "PENDING_ACTIVATION" => {
                return Look::Later("the account is not active yet".to_owned());
            }
            "" => return Look::Later("AWS gives no state of the account".to_owned()),
            state => return Look::Skip(format!("the account is {state}")),
        }
        let policy = &sight.policy.policy;
        let units = match &member.units {
            Some(units) => Ok(units.clone()),
            // Where AWS gives no path, it has to be asked for.
            None if policy.uses_units() => self.organizations.units(&member.id).await,
            None => Ok(Vec::new()),
        };
        let units = match units {
            Ok(units) => units,
            Err(error) => return unreadable(&error),
        };
        let tags = if policy.uses_tags() {
            self.organizations.tags(&member.id).await
        } else {
            Ok(Default::default())
        };
        let tags = match tags {
            Ok(tags) => tags,
            Err(error) => return unreadable(&error),
        };
        let facts = Facts {
            account: member.id.clone(),
            units,
            tags,
        };
        let asked = standard(policy, &facts);
        let is_excluded = asked.is_none();
        let mut standard = asked.unwrap_or_default();
        sight.keep(&member.id, &mut standard, self.config.use_primary);
        if is_excluded && standard == Standard::default() {
            return Look::Skip(EXCLUDED.to_owned());
        }
        match self.plan(member, standard, sight).await {
            Ok(plan) => Look::Plan(Box::new(Plan {
                is_excluded,
                ..plan
            })),
            Err(error) => unreadable(error),
        }
    }

    /// The key of the fingerprints, read once.
    pub(crate) async fn key(&self) -> Result<FingerprintKey, Error> {
        self.key
            .get_or_try_init(|| self.ledger.fingerprint_key(Uuid::new_v4()))
            .await
            .cloned()
    }

    fn out_of_reach(&self, account: &AccountId, own: Option<&AccountId>) -> Option<String> {
        let is_reached = *account != self.config.management || own == Some(account);
        (!is_reached).then(|| "the management account is out of reach from here".to_owned())
    }
}

/// Whatever keeps an account from being looked at, its record must not be lost: it comes again, then it is a dead
/// letter.
fn unreadable(error: &Error) -> Look {
    tracing::error!(kind = error.kind(), "{error}");
    Look::Later(error.kind().to_owned())
}
