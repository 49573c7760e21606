//! Multi-Region keys: one id and one material in several regions.
//!
//! Every region has a key record of its own, with its own policy, tags, aliases, grants and state. What
//! the records share (material, rotation, who is the primary) is changed in all of them at once.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strongroom_records::Changes;
use strongroom_wire::{Reply, Result};

use crate::key::Key;
use crate::spec::texts;
use crate::{Kms, error, paths};

texts! {
    /// What a multi-Region key is among its kin.
    MultiRegionKeyType { Primary = "PRIMARY", Replica = "REPLICA" }
}

/// Where a multi-Region key is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MultiRegion {
    /// The region of the primary.
    pub primary: String,
    /// The regions of the replicas.
    pub replicas: BTreeSet<String>,
}

/// The same as replies describe it.
#[derive(Debug, Reply)]
pub struct MultiRegionConfiguration {
    /// What this key is.
    pub multi_region_key_type: MultiRegionKeyType,
    /// The primary.
    pub primary_key: MultiRegionKey,
    /// The replicas.
    pub replica_keys: Vec<MultiRegionKey>,
}

/// One of several keys with one id.
#[derive(Debug, Reply)]
pub struct MultiRegionKey {
    /// Its ARN.
    pub arn: String,
    /// Its region.
    pub region: String,
}

impl Key {
    /// What it is among its kin; `None` for a key of one region.
    pub fn multi_region_type(&self) -> Option<MultiRegionKeyType> {
        let multi = self.multi_region.as_ref()?;
        Some(if multi.primary == self.region {
            MultiRegionKeyType::Primary
        } else {
            MultiRegionKeyType::Replica
        })
    }

    /// Where it is, as replies describe it.
    pub fn multi_region_configuration(&self) -> Option<MultiRegionConfiguration> {
        let multi = self.multi_region.as_ref()?;
        let key = |region: &String| MultiRegionKey {
            arn: paths::key_arn(&self.account, region, &self.id),
            region: region.clone(),
        };
        Some(MultiRegionConfiguration {
            multi_region_key_type: self.multi_region_type()?,
            primary_key: key(&multi.primary),
            replica_keys: multi.replicas.iter().map(key).collect(),
        })
    }

    /// # Errors
    /// UnsupportedOperationException unless it is the primary of a multi-Region key.
    pub fn check_primary(&self) -> Result<()> {
        match self.multi_region_type() {
            Some(MultiRegionKeyType::Primary) => Ok(()),
            _ => Err(error::not_primary(self.arn())),
        }
    }

    /// # Errors
    /// UnsupportedOperationException for a replica: what is shared is changed at the primary.
    pub fn check_not_replica(&self) -> Result<()> {
        match self.multi_region_type() {
            Some(MultiRegionKeyType::Replica) => Err(error::not_primary(self.arn())),
            _ => Ok(()),
        }
    }
}

impl Kms {
    /// Adds to `changes` that `share` happens to the keys of the other regions.
    pub(crate) async fn share(
        &self,
        changes: &mut Changes<'_>,
        key: &Key,
        share: impl Fn(&mut Key),
    ) -> Result<()> {
        let Some(multi) = &key.multi_region else { return Ok(()) };
        let regions = multi.replicas.iter().chain([&multi.primary]);
        for region in regions.filter(|region| **region != key.region) {
            let path = paths::key(&key.account, region, &key.id);
            let sibling = self.records.get::<Key>(&path).await.map_err(error::of_record)?;
            let Some(sibling) = sibling else { continue };
            let mut changed = sibling.value.clone();
            share(&mut changed);
            changes.replace(&sibling, &changed).map_err(error::of_record)?;
        }
        Ok(())
    }
}
