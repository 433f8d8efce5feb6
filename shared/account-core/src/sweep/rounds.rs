//! What rounds of one phase leave of each other's results.

use super::{AccountFound, AccountResult};
use crate::report::{ContactLine, Done};

impl AccountResult {
    /// What a later round found, with what the `earlier` one had written: nothing but the report tells of that, and the
    /// account may be denied, excluded or gone by now.
    #[must_use]
    pub fn after(mut self, earlier: Self) -> Self {
        let AccountFound::Contacts {
            lines: mut before, ..
        } = earlier.found
        else {
            return self;
        };
        if !before.iter().any(is_written) {
            return self;
        }
        match &mut self.found {
            AccountFound::Contacts { lines, .. } => {
                before.retain(is_written);
                lines.retain(|line| before.iter().all(|it| it.contact != line.contact));
                lines.append(&mut before);
            }
            AccountFound::Skipped(reason) | AccountFound::Later(reason) => {
                for line in before.iter_mut().filter(|line| !is_written(line)) {
                    line.reason = Some(reason.clone());
                }
                self.found = AccountFound::Contacts {
                    lines: before,
                    changes: Vec::new(),
                };
            }
            AccountFound::Link(_) => (),
        }
        self
    }
}

fn is_written(line: &ContactLine) -> bool {
    line.done == Done::Written
}
