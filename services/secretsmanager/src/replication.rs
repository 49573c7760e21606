//! A secret's place among its replicas.

use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, Timestamp};

/// How long the call that changed a primary has to bring its replicas up to date before the job does.
pub const GRACE_MILLIS: i64 = 10_000;

/// Replicas that a secret may have: every commercial region of AWS, and some to spare. Taking all of
/// them away is one transaction.
pub const MOST_REPLICAS: usize = 36;

/// A secret's place in a multi-region secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub enum Replication {
    /// It never had replicas.
    #[default]
    Alone,
    /// It is the primary; the list may have become empty again.
    Primary(Vec<Replica>),
    /// It is a replica of the secret in this region.
    Replica {
        /// Where the primary is.
        primary_region: String,
    },
}

/// A replica as its primary knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replica {
    /// Where it is.
    pub region: String,
    /// The key named for it; `None` for the default key there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// Whether a stand-alone secret of the same name there may be replaced.
    #[serde(default)]
    pub overwrites: bool,
    /// How far it is.
    pub status: Status,
    /// What AWS says about the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How far a replica is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It is as the primary.
    InSync,
    /// It could not be made or kept as the primary.
    Failed,
    /// It is on its way.
    InProgress,
}

impl Status {
    /// AWS's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InSync => "InSync",
            Self::Failed => "Failed",
            Self::InProgress => "InProgress",
        }
    }
}

/// An entry of `ReplicationStatus`.
#[derive(Clone, Debug, Reply)]
pub struct ReplicationStatus {
    region: String,
    kms_key_id: String,
    status: &'static str,
    status_message: Option<String>,
    last_accessed_date: Option<Timestamp>,
}

impl ReplicationStatus {
    /// The region of the replica.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Enters the day on which the replica was last read.
    pub fn accessed(&mut self, day: Option<Timestamp>) {
        self.last_accessed_date = day;
    }
}

impl Replication {
    /// Whether it is a replica.
    #[must_use]
    pub fn is_replica(&self) -> bool {
        matches!(self, Self::Replica { .. })
    }

    /// Its replicas, if it is a primary.
    #[must_use]
    pub fn replicas(&self) -> &[Replica] {
        match self {
            Self::Primary(replicas) => replicas,
            Self::Alone | Self::Replica { .. } => &[],
        }
    }

    /// Its replicas, to change them.
    pub fn replicas_mut(&mut self) -> &mut [Replica] {
        match self {
            Self::Primary(replicas) => replicas,
            Self::Alone | Self::Replica { .. } => &mut [],
        }
    }

    /// Takes the replica in `region` off the list. The answer is whether it was on it.
    pub fn remove(&mut self, region: &str) -> bool {
        let Self::Primary(replicas) = self else { return false };
        let had = replicas.len();
        replicas.retain(|replica| replica.region != region);
        replicas.len() < had
    }

    /// Whether a replica is not up to date and is going to be.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.replicas().iter().any(|replica| replica.status == Status::InProgress)
    }

    /// Marks every replica as not up to date. The answer is whether there are any.
    pub fn mark_behind(&mut self) -> bool {
        let replicas = self.replicas_mut();
        for replica in replicas.iter_mut() {
            replica.status = Status::InProgress;
            replica.message = None;
        }
        !replicas.is_empty()
    }

    /// `PrimaryRegion`, which only secrets that were replicated have. `own` is the secret's region.
    #[must_use]
    pub fn primary_region<'a>(&'a self, own: &'a str) -> Option<&'a str> {
        match self {
            Self::Alone => None,
            Self::Primary(_) => Some(own),
            Self::Replica { primary_region } => Some(primary_region),
        }
    }

    /// `ReplicationStatus`: absent for a secret that never had replicas and for a replica.
    #[must_use]
    pub fn status(&self) -> Option<Vec<ReplicationStatus>> {
        match self {
            Self::Primary(replicas) => Some(replicas.iter().map(Replica::status).collect()),
            Self::Alone | Self::Replica { .. } => None,
        }
    }
}

impl Replica {
    /// Enters what came of bringing it up to date.
    pub fn settle(&mut self, status: Status, message: String) {
        self.status = status;
        self.message = Some(message);
        // It has its place now; whoever takes the name there later is not to be replaced.
        self.overwrites &= status != Status::InSync;
    }

    /// The entry of `ReplicationStatus`.
    #[must_use]
    pub fn status(&self) -> ReplicationStatus {
        let key = self.kms_key_id.clone();
        ReplicationStatus {
            region: self.region.clone(),
            kms_key_id: key.unwrap_or_else(|| "alias/aws/secretsmanager".to_owned()),
            status: self.status.name(),
            status_message: self.message.clone(),
            last_accessed_date: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replica() -> Replica {
        Replica {
            region: "eu-west-1".to_owned(),
            kms_key_id: None,
            overwrites: true,
            status: Status::InProgress,
            message: None,
        }
    }

    #[test]
    fn a_replica_that_has_its_place_replaces_nobody_any_more() {
        let mut failed = replica();
        failed.settle(Status::Failed, "no".to_owned());
        assert!(failed.overwrites);
        let mut made = replica();
        made.settle(Status::InSync, "yes".to_owned());
        assert!(!made.overwrites);
    }

    #[test]
    fn a_change_puts_every_replica_behind_and_a_secret_without_any_owes_nothing() {
        let mut made = replica();
        made.settle(Status::InSync, "yes".to_owned());
        let mut replication = Replication::Primary(vec![made]);
        assert!(!replication.is_behind());
        assert!(replication.mark_behind());
        assert_eq!(replication.replicas(), [Replica { overwrites: false, ..replica() }]);
        for mut other in [Replication::Alone, Replication::Primary(Vec::new())] {
            assert!(!other.mark_behind());
        }
    }
}
