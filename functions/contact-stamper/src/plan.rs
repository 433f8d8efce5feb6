//! How the contacts of one account are, and what is to be done about them.

use account_aws::contacts::Target;
use account_aws::ledger::{Claim, FingerprintKey, Remembered};
use account_aws::{Error, clock};
use account_core::contact::{Contact as Alternate, ContactType, Field};
use account_core::ids::AccountId;
use account_core::inventory::Member;
use account_core::policy::{Asked, AskedPrimary, Standard};
use account_core::primary::{PrimaryContact, PrimaryField};
use account_core::report::Contact;
use account_core::stamp::{Decision, Fingerprint, Found, Reading, Step, decide, decide_primary};
use chrono::{DateTime, TimeDelta, Utc};

use crate::Shell;
use crate::account::Sight;

/// Only an account that was created less than this ago is new: what an older one has, or an invited one, may be meant, even
/// where it looks like AWS's copy.
const NEW: TimeDelta = TimeDelta::days(7);

/// What a removal leaves behind, for fingerprints.
const REMOVED: &str = "removed";

/// All contacts that own writes are remembered of.
pub(crate) const CONTACTS: [&str; 4] = [
    Contact::Billing.as_str(),
    Contact::Operations.as_str(),
    Contact::Security.as_str(),
    Contact::Primary.as_str(),
];

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
    /// Of the invocation that carries the plan out.
    pub(crate) claim: Claim,
    /// The policy excludes the account: it is only told what was written there before.
    pub(crate) is_excluded: bool,
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
    /// The policy asks nothing of it: only what was written there before is told.
    pub(crate) is_not_asked: bool,
    /// Of what was read; `None` where AWS did not say.
    pub(crate) before: Option<Fingerprint>,
}

