//! How DescribeSecret and ListSecrets show a secret.

use std::collections::BTreeMap;

use strongroom_api::{Reply, Result, Timestamp};

use crate::SecretsManager;
use crate::replication::ReplicationStatus;
use crate::rotation::{Rotation, ShownRules};
use crate::secret::{Found, Secret};
use crate::tag::Tag;

/// A secret as DescribeSecret shows it.
#[derive(Reply)]
pub struct Description {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    #[shape(name = "Type")]
    secret_type: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    rotation_enabled: Option<bool>,
    #[shape(name = "RotationLambdaARN")]
    rotation_lambda_arn: Option<String>,
    rotation_rules: Option<ShownRules>,
    last_rotated_date: Option<Timestamp>,
    last_changed_date: Timestamp,
    last_accessed_date: Option<Timestamp>,
    deleted_date: Option<Timestamp>,
    next_rotation_date: Option<Timestamp>,
    tags: Option<Vec<Tag>>,
    version_ids_to_stages: Option<Stages>,
    created_date: Timestamp,
    primary_region: Option<String>,
    replication_status: Option<Vec<ReplicationStatus>>,
}

/// A secret as ListSecrets shows it: other names, no replicas.
#[derive(Reply)]
pub struct ListEntry {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    #[shape(name = "Type")]
    secret_type: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    rotation_enabled: Option<bool>,
    #[shape(name = "RotationLambdaARN")]
    rotation_lambda_arn: Option<String>,
    rotation_rules: Option<ShownRules>,
    last_rotated_date: Option<Timestamp>,
    last_changed_date: Timestamp,
    last_accessed_date: Option<Timestamp>,
    deleted_date: Option<Timestamp>,
    next_rotation_date: Option<Timestamp>,
    tags: Option<Vec<Tag>>,
    secret_versions_to_stages: Option<Stages>,
    created_date: Timestamp,
    primary_region: Option<String>,
}

/// Version ids with their labels; deprecated versions are not shown.
type Stages = BTreeMap<String, Vec<String>>;

impl SecretsManager {
    /// The secret stored under `key` with what is noted of it but not written yet.
    #[must_use]
    pub fn with_notes(&self, key: &str, secret: &Secret) -> Secret {
        let mut secret = secret.clone();
        if let Some(note) = self.access.noted(key) {
            note.apply(&mut secret);
        }
        secret
    }

    /// Describes `found`, with when each of its replicas was last read.
    ///
    /// # Errors
    /// Internal only.
    pub async fn describe(&self, found: &Found) -> Result<Description> {
        let mut description = Description::of(&self.with_notes(&found.0.key, found));
        for status in description.replication_status.iter_mut().flatten() {
            let replica = self.lookup(&found.account, status.region(), &found.name).await?;
            let replica = replica.filter(|replica| replica.suffix == found.suffix);
            status.accessed(replica.and_then(|r| self.with_notes(&r.0.key, &r).accessed));
        }
        Ok(description)
    }
}

impl Description {
    /// Describes `secret`.
    #[must_use]
    pub fn of(secret: &Secret) -> Self {
        let rotation = secret.rotation.as_deref();
        Self {
            arn: secret.arn().to_owned(),
            name: secret.name.clone(),
            secret_type: secret.secret_type.clone(),
            description: secret.description.clone(),
            kms_key_id: secret.kms_key_id.clone(),
            rotation_enabled: rotation.map(|rotation| rotation.enabled),
            rotation_lambda_arn: rotation.and_then(|rotation| rotation.function.clone()),
            rotation_rules: rotation.and_then(Rotation::shown_rules),
            last_rotated_date: rotation.and_then(Rotation::shown_last),
            last_changed_date: secret.changed,
            last_accessed_date: secret.accessed,
            deleted_date: secret.deletion,
            next_rotation_date: rotation.and_then(Rotation::shown_next),
            tags: secret.tags.clone(),
            version_ids_to_stages: stages(secret),
            created_date: secret.created,
            primary_region: secret.replication.primary_region(&secret.region).map(str::to_owned),
            replication_status: secret.replication.status(),
        }
    }
}

impl ListEntry {
    /// Describes `secret`.
    #[must_use]
    pub fn of(secret: &Secret) -> Self {
        let Description {
            arn,
            name,
            secret_type,
            description,
            kms_key_id,
            rotation_enabled,
            rotation_lambda_arn,
            rotation_rules,
            last_rotated_date,
            last_changed_date,
            last_accessed_date,
            deleted_date,
            next_rotation_date,
            tags,
            version_ids_to_stages,
            created_date,
            primary_region,
            replication_status: _,
        } = Description::of(secret);
        Self {
            arn,
            name,
            secret_type,
            description,
            kms_key_id,
            rotation_enabled,
            rotation_lambda_arn,
            rotation_rules,
            last_rotated_date,
            last_changed_date,
            last_accessed_date,
            deleted_date,
            next_rotation_date,
            tags,
            secret_versions_to_stages: version_ids_to_stages,
            created_date,
            primary_region,
        }
    }
}

fn stages(secret: &Secret) -> Option<Stages> {
    let stages: Stages = secret
        .labelled_versions()
        .map(|version| (version.id.clone(), version.stages.clone()))
        .collect();
    (!stages.is_empty()).then_some(stages)
}
