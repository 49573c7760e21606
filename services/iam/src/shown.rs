//! How entities look in replies.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use strongroom_api::{Reply, Timestamp};

use crate::aws_managed::AwsManaged;
use crate::entity::{
    Group, InstanceProfile, LastUse, ManagedPolicy, PolicyVersion as StoredVersion,
    Role as StoredRole, Usage, User as StoredUser,
};
use crate::holder::Entity;
use crate::tag::Tag;

/// Everything but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A policy document as IAM's replies carry it.
pub(crate) fn encoded(document: &str) -> String {
    utf8_percent_encode(document, RESERVED).to_string()
}

/// A permissions boundary.
#[derive(Reply)]
pub struct Boundary {
    permissions_boundary_type: &'static str,
    permissions_boundary_arn: String,
}

impl Boundary {
    /// The boundary with this ARN.
    pub(crate) fn of(arn: Option<&String>) -> Option<Self> {
        arn.map(|arn| Self {
            permissions_boundary_type: "Policy",
            permissions_boundary_arn: arn.clone(),
        })
    }
}

/// A user.
#[derive(Reply)]
pub struct User {
    pub(crate) path: String,
    pub(crate) user_name: Option<String>,
    pub(crate) user_id: String,
    pub(crate) arn: String,
    pub(crate) create_date: Timestamp,
    pub(crate) permissions_boundary: Option<Boundary>,
    pub(crate) tags: Option<Vec<Tag>>,
}

impl User {
    /// With everything that is known.
    pub(crate) fn whole(user: &StoredUser) -> Self {
        Self {
            permissions_boundary: Boundary::of(user.boundary.as_ref()),
            tags: some(&user.tags),
            ..Self::brief(user)
        }
    }

    /// As lists show it.
    pub(crate) fn brief(user: &StoredUser) -> Self {
        Self {
            path: user.path.clone(),
            user_name: Some(user.name.clone()),
            user_id: user.id.clone(),
            arn: user.arn(),
            create_date: user.created,
            permissions_boundary: None,
            tags: None,
        }
    }
}

/// A group.
#[derive(Reply)]
pub struct GroupShown {
    path: String,
    group_name: String,
    group_id: String,
    arn: String,
    create_date: Timestamp,
}

impl GroupShown {
    /// As it is.
    pub(crate) fn of(group: &Group) -> Self {
        Self {
            path: group.path.clone(),
            group_name: group.name.clone(),
            group_id: group.id.clone(),
            arn: group.arn(),
            create_date: group.created,
        }
    }
}

/// A role.
#[derive(Reply)]
pub struct Role {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Timestamp,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: Option<i32>,
    permissions_boundary: Option<Boundary>,
    tags: Option<Vec<Tag>>,
    role_last_used: Option<LastUsed>,
}

/// When and where a role was used last; empty for one that never was.
#[derive(Default, Reply)]
pub struct LastUsed {
    last_used_date: Option<Timestamp>,
    region: Option<String>,
}

impl LastUsed {
    /// What is known of the last use.
    pub(crate) fn of(used: Option<LastUse>) -> Self {
        let (at, region) = used.map(|used| (used.at, used.region)).unzip();
        Self { last_used_date: at, region }
    }
}

impl Role {
    /// As CreateRole and instance profiles show it. `trust` is the trust policy with ARNs.
    pub(crate) fn created(role: &StoredRole, trust: &str) -> Self {
        Self {
            path: role.path.clone(),
            role_name: role.name.clone(),
            role_id: role.id.clone(),
            arn: role.arn(),
            create_date: role.created,
            assume_role_policy_document: encoded(trust),
            description: role.description.clone(),
            max_session_duration: None,
            permissions_boundary: Boundary::of(role.boundary.as_ref()),
            tags: some(&role.tags),
            role_last_used: None,
        }
    }

    /// With everything that is known.
    pub(crate) fn whole(role: &StoredRole, trust: &str, used: Option<LastUse>) -> Self {
        Self {
            max_session_duration: Some(role.max_session_seconds),
            role_last_used: Some(LastUsed::of(used)),
            ..Self::created(role, trust)
        }
    }

    /// As lists show it.
    pub(crate) fn brief(role: &StoredRole, trust: &str) -> Self {
        Self {
            max_session_duration: Some(role.max_session_seconds),
            permissions_boundary: None,
            tags: None,
            ..Self::created(role, trust)
        }
    }
}

