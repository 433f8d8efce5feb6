//! One account: what is it, what is asked of it, how are its contacts, what is to be done.

use account_aws::contacts::{Contacts, Target};
use account_aws::ledger::{Claim, FingerprintKey, OwnWrites, Remembered};
use account_aws::{Error, clock};
use account_core::contact::{Contact as Alternate, ContactType, Field};
use account_core::ids::AccountId;
use account_core::inventory::Member;
use account_core::policy::{Facts, Standard, standard};
use account_core::primary::{PrimaryContact, PrimaryField};
use account_core::report::Contact;
use account_core::stamp::{
    Circumstances, Decision, Fingerprint, Found, Permit, Reading, Step, decide, decide_primary,
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::Shell;
use crate::event::Notice;
use crate::policy::Loaded;

/// An account that joined less than this ago may still be denied: AWS is not done with it.
const YOUNG: TimeDelta = TimeDelta::minutes(30);

/// Only an account that joined less than this ago is new: what an older one has may be meant, even where it looks like
/// AWS's copy.
const NEW: TimeDelta = TimeDelta::days(7);

/// What a removal leaves behind, for fingerprints.
const REMOVED: &str = "removed";

/// What is to be done about one account.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) account: AccountId,
    pub(crate) target: Target,
    pub(crate) standard: Standard,
    pub(crate) alternates: Vec<Planned<ContactType, Alternate, Field>>,
    pub(crate) primary: Option<Planned<Primary, PrimaryContact, PrimaryField>>,
    pub(crate) policy_version: String,
    pub(crate) key: FingerprintKey,
    /// The account joined a short while ago: AWS may not be done with it.
    pub(crate) is_young: bool,
    /// Something may go better soon: AWS was busy, or the account is too young.
    pub(crate) again: bool,
}

/// The primary contact, where a kind of contact is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Primary;

impl From<Primary> for Contact {
    fn from(Primary: Primary) -> Self {
        Self::Primary
    }
}

/// What is to be done about one contact.
#[derive(Debug)]
pub(crate) struct Planned<K, T, F> {
    pub(crate) kind: K,
    pub(crate) decision: Decision<T, F>,
    pub(crate) own: Option<Remembered>,
    /// Of what was read; `None` where AWS did not say.
    pub(crate) before: Option<Fingerprint>,
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
    /// What the look is about, where an event led to it.
    pub(crate) notice: Option<&'a Notice>,
    /// For what may have to be announced.
    pub(crate) claim: Claim,
    /// The management account's primary contact, read once where it is needed.
    pub(crate) management: OnceCell<Option<PrimaryContact>>,
}

