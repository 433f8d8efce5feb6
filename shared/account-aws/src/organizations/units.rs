//! The units above an account, where AWS gives no path with it.

use std::collections::HashMap;
use std::sync::PoisonError;

use account_core::ids::{AccountId, UnitId};
use aws_sdk_organizations::types::ParentType;

use super::{LIST_PARENTS, Organizations};
use crate::Error;

/// Units lie five deep at most ([limits]); more is a circle.
///
/// [limits]: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const DEEPEST: usize = 5;

/// The parents of units that were asked for, `None` where that is the root. Many accounts lie in few units, and a unit
/// never gets another parent: AWS moves accounts only.
pub(super) type Parents = HashMap<UnitId, Option<UnitId>>;

impl Organizations {
    /// The units above an account, the outermost first ([`ListParents`]).
    ///
    /// [`ListParents`]: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html
    ///
    /// # Errors
    /// A call's own error, or units that lie deeper than AWS allows.
    pub async fn units(&self, account: &AccountId) -> Result<Vec<UnitId>, Error> {
        let mut units = Vec::new();
        let mut above = self.parent(account.as_str()).await?;
        while let Some(unit) = above {
            if units.len() == DEEPEST {
                return Err(Error::BrokenListing {
                    action: LIST_PARENTS,
                    problem: "units lie deeper than AWS allows",
                });
            }
            above = self.known_parent(&unit).await?;
            units.insert(0, unit);
        }
        Ok(units)
    }

    async fn known_parent(&self, unit: &UnitId) -> Result<Option<UnitId>, Error> {
        let parents = || self.parents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parent) = parents().get(unit).cloned() {
            return Ok(parent);
        }
        let parent = self.parent(unit.as_str()).await?;
        parents().insert(unit.clone(), parent.clone());
        Ok(parent)
    }

    /// The unit that an account or unit lies in; `None` where that is the root.
    async fn parent(&self, child: &str) -> Result<Option<UnitId>, Error> {
        self.limits.ready(LIST_PARENTS).await;
        let call = self.client.list_parents().child_id(child);
        let answer = call
            .send()
            .await
            .map_err(|error| Error::call(LIST_PARENTS, &error))?;
        let parent = answer.parents.unwrap_or_default().into_iter().next();
        let parent = parent.ok_or_else(|| Error::unusable(LIST_PARENTS, "no parent"))?;
        if parent.r#type == Some(ParentType::Root) {
            return Ok(None);
        }
        let unit = parent.id.unwrap_or_default().parse();
        unit.map(Some)
            .or(Err(Error::unusable(LIST_PARENTS, "a parent without an id")))
    }
}
