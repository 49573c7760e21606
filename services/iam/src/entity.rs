//! What IAM keeps: users, groups, roles, policies, instance profiles, providers, access keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_records::Record;

use crate::tag::Tag;

/// The policies of a user, group or role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Attached {
    /// Inline policies: name → document. Names are unique as they are written.
    pub(crate) inline: BTreeMap<String, String>,
    /// ARNs of managed policies, in the order in which they were attached.
    pub(crate) managed: Vec<String>,
}

/// An IAM user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
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
pub struct Group {
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
pub struct Role {
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
pub struct ManagedPolicy {
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
pub struct PolicyVersion {
    pub(crate) number: u32,
    pub(crate) created: Timestamp,
    pub(crate) document: String,
}

/// An instance profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstanceProfile {
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
pub struct Provider {
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
pub struct AccessKey {
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
pub struct LastUse {
    pub(crate) at: Timestamp,
    pub(crate) service: String,
    pub(crate) region: String,
}

/// Whose a unique id is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IdHolder {
    pub(crate) account: String,
    pub(crate) sort: Sort,
    pub(crate) name: String,
}

/// How often a policy is attached and bounds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Usage {
    pub(crate) attachments: i32,
    pub(crate) boundaries: i32,
}

/// The entities that a policy can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
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
