//! What IAM keeps: users, groups, roles, policies, instance profiles, providers, access keys.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::{Target, Timestamp};
use strongroom_records::{Record, Stored};

use crate::tag::{self, Tag};

/// The policies of a user, group or role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Attached {
    /// Inline policies: name → document. Names are unique as they are written.
    pub(crate) inline: BTreeMap<String, String>,
    /// ARNs of managed policies, in the order in which they were attached.
    pub(crate) managed: Vec<String>,
}

/// An IAM user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) policies: Attached,
    pub(crate) boundary: Option<String>,
    pub(crate) tags: Vec<Tag>,
    /// Unique ids of its groups.
    pub(crate) groups: Vec<String>,
    pub(crate) access_keys: Vec<String>,
}

/// A group of users.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) policies: Attached,
    pub(crate) members: u32,
}

/// A role.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    /// The trust policy, with unique ids in place of the ARNs of users and roles.
    pub(crate) trust: String,
    pub(crate) description: Option<String>,
    pub(crate) max_session_seconds: i32,
    pub(crate) policies: Attached,
    pub(crate) boundary: Option<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) profiles: u32,
}

/// A customer managed policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ManagedPolicy {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) versions: Vec<PolicyVersion>,
    /// The number of the default version.
    pub(crate) default: u32,
    /// The number of the latest version; numbers are never used again.
    pub(crate) latest: u32,
}

/// A version of a managed policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PolicyVersion {
    pub(crate) number: u32,
    pub(crate) created: Timestamp,
    pub(crate) document: String,
}

/// An instance profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct InstanceProfile {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) tags: Vec<Tag>,
    pub(crate) role: Option<String>,
}

/// An identity provider that speaks OpenID Connect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Provider {
    pub(crate) account: String,
    /// Host and path, without scheme.
    pub(crate) url: String,
    pub(crate) created: Timestamp,
    pub(crate) client_ids: Vec<String>,
    pub(crate) thumbprints: Vec<String>,
    pub(crate) tags: Vec<Tag>,
}

/// An access key of a user or of a root user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) account: String,
    /// The unique id of the user; `None` for the root user.
    pub(crate) user_id: Option<String>,
    /// The secret, sealed once more: records are cached, secrets must not be.
    pub(crate) sealed_secret: Vec<u8>,
    pub(crate) active: bool,
    pub(crate) created: Timestamp,
}

/// When and for what an access key was used last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LastUse {
    pub(crate) at: Timestamp,
    pub(crate) service: String,
    pub(crate) region: String,
}

/// Whose a unique id is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IdHolder {
    pub(crate) account: String,
    pub(crate) sort: Sort,
    pub(crate) name: String,
}

/// How often a policy is attached and bounds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) attachments: i32,
    pub(crate) boundaries: i32,
}

/// The entities that a policy can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Sort {
    User,
    Group,
    Role,
}

impl Sort {
    /// As keys and ARNs spell it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }
}

macro_rules! records {
    ($($type:ty => $kind:literal),* $(,)?) => {
        $(impl Record for $type {
            const KIND: &'static str = $kind;
        })*
    };
}

records! {
    User => "iam user",
    Group => "iam group",
    Role => "iam role",
    ManagedPolicy => "iam policy",
    InstanceProfile => "iam instance profile",
    Provider => "iam oidc provider",
    AccessKey => "iam access key",
    LastUse => "iam last use",
    IdHolder => "iam unique id",
    Usage => "iam policy usage",
}

/// `arn:aws:iam::123456789012:user/path/name`.
pub(crate) fn arn(account: &str, sort: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{sort}{path}{name}")
}

/// Something with a name in a path, and the words by which its sort is known.
pub(crate) trait Entity: Record + Clone {
    /// As ARNs spell it.
    const SORT: &'static str;

    fn account(&self) -> &str;
    fn arn(&self) -> String;
    /// The part of its key behind the sort, in any case.
    fn key_name(&self) -> &str;
    fn path(&self) -> &str;
    fn tags(&self) -> &[Tag];

    fn key(&self) -> String {
        crate::path::entity(self.account(), Self::SORT, self.key_name())
    }
}

macro_rules! entities {
    ($($type:ty => $sort:literal, $tags:expr);* $(;)?) => {
        $(impl Entity for $type {
            const SORT: &'static str = $sort;

            fn account(&self) -> &str {
                &self.account
            }

            fn arn(&self) -> String {
                arn(&self.account, $sort, &self.path, &self.name)
            }

            fn key_name(&self) -> &str {
                &self.name
            }

            fn path(&self) -> &str {
                &self.path
            }

            fn tags(&self) -> &[Tag] {
                let tags: fn(&Self) -> &[Tag] = $tags;
                tags(self)
            }
        })*
    };
}

entities! {
    User => "user", |user| &user.tags;
    Group => "group", |_| &[];
    Role => "role", |role| &role.tags;
    ManagedPolicy => "policy", |policy| &policy.tags;
    InstanceProfile => "instance-profile", |profile| &profile.tags;
}

impl Entity for Provider {
    const SORT: &'static str = "oidc-provider";

    fn account(&self) -> &str {
        &self.account
    }

    fn arn(&self) -> String {
        arn(&self.account, "oidc-provider", "/", &self.url)
    }

    fn key_name(&self) -> &str {
        &self.url
    }

    fn path(&self) -> &'static str {
        "/"
    }

    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

impl Role {
    /// Whether a service owns it: nobody else changes it, and no service control policy limits it.
    pub(crate) fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }
}

impl ManagedPolicy {
    /// The version of this number.
    pub(crate) fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// The version that counts.
    pub(crate) fn default_version(&self) -> Option<&PolicyVersion> {
        self.version(self.default)
    }
}

/// An entity that a call found, as policies see it.
pub(crate) struct Found<T: Entity> {
    pub(crate) stored: Arc<Stored<T>>,
    arn: String,
}

impl<T: Entity> Found<T> {
    pub(crate) fn new(stored: Arc<Stored<T>>) -> Self {
        let arn = stored.arn();
        Self { stored, arn }
    }
}

impl<T: Entity> std::ops::Deref for Found<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.stored.value
    }
}

impl<T: Entity> Target for Found<T> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        self.stored.value.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        tag::value(self.stored.value.tags(), key)
    }
}

/// Something that does not exist yet: its ARN to be, and its account.
#[derive(Debug)]
pub struct Nascent {
    pub(crate) arn: String,
    pub(crate) account: String,
}

impl Target for Nascent {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}
