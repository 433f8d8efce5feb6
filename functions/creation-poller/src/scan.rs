//! Listings of creation requests, page by page.

use std::collections::HashSet;

use account_aws::Error;
use account_core::creation::{Finished, Odd, Row, Status};
use account_core::progress::{Fate, Progress, Remembered, Scan, fate};
use aws_sdk_organizations::types::CreateAccountState;

use crate::run::Run;

impl Run<'_> {
    /// Scans everything that AWS lists, when it is due or asked for.
    pub(crate) async fn scan(&mut self, progress: &Progress, now: bool) -> Result<(), Error> {
        let began = self.now();
        let claimed = match progress.scan(began, self.shell.config.reconcile_every) {
            Scan::NotDue if !now => return Ok(()),
            Scan::Small => false,
            Scan::NotDue | Scan::Claimed => true,
        };
        if claimed {
            self.scanning = self.shell.ledger.claim_scan(&self.claim, began).await?;
            if !self.scanning {
                self.summary.scan_elsewhere = true;
                return Ok(());
            }
        }
        let listed = self.walk(&[], usize::MAX, progress).await?;
        self.summary.listed = listed;
        if let Some(listed) = listed.filter(|listed| progress.is_news(*listed)) {
            self.shell.ledger.finish_scan(listed, began).await?;
            self.scanning = false;
        }
        Ok(())
    }

    /// Gives a long scan up that did not reach its end, so that the next tick takes it.
    pub(crate) async fn give_scan_up(&mut self) {
        if self.scanning
            && let Err(error) = self.shell.ledger.release_scan(&self.claim).await
        {
            self.trouble(error);
        }
    }

    /// Deals with every row of a listing and says how many there were; `None` when it has more than `most` pages.
    pub(crate) async fn walk(
        &mut self,
        states: &[CreateAccountState],
        most: usize,
        progress: &Progress,
    ) -> Result<Option<u32>, Error> {
        let mut listing = self.shell.organizations.requests(states);
        let mut pages = 0;
        while let Some(page) = listing.page().await? {
            self.settle(&page, progress).await?;
            pages += 1;
            if most <= pages && !listing.has_ended() {
                return Ok(None);
            }
        }
        Ok(Some(listing.rows()))
    }

    async fn settle(&mut self, page: &[Status], progress: &Progress) -> Result<(), Error> {
        let mut finished = Vec::new();
        for status in page {
            match status.read() {
                Row::InProgress(request) => {
                    if self.open.insert(request.clone()) {
                        self.shell.ledger.open(&request, self.now()).await?;
                        self.summary.opened += 1;
                    }
                    self.in_progress.insert(request);
                }
                Row::Finished(request) => finished.push(request),
                Row::Odd(odd) => self.report(&odd).await?,
            }
        }
        self.settle_finished(finished, progress).await
    }

    async fn settle_finished(
        &mut self,
        mut finished: Vec<Finished>,
        progress: &Progress,
    ) -> Result<(), Error> {
        let organization = &self.shell.config.organization;
        // Pages may list a request twice.
        let mut seen = HashSet::new();
        finished.retain(|request| {
            let id = request.announcement_id(organization);
            !self.shell.known.borrow().contains(&id) && seen.insert(id)
        });
        let ids: Vec<_> = finished
            .iter()
            .map(|request| request.announcement_id(organization))
            .collect();
        let mut remembered = self.shell.ledger.remembered(&ids).await?;
        let mut history = Vec::new();
        for (id, request) in ids.into_iter().zip(finished) {
            let remembered = match remembered.remove(&id).unwrap_or(Ok(Remembered::Nothing)) {
                Ok(remembered) => remembered,
                Err(error) => {
                    self.trouble(error);
                    continue;
                }
            };
            let fate = if self.open.contains(&request.id) {
                Fate::Announce
            } else {
                fate(
                    &request,
                    remembered,
                    progress,
                    self.shell.config.announce_since,
                )
            };
            match fate {
                Fate::Announce => self.announce(&request).await?,
                Fate::Baseline => {
                    self.shell.remember_pair(&request).await?;
                    history.push((id, request.id));
                }
                Fate::Nothing => drop(self.shell.known.borrow_mut().insert(id)),
            }
        }
        self.shell.ledger.baseline(&history).await?;
        self.summary.baseline += u32::try_from(history.len()).unwrap_or(u32::MAX);
        self.shell
            .known
            .borrow_mut()
            .extend(history.into_iter().map(|(id, _)| id));
        Ok(())
    }

    /// Reports a row that makes no sense, once.
    pub(crate) async fn report(&mut self, odd: &Odd) -> Result<(), Error> {
        if self.shell.known.borrow().contains(&odd.fingerprint) {
            return Ok(());
        }
        if self.shell.ledger.remember_odd(odd, self.now()).await? {
            let request = odd.request.as_ref().map(ToString::to_string);
            tracing::error!(
                request,
                "status row of ListCreateAccountStatus makes no sense: {}",
                odd.problem
            );
            self.summary.odd += 1;
        }
        self.shell.known.borrow_mut().insert(odd.fingerprint);
        Ok(())
    }
}