impl Sight<'_> {
    /// The decision, unless the event that led to the look is about the contact and younger than the reading may be.
    fn settled<T, F>(
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

    fn circumstances<'a>(
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
            Ok(Some(mut member)) => {
                if member.units.is_none() {
                    // Where AWS gives no path, it has to be asked for.
                    match self.organizations.units(&member.id).await {
                        Ok(units) => member.units = Some(units),
                        Err(error) => return Ok(unreadable(&error)),
                    }
                }
                member
            }
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
        let Some(units) = member.units.clone() else {
            return Look::Later("AWS gives no path of organizational units".to_owned());
        };
        let policy = &sight.policy.policy;
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
        match standard(policy, &facts) {
            None => Look::Skip("excluded by the policy".to_owned()),
            Some(standard) => Look::Plan(Box::new(self.plan(member, standard, sight).await)),
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

    async fn plan(&self, member: &Member, standard: Standard, sight: &Sight<'_>) -> Plan {
        let now = clock::now(&self.time);
        let is_own = sight.own_account == Some(&member.id);
        let mut plan = Plan {
            account: member.id.clone(),
            target: if is_own {
                Target::Own
            } else {
                Target::Member(member.id.clone())
            },
            alternates: Vec::new(),
            primary: None,
            policy_version: sight.policy.version.clone(),
            key: sight.key.clone(),
            is_young: member.joined.is_none_or(|joined| now - joined < YOUNG),
            again: false,
            standard: Standard::default(),
        };
        for (kind, asked) in &standard.contacts {
            let own = sight.own_writes.get(&member.id, kind.as_str()).cloned();
            let answer = sight.contacts.alternate(&plan.target, *kind).await;
            let reading = plan.reading(answer);
            let fingerprint =
                |contact: Option<&Alternate>| alternate_fingerprint(&plan.key, contact);
            let circumstances = sight.circumstances(own.as_ref(), now);
            let decision = decide(asked, &reading, &circumstances, fingerprint);
            let planned = Planned {
                kind: *kind,
                decision: self.allowed(sight.settled(decision, kind.as_str(), now)),
                own,
                before: reading.known().map(fingerprint),
            };
            plan.alternates.push(planned);
        }
        if let Some(asked) = standard
            .primary
            .as_ref()
            .filter(|_| self.config.use_primary)
        {
            let own = sight
                .own_writes
                .get(&member.id, Contact::Primary.as_str())
                .cloned();
            let answer = sight.contacts.primary(&plan.target).await;
            let reading = plan.reading(answer);
            let untouched = self.is_untouched(member, &reading, sight, &mut plan).await;
            let fingerprint = |contact: &PrimaryContact| primary_fingerprint(&plan.key, contact);
            let circumstances = sight.circumstances(own.as_ref(), now);
            let decision = decide_primary(asked, &reading, untouched, &circumstances, fingerprint);
            plan.primary = Some(Planned {
                kind: Primary,
                decision: sight.settled(decision, Contact::Primary.as_str(), now),
                own,
                before: reading.known().flatten().map(fingerprint),
            });
        }
        if standard.primary.is_some() && !self.config.use_primary {
            plan.primary = Some(Planned {
                kind: Primary,
                decision: Decision {
                    found: Found::Unknown("the stack's parameter UsePrimary is false".to_owned()),
                    step: Step::Nothing,
                    is_own: false,
                },
                own: None,
                before: None,
            });
        }
        plan.again |= plan.is_unsettled();
        plan.standard = standard;
        plan
    }

    /// A removal waits for the stack's parameter that grants it: trying would be denied.
    fn allowed<T, F>(&self, mut decision: Decision<T, F>) -> Decision<T, F> {
        if matches!(decision.step, Step::Remove) && !self.config.allow_absent {
            decision.step = Step::Planned;
        }
        decision
    }

    /// Whether a member's primary contact is still AWS's copy. When that cannot be told, as outside the management
    /// account, it counts as somebody's.
    async fn is_untouched(
        &self,
        member: &Member,
        reading: &Reading<PrimaryContact>,
        sight: &Sight<'_>,
        plan: &mut Plan,
    ) -> bool {
        let (Target::Member(_), Reading::Present(contact)) = (&plan.target, reading) else {
            return false;
        };
        let now = clock::now(&self.time);
        let is_new = member.joined.is_some_and(|joined| now - joined < NEW);
        if !is_new || sight.own_account != Some(&self.config.management) {
            return false;
        }
        let read = || sight.contacts.primary(&Target::Own);
        match sight.management.get_or_try_init(read).await {
            Ok(Some(management)) => contact.is_untouched(management, member.name.as_str()),
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(kind = error.kind(), "{error}");
                plan.again |= error.is_passing();
                false
            }
        }
    }
}

/// All contacts that own writes are remembered of.
pub(crate) const CONTACTS: [&str; 4] = [
    Contact::Billing.as_str(),
    Contact::Operations.as_str(),
    Contact::Security.as_str(),
    Contact::Primary.as_str(),
];

impl Plan {
    fn is_unsettled(&self) -> bool {
        let mut alternates = self.alternates.iter();
        let primary = self.primary.as_ref();
        alternates.any(|it| matches!(it.decision.step, Step::Unsettled))
            || primary.is_some_and(|it| matches!(it.decision.step, Step::Unsettled))
    }

    /// AWS saying no is never read as "absent".
    fn reading<T>(&mut self, answer: Result<Option<T>, Error>) -> Reading<T> {
        match answer {
            Ok(Some(contact)) => Reading::Present(contact),
            Ok(None) => Reading::Absent,
            Err(error) => {
                tracing::warn!(kind = error.kind(), account = %self.account, "{error}");
                self.again |= may_pass(&error, self.is_young);
                Reading::Unreadable(error.kind().to_owned())
            }
        }
    }
}

/// Whatever keeps an account from being looked at, its record must not be lost: it comes again, then it is a dead
/// letter.
fn unreadable(error: &Error) -> Look {
    tracing::error!(kind = error.kind(), "{error}");
    Look::Later(error.kind().to_owned())
}

/// Whether the same call may go better soon; a young account may be denied for a while, in any words.
pub(crate) fn may_pass(error: &Error, is_young: bool) -> bool {
    let is_denied = matches!(error, Error::Denied { .. } | Error::TrustedAccessOff { .. });
    error.is_passing() || (is_young && is_denied)
}

/// The fingerprint of an alternate contact, or of its absence.
pub(crate) fn alternate_fingerprint(
    key: &FingerprintKey,
    contact: Option<&Alternate>,
) -> Fingerprint {
    match contact {
        Some(contact) => key.fingerprint(Field::ALL.into_iter().map(|field| contact.get(field))),
        None => key.fingerprint([REMOVED]),
    }
}

/// The fingerprint of a primary contact.
pub(crate) fn primary_fingerprint(key: &FingerprintKey, contact: &PrimaryContact) -> Fingerprint {
    key.fingerprint(
        PrimaryField::ALL
            .into_iter()
            .map(|field| contact.get(field).unwrap_or_default()),
    )
}
