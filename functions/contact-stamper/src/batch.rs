//! Records of the queue, and what people ask.

use std::collections::BTreeMap;
use std::time::Duration;

use account_aws::ledger::Claim;
use account_aws::{Error, clock};
use account_core::ids::AccountId;
use account_core::policy::{Asked, AskedPrimary, Value};
use account_core::report::Contact;
use account_core::stamp::Permit;
use aws_lambda_events::event::sqs::SqsBatchResponse;
use lambda_runtime::Context;

use crate::account::{EXCLUDED, Look};
use crate::answer::{Answer, Explained, Explanation, Report, line};
use crate::apply::Applied;
use crate::event::{Notice, Record};
use crate::plan::Plan;
use crate::policy::Loaded;
use crate::{MARGIN, Shell};

const OUT_OF_TIME: Error = Error::OutOfTime {
    margin_seconds: MARGIN.as_secs(),
};

/// What becomes of a record.
enum Fate {
    /// It is dealt with.
    Done,
    /// It comes again, after a while.
    Again,
}

impl Shell {
    /// Deals with each record by itself: one that fails comes again, and the others do not.
    pub(crate) async fn batch(
        &self,
        records: Vec<Record>,
        context: &Context,
        own: Option<&AccountId>,
    ) -> Result<Answer, Error> {
        let mut answer = SqsBatchResponse::default();
        let claim = Claim::of(context);
        for record in records {
            let work = self.record(&record, own, &claim);
            let work = tokio::time::timeout(self.time_left(&claim), work).await;
            let fate = work.unwrap_or(Err(OUT_OF_TIME));
            if !matches!(fate, Ok(Fate::Done)) {
                self.metrics.add("AccountsUnknown", 1);
            }
            match fate {
                Ok(Fate::Done) => continue,
                Ok(Fate::Again) => (),
                Err(error) => {
                    tracing::error!(kind = error.kind(), message = record.message_id, "{error}");
                }
            }
            self.hold_back(&record, &claim).await;
            // An empty id would fail the whole batch.
            if !record.message_id.is_empty() {
                answer.add_failure(record.message_id);
            }
        }
        Ok(Answer::Batch(answer))
    }

    async fn record(
        &self,
        record: &Record,
        own: Option<&AccountId>,
        claim: &Claim,
    ) -> Result<Fate, Error> {
        let notice = match &record.notice {
            Ok(notice) => notice,
            Err(Error::ForeignEvent { found, expected }) => {
                return Err(Error::ForeignEvent {
                    found: found.clone(),
                    expected,
                });
            }
            Err(_) => return Ok(Fate::Again),
        };
        let Notice {
            account: Some(account),
            actor,
            contact,
            ..
        } = notice
        else {
            return Ok(Fate::Done);
        };
        self.metrics.add("AccountsChecked", 1);
        let mut plan = match self.look(account, own, Some(notice), claim).await? {
            Look::Plan(plan) => plan,
            Look::Skip(reason) => {
                tracing::info!(%account, reason, "skipped");
                return Ok(Fate::Done);
            }
            Look::Later(reason) => {
                tracing::info!(%account, reason, "later");
                return Ok(Fate::Again);
            }
        };
        if let Some(actor) = actor {
            self.announce_drift(account, &planned(&plan), actor, contact.as_deref(), claim)
                .await?;
        }
        if self.config.event_dry_run {
            log(&planned(&plan));
            return Ok(if plan.again { Fate::Again } else { Fate::Done });
        }
        let applied = self.carry_out(&mut plan).await?;
        log(&applied.report);
        if !applied.again {
            self.count_wait(notice);
        }
        Ok(if applied.again {
            Fate::Again
        } else {
            Fate::Done
        })
    }

    /// Writes what the plan asks for, and announces it. What a run that died left unannounced goes first: another write
    /// to the same contact would hide it.
    async fn carry_out(&self, plan: &mut Plan) -> Result<Applied, Error> {
        if !self.announce_writes(plan, &plan.left_over()).await? {
            return Ok(Applied::nothing(planned(plan)));
        }
        plan.settle_left_over();
        let mut applied = self.apply(plan).await;
        let told = self.announce_writes(plan, &applied.writes).await;
        // What was written stands in the report, told or not.
        applied.again |= !told.unwrap_or_else(|error| {
            tracing::error!(kind = error.kind(), account = %plan.account, "{error}");
            false
        });
        Ok(applied)
    }

    /// From when AWS had made an account until it was on standard.
    fn count_wait(&self, notice: &Notice) {
        let wait = notice.completed.map(|it| clock::now(&self.time) - it);
        let seconds = wait.and_then(|it| u64::try_from(it.num_seconds()).ok());
        if let Some(seconds) = seconds {
            self.metrics.most("SecondsToStamped", seconds);
        }
    }

