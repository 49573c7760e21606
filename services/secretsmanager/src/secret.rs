//! What a secret is, and the rules by which it changes. Pure; no I/O.

mod rotating;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use strongroom_api::{Error, ResourceRule, Target, Timestamp, Values};
use strongroom_policy::{Kind, Policy};
use strongroom_records::{Record, Stored};

use crate::replication::{self, Replication};
use crate::rotation::Rotation;
use crate::staging::{self, CURRENT, PENDING};
use crate::tag::Tag;
use crate::value::Envelope;
use crate::version::Version;
use crate::{error, id};

/// Unlabelled versions above this number are cleaned up.
pub const KEPT_VERSIONS: usize = 100;
/// Versions that a secret may have in all. AWS publishes no number; see `docs/divergences.md`.
pub const MOST_VERSIONS: usize = 1_000;
/// No version is cleaned up before this age.
pub const YOUNGEST_CLEANED_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// A secret: all its metadata, and the value of its current version if that is small.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secret {
    /// The account that owns it.
    pub account: String,
    /// The region it is in.
    pub region: String,
    /// Its name.
    pub name: String,
    /// The six random characters at the end of its ARN.
    pub suffix: String,
    /// `Description`; an empty one counts as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The key as the client named it; `None` for `alias/aws/secretsmanager`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `Type` of a secret managed outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_type: Option<String>,
    /// When it was created.
    #[serde(with = "crate::time")]
    pub created: Timestamp,
    /// When anything of it was last changed.
    #[serde(with = "crate::time")]
    pub changed: Timestamp,
    /// The day it was last read.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub accessed: Option<Timestamp>,
    /// When it will be deleted, if that is scheduled.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub deletion: Option<Timestamp>,
    /// Its tags; `None` if it never had any, which AWS shows differently from an empty list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
    /// Its versions, oldest first.
    #[serde(default)]
    pub versions: Vec<Version>,
    /// Its resource policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Attached>,
    /// Its place in a multi-region secret.
    #[serde(default)]
    pub replication: Replication,
    /// While replicas are behind: when the job looks after them, should the call that changed the
    /// secret not have done so.
    #[serde(default, with = "crate::time::optional", skip_serializing_if = "Option::is_none")]
    pub replication_due: Option<Timestamp>,
    /// Its rotation; none if it was never to be rotated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Box<Rotation>>,
    /// The value of the current version, unless it is large. It rides here so that the commonest read
    /// is one record; see [`crate::records`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) current_value: Option<Envelope>,
    /// The ARN, put together once.
    #[serde(skip)]
    arn: OnceLock<String>,
}

/// A resource policy as it is attached: its text, compiled when it is first asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attached {
    text: String,
    #[serde(skip)]
    compiled: OnceLock<Option<Arc<Policy>>>,
}

impl Attached {
    /// A policy whose text has been checked.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// The text as it is stored, with unique ids of users and roles.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The policy, compiled.
    #[must_use]
    pub fn compiled(&self) -> Option<&Policy> {
        let parse = |text: &str| Policy::parse(text, Kind::Resource).ok().map(Arc::new);
        // A stored policy that no longer parses denies everything: its denials are unknown.
        self.compiled.get_or_init(|| parse(&self.text).or_else(|| parse(DENY_ALL))).as_deref()
    }
}

const DENY_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}"#;

impl Record for Secret {
    const KIND: &'static str = "secret";
}