impl Shell {
    /// Reads the contacts of an account that the standard names, and decides.
    ///
    /// # Errors
    /// What the ledger remembers of such a contact is broken.
    pub(crate) async fn plan<'a>(
        &self,
        member: &Member,
        standard: Standard,
        sight: &'a Sight<'_>,
    ) -> Result<Plan, &'a Error> {
        let now = clock::now(&self.time);
        let mut plan = Plan::begin(member, sight, now);
        for (kind, asked) in &standard.contacts {
            let planned = self
                .plan_alternate(&mut plan, *kind, asked, sight, now)
                .await?;
            plan.alternates.push(planned);
        }
        plan.primary = match &standard.primary {
            None => None,
            Some(_) if !self.config.use_primary => Some(Planned::withheld()),
            Some(asked) => {
                let planned = self.plan_primary(&mut plan, member, asked, sight, now);
                Some(planned.await?)
            }
        };
        plan.again |= plan.is_unsettled();
        plan.standard = standard;
        Ok(plan)
    }

    async fn plan_alternate<'a>(
        &self,
        plan: &mut Plan,
        kind: ContactType,
        asked: &Asked,
        sight: &'a Sight<'_>,
        now: DateTime<Utc>,
    ) -> Result<Planned<ContactType, Alternate, Field>, &'a Error> {
        let contact = kind.as_str();
        let own = sight.own_writes.get(&plan.account, contact)?.cloned();
        let answer = sight.contacts.alternate(&plan.target, kind).await;
        let is_not_asked = *asked == Asked::nothing();
        let reading = plan.reading(answer, contact, is_not_asked);
        let fingerprint = |contact: Option<&Alternate>| alternate_fingerprint(&plan.key, contact);
        let circumstances = sight.circumstances(own.as_ref(), now);
        let mut decision = decide(asked, &reading, &circumstances, fingerprint);
        if reading.known().is_some() {
            decision = sight.awaited(decision, own.as_ref(), now);
        }
        Ok(Planned {
            kind,
            decision: self.allowed(sight.settled(decision, kind.as_str(), now)),
            own,
            is_not_asked,
            before: reading.known().map(fingerprint),
        })
    }

    /// A removal waits for the stack's parameter that grants it: trying would be denied.
    fn allowed<T, F>(&self, mut decision: Decision<T, F>) -> Decision<T, F> {
        if matches!(decision.step, Step::Remove) && !self.config.allow_absent {
            decision.step = Step::Planned;
        }
        decision
    }

    async fn plan_primary<'a>(
        &self,
        plan: &mut Plan,
        member: &Member,
        asked: &AskedPrimary,
        sight: &'a Sight<'_>,
        now: DateTime<Utc>,
    ) -> Result<Planned<Primary, PrimaryContact, PrimaryField>, &'a Error> {
        let contact = Contact::Primary.as_str();
        let own = sight.own_writes.get(&plan.account, contact)?.cloned();
        let answer = sight.contacts.primary(&plan.target).await;
        let is_not_asked = *asked == AskedPrimary::nothing();
        let reading = plan.reading(answer, contact, is_not_asked);
        let is_new = member.created && member.joined.is_some_and(|joined| now - joined < NEW);
        let untouched = is_new && self.is_untouched(member, &reading, sight, plan).await;
        let fingerprint = |contact: &PrimaryContact| primary_fingerprint(&plan.key, contact);
        let circumstances = sight.circumstances(own.as_ref(), now);
        let mut decision = decide_primary(asked, &reading, untouched, &circumstances, fingerprint);
        if reading.known().is_some() {
            decision = sight.awaited(decision, own.as_ref(), now);
        }
        Ok(Planned {
            kind: Primary,
            decision: sight.settled(decision, contact, now),
            own,
            is_not_asked,
            before: reading.known().flatten().map(fingerprint),
        })
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
        if sight.own_account != Some(&self.config.management) {
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

impl Planned<Primary, PrimaryContact, PrimaryField> {
    /// The policy asks for a primary contact, and the stack does not grant looking at any.
    fn withheld() -> Self {
        let reason = "the stack's parameter UsePrimary is false";
        Self {
            kind: Primary,
            decision: Decision {
                found: Found::Unknown(reason.to_owned()),
                step: Step::Nothing,
                is_own: false,
            },
            own: None,
            is_not_asked: false,
            before: None,
        }
    }
}

impl Plan {
    /// Before any contact is read.
    fn begin(member: &Member, sight: &Sight<'_>, now: DateTime<Utc>) -> Self {
        let is_own = sight.own_account == Some(&member.id);
        Self {
            account: member.id.clone(),
            target: if is_own {
                Target::Own
            } else {
                Target::Member(member.id.clone())
            },
            standard: Standard::default(),
            alternates: Vec::new(),
            primary: None,
            policy_version: sight.policy.version.clone(),
            key: sight.key.clone(),
            claim: sight.claim.clone(),
            is_excluded: false,
            is_young: member.is_young(now),
            again: false,
        }
    }

    fn is_unsettled(&self) -> bool {
        let mut alternates = self.alternates.iter();
        let primary = self.primary.as_ref();
        alternates.any(|it| matches!(it.decision.step, Step::Unsettled))
            || primary.is_some_and(|it| matches!(it.decision.step, Step::Unsettled))
    }

    /// Logs a failure, and says whether the same call may go better soon.
    pub(crate) fn tell(&self, error: &Error, contact: &str) -> bool {
        let may_pass = error.may_pass(self.is_young);
        error.log(&self.account, Some(contact), may_pass);
        may_pass
    }

    /// AWS saying no is never read as "absent". No alarm is to be raised for what the policy asks nothing of.
    fn reading<T>(
        &mut self,
        answer: Result<Option<T>, Error>,
        contact: &str,
        is_not_asked: bool,
    ) -> Reading<T> {
        match answer {
            Ok(Some(contact)) => Reading::Present(contact),
            Ok(None) => Reading::Absent,
            Err(error) => {
                let may_pass = error.may_pass(self.is_young);
                error.log(&self.account, Some(contact), may_pass || is_not_asked);
                self.again |= may_pass;
                Reading::Unreadable(error.kind().to_owned())
            }
        }
    }
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
