//! Making groups and streams, and taking them away.

use strongroom_api::Result;
use strongroom_records::{Changes, Stored};

use crate::group::Group;
use crate::stream::Stream;
use crate::{Logs, error, paths};

/// How often a group with retention is looked through for events that have come to their end.
pub const EXPIRY_PERIOD: i64 = 3_600_000;

impl Logs {
    /// Stores a new group.
    ///
    /// # Errors
    /// A conflict when one of that name has been made meanwhile.
    pub async fn create_group(&self, mut group: Group) -> Result<()> {
        let mut changes = self.records.changes();
        schedule_expiry(&mut changes, &mut group);
        let key = paths::group(&group.account, &group.region, &group.name);
        changes.create(&key, &group).map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }

    /// Stores a changed group.
    ///
    /// # Errors
    /// A conflict when it is no longer what was read.
    pub async fn save_group(&self, read: &Stored<Group>, mut group: Group) -> Result<()> {
        let mut changes = self.records.changes();
        schedule_expiry(&mut changes, &mut group);
        changes.replace(read, &group).map_err(error::storage)?;
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }

    /// Stores a new stream of `group`.
    ///
    /// # Errors
    /// A conflict when the group has changed meanwhile.
    pub async fn create_stream(&self, group: &Stored<Group>, name: &str, now: i64) -> Result<()> {
        if name.len() > paths::LONGEST_STREAM_NAME {
            return Err(error::name_too_long());
        }
        let stream = Stream::new(name, group.next_stream, now);
        let mut changes = self.records.changes();
        let next = Group { next_stream: group.next_stream + 1, ..group.value.clone() };
        changes.replace(group, &next).map_err(error::storage)?;
        let key = paths::streams(group) + name;
        changes.create(&key, &stream).map_err(error::storage)?;
        changes.index(&paths::activity(group, stream.activity(), stream.number), name);
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }

    /// Takes a group away with everything in it: at once for those who ask, from the store as
    /// [`remove_deleted_logs`](crate::jobs::RemoveDeletedLogs) comes to it.
    ///
    /// # Errors
    /// A conflict when it is no longer what was read.
    pub async fn delete_group(&self, group: &Stored<Group>) -> Result<()> {
        let filters = self.metric_filters(group).await?;
        let subscriptions = self.subscription_filters(group).await?;
        let mut changes = self.records.changes();
        changes.remove(group);
        filters.iter().for_each(|filter| changes.remove(filter));
        subscriptions.iter().for_each(|filter| changes.remove(filter));
        if let Some(due) = group.next_expiry {
            changes.delete(&paths::expiry(group, due));
        }
        changes.index(&paths::removal(group, None), &group.name);
        self.records.commit(changes).await.map_err(error::storage)?;
        self.sizes.forget(group);
        Ok(())
    }

    /// Takes a stream away, in the same way.
    ///
    /// # Errors
    /// A conflict when it is no longer what was read.
    pub async fn delete_stream(&self, group: &Group, stream: &Stored<Stream>) -> Result<()> {
        let mut changes = self.records.changes();
        changes.remove(stream);
        changes.delete(&paths::activity(group, stream.activity(), stream.number));
        changes.index(&paths::removal(group, Some(stream.number)), &stream.name);
        self.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}

/// Enters a group that has an end for its events into the index of those, or takes it out.
fn schedule_expiry(changes: &mut Changes<'_>, group: &mut Group) {
    match (group.retention_days, group.next_expiry) {
        (Some(_), None) => {
            // The first look is at once: older events are there perhaps.
            group.next_expiry = Some(group.created);
            changes.index(&paths::expiry(group, group.created), &group.name);
        }
        (None, Some(due)) => {
            changes.delete(&paths::expiry(group, due));
            group.next_expiry = None;
        }
        _ => {}
    }
}