impl Secret {
    /// A secret without versions.
    #[must_use]
    pub fn new(account: &str, region: &str, name: &str, suffix: String, now: Timestamp) -> Self {
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            name: name.to_owned(),
            suffix,
            description: None,
            kms_key_id: None,
            secret_type: None,
            created: now,
            changed: now,
            accessed: None,
            deletion: None,
            tags: None,
            versions: Vec::new(),
            policy: None,
            replication: Replication::default(),
            replication_due: None,
            rotation: None,
            current_value: None,
            arn: OnceLock::new(),
        }
    }

    /// The full ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        self.arn
            .get_or_init(|| id::arn(&self.region, &self.account, &self.name, Some(&self.suffix)))
    }

    /// The version `id`.
    #[must_use]
    pub fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The version `id`, to change it.
    pub fn version_mut(&mut self, id: &str) -> Option<&mut Version> {
        self.versions.iter_mut().find(|version| version.id == id)
    }

    /// The version with `label`.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<&Version> {
        staging::holder(&self.versions, label)
    }

    /// Versions with at least one label.
    pub fn labelled_versions(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|version| !version.is_deprecated())
    }

    /// Refuses a secret that is scheduled for deletion.
    ///
    /// # Errors
    /// AWS's error.
    pub fn must_be_active(&self) -> Result<(), Error> {
        if self.deletion.is_some() { Err(error::marked_for_deletion()) } else { Ok(()) }
    }

    /// Refuses a secret that cannot be changed: one scheduled for deletion, or a replica.
    ///
    /// # Errors
    /// AWS's error.
    pub fn must_be_changeable(&self) -> Result<(), Error> {
        self.must_be_active()?;
        if self.replication.is_replica() { Err(error::not_on_a_replica()) } else { Ok(()) }
    }

    /// Notes that anything of it changed at `now`: its replicas, if it has some, are behind from now on.
    pub fn mark_changed(&mut self, now: Timestamp) {
        self.changed = now;
        self.mark_replicas_behind(now);
    }

    /// Notes that its replicas, if it has some, are behind from now on.
    pub fn mark_replicas_behind(&mut self, now: Timestamp) {
        if self.replication.mark_behind() {
            self.replication_due = Some(now.plus_millis(replication::GRACE_MILLIS));
        }
    }

    /// Adds a version with a value, or gives the version that a rotation prepared its value, and
    /// attaches `stages` (AWSCURRENT if there are none named). The value itself is stored apart.
    ///
    /// # Errors
    /// The limits on labels and versions.
    pub fn add_version(
        &mut self,
        version_id: &str,
        kms_key: Option<String>,
        stages: Option<&[String]>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let had_current = self.labelled(CURRENT).is_some();
        if self.version(version_id).is_none() {
            if self.versions.len() >= MOST_VERSIONS {
                return Err(error::too_many_versions());
            }
            self.versions.push(Version::new(version_id.to_owned(), now));
        }
        if let Some(version) = self.version_mut(version_id) {
            version.has_value = true;
            version.kms_keys = kms_key.into_iter().collect();
        }
        let makes_current = stages.is_none_or(|stages| stages.iter().any(|s| s == CURRENT));
        if makes_current {
            // A new current value ends whatever rotation was preparing: AWSPENDING goes.
            staging::detach(&mut self.versions, PENDING);
            self.count_as_rotation(version_id, now);
        }
        if makes_current || !had_current {
            // The first version with a value is current whatever was asked for.
            staging::attach(&mut self.versions, CURRENT, version_id);
        }
        for stage in stages.unwrap_or_default() {
            staging::attach(&mut self.versions, stage, version_id);
        }
        if staging::count(&self.versions) > staging::MOST_LABELS {
            return Err(error::too_many_labels());
        }
        self.mark_changed(now);
        Ok(())
    }

    /// Takes out the unlabelled versions above the number that is kept, oldest first, none younger
    /// than a day, at most `most` of them. The answer is their ids.
    pub fn clean_up(&mut self, now: Timestamp, most: usize) -> Vec<String> {
        let deprecated = self.versions.iter().filter(|v| v.is_deprecated()).count();
        let surplus = deprecated.saturating_sub(KEPT_VERSIONS).min(most);
        let mut gone = Vec::with_capacity(surplus);
        self.versions.retain(|version| {
            let old = now.millis() - version.created.millis() >= YOUNGEST_CLEANED_MILLIS;
            let goes = version.is_deprecated() && old && gone.len() < surplus;
            if goes {
                gone.push(version.id.clone());
            }
            !goes
        });
        gone
    }

    /// The value of a condition key that the secret itself knows.
    #[must_use]
    pub fn condition(&self, key: &str) -> Option<Values<'_>> {
        match key {
            "secretsmanager:secretid" => Some(Values::one(self.arn())),
            "secretsmanager:secretprimaryregion" => {
                self.replication.primary_region(&self.region).map(Values::one)
            }
            "secretsmanager:resource/type" => self.secret_type.as_deref().map(Values::one),
            "secretsmanager:resource/allowrotationlambdaarn" => {
                self.rotation.as_ref()?.function.as_deref().map(Values::one)
            }
            _ => None,
        }
    }
}

impl Target for Secret {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(Secret::arn(self))
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let tags = self.tags.as_deref().unwrap_or_default();
        tags.iter().find(|tag| tag.key().eq_ignore_ascii_case(key)).map(Tag::value)
    }

    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::Ordinary(self.policy.as_ref().and_then(Attached::compiled))
    }
}

/// A secret as it was read: what most operations act on.
#[derive(Clone, Debug)]
pub struct Found(pub Arc<Stored<Secret>>);

impl Found {
    /// `found` as if it were `changed` already, to ask what its policy would then say.
    #[must_use]
    pub fn supposed(found: &Self, changed: Secret) -> Self {
        let key = found.0.key.clone();
        Self(Arc::new(Stored { key, revision: found.0.revision, value: changed }))
    }
}

impl std::ops::Deref for Found {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.0.value
    }
}

impl Target for Found {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(&self.0.value)
    }

    fn account(&self) -> &str {
        &self.0.value.account
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.0.value.tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.0.value.rule()
    }
}