/// A managed policy.
#[derive(Reply)]
pub struct Policy {
    pub(crate) policy_name: String,
    pub(crate) policy_id: String,
    pub(crate) arn: String,
    pub(crate) path: String,
    pub(crate) default_version_id: String,
    pub(crate) attachment_count: i32,
    pub(crate) permissions_boundary_usage_count: i32,
    pub(crate) is_attachable: bool,
    pub(crate) description: Option<String>,
    pub(crate) create_date: Timestamp,
    pub(crate) update_date: Timestamp,
    pub(crate) tags: Option<Vec<Tag>>,
}

impl Policy {
    /// With everything that is known.
    pub(crate) fn whole(policy: &ManagedPolicy, usage: Usage) -> Self {
        Self {
            description: policy.description.clone(),
            tags: Some(policy.tags.clone()),
            ..Self::brief(policy, usage)
        }
    }

    /// As CreatePolicy shows it.
    pub(crate) fn created(policy: &ManagedPolicy) -> Self {
        Self { tags: some(&policy.tags), ..Self::brief(policy, Usage::default()) }
    }

    /// As lists show it.
    pub(crate) fn brief(policy: &ManagedPolicy, usage: Usage) -> Self {
        Self {
            policy_name: policy.name.clone(),
            policy_id: policy.id.clone(),
            arn: policy.arn(),
            path: policy.path.clone(),
            default_version_id: version_id(policy.default),
            attachment_count: usage.attachments,
            permissions_boundary_usage_count: usage.boundaries,
            is_attachable: true,
            description: None,
            create_date: policy.created,
            update_date: policy.updated,
            tags: None,
        }
    }

    /// One of AWS's.
    pub(crate) fn of_aws(policy: &AwsManaged, usage: Usage, describe: bool) -> Self {
        Self {
            policy_name: policy.name.to_owned(),
            policy_id: policy.id.to_owned(),
            arn: policy.arn(),
            path: policy.path.to_owned(),
            default_version_id: policy.version.to_owned(),
            attachment_count: usage.attachments,
            permissions_boundary_usage_count: usage.boundaries,
            is_attachable: true,
            description: describe.then(|| policy.description.to_owned()),
            create_date: policy.created(),
            update_date: policy.updated(),
            tags: describe.then(Vec::new),
        }
    }
}

/// A version of a managed policy.
#[derive(Reply)]
pub struct PolicyVersion {
    document: Option<String>,
    version_id: String,
    is_default_version: bool,
    create_date: Timestamp,
}

impl PolicyVersion {
    /// A version of `policy`, with its document or without.
    pub(crate) fn of(policy: &ManagedPolicy, version: &StoredVersion, with_document: bool) -> Self {
        Self {
            document: with_document.then(|| encoded(&version.document)),
            version_id: version_id(version.number),
            is_default_version: version.number == policy.default,
            create_date: version.created,
        }
    }

    /// The one version of a policy of AWS's that is kept.
    pub(crate) fn of_aws(policy: &AwsManaged, with_document: bool) -> Self {
        Self {
            document: with_document.then(|| encoded(policy.document)),
            version_id: policy.version.to_owned(),
            is_default_version: true,
            create_date: policy.updated(),
        }
    }
}

/// `v3`.
pub(crate) fn version_id(number: u32) -> String {
    format!("v{number}")
}

/// A managed policy as the lists of attachments show it.
#[derive(Clone, Reply)]
pub struct AttachedPolicy {
    policy_name: String,
    policy_arn: String,
}

impl AttachedPolicy {
    /// The policy of this ARN.
    pub(crate) fn of(arn: &str) -> Self {
        Self { policy_name: crate::path::tail(arn).to_owned(), policy_arn: arn.to_owned() }
    }
}

/// An instance profile.
#[derive(Reply)]
pub struct Profile {
    path: String,
    instance_profile_name: String,
    instance_profile_id: String,
    arn: String,
    create_date: Timestamp,
    roles: Vec<Role>,
    tags: Option<Vec<Tag>>,
}

impl Profile {
    /// With its role.
    pub(crate) fn whole(profile: &InstanceProfile, role: Option<Role>) -> Self {
        Self { tags: Some(profile.tags.clone()), ..Self::brief(profile, role) }
    }

    /// As lists show it.
    pub(crate) fn brief(profile: &InstanceProfile, role: Option<Role>) -> Self {
        Self {
            path: profile.path.clone(),
            instance_profile_name: profile.name.clone(),
            instance_profile_id: profile.id.clone(),
            arn: profile.arn(),
            create_date: profile.created,
            roles: role.into_iter().collect(),
            tags: None,
        }
    }
}

/// Tags, if there are any.
fn some(tags: &[Tag]) -> Option<Vec<Tag>> {
    (!tags.is_empty()).then(|| tags.to_vec())
}
