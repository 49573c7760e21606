//! What limits an account from above: asked on every request, so it must be cheap.

use std::sync::Arc;

use strongroom_policy::Named;
use strongroom_records::RecordError;

use crate::node::Node;
use crate::organization::Organization;
use crate::{Organizations, paths};

/// What stands above an account in its organization.
#[derive(Clone, Debug, Default)]
pub struct Control {
    /// The organization, if the account belongs to one.
    pub organization: Option<strongroom_api::Organization>,
    /// Service control policies, one list for each level from the root to the account; empty when
    /// none limits the account.
    pub levels: Arc<[Vec<Arc<Named>>]>,
}

/// How often a reading that somebody's change made worthless is begun anew.
const MOST_READINGS: usize = 64;

impl Organizations {
    /// A number that rises whenever what [`control`](Self::control) answers for `account` changes.
    ///
    /// It costs two look-ups in the cache of records, one for an account outside any organization.
    ///
    /// # Errors
    /// [`RecordError`] when the store fails or a record is damaged.
    pub async fn generation(&self, account: &str) -> Result<u64, RecordError> {
        let Some(joined) = self.membership(account).await? else { return Ok(0) };
        let Some(management) = &joined.management else { return Ok(joined.revision) };
        let key = paths::organization(management);
        let organization = self.records.get::<Organization>(&key).await?;
        // Revisions of the store only ever rise; joining and leaving are newer than what was before.
        Ok(organization.map_or(0, |found| found.revision).max(joined.revision))
    }

    /// What limits `account` now.
    ///
    /// # Errors
    /// [`RecordError`] when the store fails, a record is damaged or a policy no longer parses.
    pub async fn control(&self, account: &str) -> Result<Control, RecordError> {
        for _ in 0..MOST_READINGS {
            let before = self.generation(account).await?;
            let control = self.read_control(account).await?;
            if before != self.generation(account).await? {
                continue;
            }
            return control.ok_or_else(|| RecordError::Damaged {
                key: paths::membership(account),
                cause: "it names what is not in the organization".into(),
            });
        }
        Err(RecordError::Conflict)
    }

    /// Reads record by record; `None` when they do not fit together.
    async fn read_control(&self, account: &str) -> Result<Option<Control>, RecordError> {
        let Some(joined) = self.membership(account).await? else {
            return Ok(Some(Control::default()));
        };
        let closed = joined.closed.is_some();
        if joined.management.is_none() {
            let levels = if closed { nothing() } else { Arc::default() };
            return Ok(Some(Control { organization: None, levels }));
        }
        let Some(organization) = self.organization_of(account).await? else { return Ok(None) };
        let Some(node) = self.node(&organization, account).await? else { return Ok(None) };
        let Some(line) = self.lineage(&organization, &node).await? else { return Ok(None) };
        let levels = if closed {
            Some(nothing())
        } else if organization.management == account || !organization.service_control.enabled {
            // AWS never limits the management account.
            Some(Arc::default())
        } else {
            self.levels(&organization, line.iter().map(|node| &node.value)).await?
        };
        let parents = line.iter().filter(|node| node.is_parent()).map(|node| node.id.as_str());
        let path = path(&organization, parents);
        let named = strongroom_api::Organization { id: organization.id.clone(), path };
        Ok(levels.map(|levels| Control { organization: Some(named), levels }))
    }

    async fn levels(
        &self,
        organization: &Organization,
        line: impl Iterator<Item = &Node> + Send,
    ) -> Result<Option<Arc<[Vec<Arc<Named>>]>>, RecordError> {
        let mut levels = Vec::new();
        for node in line {
            let mut level = Vec::new();
            for id in node.policies(organization) {
                let Some(held) = self.policy(organization, &id).await? else { return Ok(None) };
                level.push(held.compiled(organization)?);
            }
            levels.push(level);
        }
        Ok(Some(levels.into()))
    }
}

/// A level that allows nothing, for a closed account.
fn nothing() -> Arc<[Vec<Arc<Named>>]> {
    Arc::new([Vec::new()])
}

/// `o-…/r-…/ou-…/`, the root first.
pub fn path<'n>(organization: &Organization, ids: impl Iterator<Item = &'n str>) -> String {
    let mut path = format!("{}/", organization.id);
    for id in ids {
        path.push_str(id);
        path.push('/');
    }
    path
}
