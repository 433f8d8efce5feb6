//! One sweep of a kind at a time.

use account_core::sweep::Sweep;

use super::row::{LockRow, item, lock_key, parse, text};
use super::{DELETE, Ledger, PUT, written};
use crate::Error;

impl Ledger {
    /// The execution that holds the lock of a kind of sweeps.
    ///
    /// # Errors
    /// The ledger cannot be read, or its row is broken.
    pub async fn lock_holder(&self, sweep: Sweep) -> Result<Option<String>, Error> {
        let row = self.row(&lock_key(sweep)).await?.map(parse).transpose()?;
        Ok(row.map(|LockRow { holder, .. }| holder))
    }

    /// Takes the lock for an execution, where nobody or `before` holds it; `false` when somebody else does.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn take_lock(
        &self,
        sweep: Sweep,
        holder: &str,
        before: Option<&str>,
    ) -> Result<bool, Error> {
        let row = LockRow {
            id: lock_key(sweep),
            holder: holder.to_owned(),
        };
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(&row)?))
            .condition_expression(
                "attribute_not_exists(id) OR holder = :holder OR holder = :before",
            )
            .expression_attribute_values(":holder", text(holder))
            .expression_attribute_values(":before", text(before.unwrap_or(holder)));
        written(PUT, put.send().await)
    }

    /// Lets go of the lock, if this execution holds it.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn release_lock(&self, sweep: Sweep, holder: &str) -> Result<(), Error> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("id", text(lock_key(sweep)))
            .condition_expression("holder = :holder")
            .expression_attribute_values(":holder", text(holder));
        written(DELETE, delete.send().await).map(drop)
    }
}