    /// 30, 60, 120 and then 240 s: AWS needs some minutes with a young account, and lagging reads settle in five.
    async fn hold_back(&self, record: &Record, claim: &Claim) {
        let doublings = record.receives.saturating_sub(1).min(3);
        let time = Duration::from_secs(30 << doublings);
        let call = self.queue.hold_back(&record.receipt, time);
        // Without it the record comes again after the queue's own timeout.
        let call = tokio::time::timeout(self.time_left(claim), call).await;
        if let Err(error) = call.unwrap_or(Err(OUT_OF_TIME)) {
            tracing::warn!(kind = error.kind(), "{error}");
        }
    }

    /// Brings accounts on standard, as far as an event may.
    pub(crate) async fn accounts(
        &self,
        accounts: &[AccountId],
        dry_run: bool,
        own: Option<&AccountId>,
        context: &Context,
    ) -> Result<Answer, Error> {
        // Without a policy there is nothing to say about any account.
        self.policy().await?;
        let claim = Claim::of(context);
        let mut reports = Vec::new();
        for account in accounts {
            let work = self.bring(account, dry_run, own, &claim);
            let report = tokio::time::timeout(self.time_left(&claim), work).await;
            let report = report.unwrap_or(Err(OUT_OF_TIME)).unwrap_or_else(|error| {
                tracing::error!(kind = error.kind(), %account, "{error}");
                skipped(account, error.kind().to_owned())
            });
            log(&report);
            reports.push(report);
        }
        Ok(Answer::Reports(reports))
    }

    async fn bring(
        &self,
        account: &AccountId,
        dry_run: bool,
        own: Option<&AccountId>,
        claim: &Claim,
    ) -> Result<Report, Error> {
        Ok(match self.look(account, own, None, claim).await? {
            Look::Skip(reason) | Look::Later(reason) => skipped(account, reason),
            Look::Plan(plan) if dry_run => planned(&plan),
            Look::Plan(mut plan) => self.carry_out(&mut plan).await?.report,
        })
    }

    /// What an event may do: anything only under a policy that has passed a gate.
    pub(crate) fn permit(&self, policy: &Loaded) -> Permit {
        if self.config.event_replace || policy.passed {
            Permit::All
        } else {
            Permit::Add
        }
    }

    /// The time until this invocation must answer.
    pub(crate) fn time_left(&self, claim: &Claim) -> Duration {
        claim
            .time_left(clock::now(&self.time))
            .saturating_sub(MARGIN)
    }

    /// Says of one account where each value comes from, and what a run would do.
    pub(crate) async fn explain(
        &self,
        account: &AccountId,
        own: Option<&AccountId>,
        context: &Context,
    ) -> Result<Answer, Error> {
        let explanation = match self.look(account, own, None, &Claim::of(context)).await? {
            Look::Skip(reason) | Look::Later(reason) => Explanation {
                report: skipped(account, reason),
                policy_version: self.policy().await?.version,
                values: BTreeMap::new(),
            },
            Look::Plan(plan) => Explanation {
                report: planned(&plan),
                policy_version: plan.policy_version.clone(),
                values: values(&plan),
            },
        };
        Ok(Answer::Explanation(Box::new(explanation)))
    }
}

fn skipped(account: &AccountId, reason: String) -> Report {
    Report {
        account_id: account.to_string(),
        skipped: Some(reason),
        ..Report::default()
    }
}

/// The report of a plan that is not carried out.
fn planned(plan: &Plan) -> Report {
    let alternates = plan
        .alternates
        .iter()
        .map(|it| line(it.kind.into(), &it.decision));
    let primary = plan
        .primary
        .iter()
        .map(|it| line(it.kind.into(), &it.decision));
    Report {
        account_id: plan.account.to_string(),
        skipped: plan.is_excluded.then(|| EXCLUDED.to_owned()),
        contacts: alternates
            .chain(primary)
            .map(|line| (line.contact, line))
            .collect(),
    }
}

fn values(plan: &Plan) -> BTreeMap<Contact, BTreeMap<&'static str, Explained>> {
    let explained = |value: &Result<Value, String>| match value {
        Ok(Value { source, text }) => Explained {
            value: text.clone(),
            layer: source.clone(),
        },
        Err(reason) => Explained {
            value: reason.clone(),
            layer: String::new(),
        },
    };
    let mut values: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    let contacts = plan.standard.contacts.iter();
    for (kind, asked) in contacts.filter(|(_, asked)| **asked != Asked::nothing()) {
        let fields = asked
            .values
            .iter()
            .map(|(field, value)| (field.as_str(), explained(value)));
        values.insert((*kind).into(), fields.collect());
    }
    let primary = plan.standard.primary.as_ref();
    if let Some(primary) = primary.filter(|asked| **asked != AskedPrimary::nothing()) {
        let fields = primary
            .fields
            .iter()
            .map(|(field, value)| (field.as_str(), explained(value)));
        values.insert(Contact::Primary, fields.collect());
    }
    values
}

/// Contact types, fields and outcomes; no value.
fn log(report: &Report) {
    tracing::info!(
        account = report.account_id,
        report = serde_json::to_string(report).unwrap_or_default(),
        "done"
    );
}
