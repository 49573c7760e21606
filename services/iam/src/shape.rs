//! The texts and numbers that requests carry, with AWS's constraints on them.

use strongroom_api::Shape;

macro_rules! texts {
    ($($(#[$attribute:meta])* $name:ident;)*) => {
        $(
            #[derive(Clone, Debug, Shape)]
            $(#[$attribute])*
            pub struct $name(String);

            impl std::ops::Deref for $name {
                type Target = str;

                fn deref(&self) -> &str {
                    &self.0
                }
            }
        )*
    };
}

texts! {
    /// The name of a new user.
    #[shape(length = 1..=64, pattern = r"[\w+=,.@-]+")]
    UserName;
    /// The name of a user who may be older than the limit of 64 characters.
    #[shape(length = 1..=128, pattern = r"[\w+=,.@-]+")]
    ExistingUserName;
    /// The name of a group.
    #[shape(length = 1..=128, pattern = r"[\w+=,.@-]+")]
    GroupName;
    /// The name of a role.
    #[shape(length = 1..=64, pattern = r"[\w+=,.@-]+")]
    RoleName;
    /// The name of an instance profile.
    #[shape(length = 1..=128, pattern = r"[\w+=,.@-]+")]
    InstanceProfileName;
    /// The name of a policy.
    #[shape(length = 1..=128, pattern = r"[\w+=,.@-]+")]
    PolicyName;
    /// A path.
    #[shape(length = 1..=512, pattern = r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)")]
    Path;
    /// How a path begins.
    #[shape(length = 1..=512, pattern = r"\u002F[\u0021-\u007F]*")]
    PathPrefix;
    /// The path of a policy, or how it begins.
    #[shape(length = 1..=512, pattern = r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
    PolicyPath;
    /// A policy document.
    #[shape(length = 1..=131072, pattern = r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
    Document;
    /// What a role is for.
    #[shape(length = 0..=1000, pattern = r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*")]
    RoleDescription;
    /// What a policy is for.
    #[shape(length = 0..=1000)]
    PolicyDescription;
    /// An ARN.
    #[shape(length = 20..=2048)]
    Arn;
    /// The id of an access key.
    #[shape(length = 16..=128, pattern = r"[\w]+")]
    AccessKeyId;
    /// The id of a version of a policy.
    #[shape(pattern = r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")]
    VersionId;
    /// Where a list goes on.
    #[shape(length = 1..=320, pattern = r"[\u0020-\u00FF]+")]
    Marker;
    /// The URL of an OpenID Connect provider.
    #[shape(length = 1..=255)]
    ProviderUrl;
    /// An audience of an OpenID Connect provider.
    #[shape(length = 1..=255)]
    ClientId;
    /// The fingerprint of a provider's certificate.
    #[shape(length = 40..=40)]
    Thumbprint;
}

/// The most items of a page.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 1..=1000)]
pub struct MaxItems(i32);

impl MaxItems {
    /// As a number.
    #[must_use]
    pub fn get(self) -> usize {
        usize::try_from(self.0).unwrap_or(1)
    }
}

/// How long sessions of a role may last, in seconds.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 3600..=43200)]
pub struct MaxSessionDuration(i32);

impl MaxSessionDuration {
    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> i32 {
        self.0
    }
}

/// The state of an access key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum Status {
    /// It may be used.
    Active,
    /// It may not.
    Inactive,
    /// AWS's model has it; access keys do not.
    Expired,
}

/// What a policy is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum PolicyUsage {
    /// It is attached.
    PermissionsPolicy,
    /// It is a permissions boundary.
    PermissionsBoundary,
}

/// Sorts of entities, for filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum EntityFilter {
    /// Users.
    User,
    /// Roles.
    Role,
    /// Groups.
    Group,
    /// Customer managed policies.
    LocalManagedPolicy,
    /// AWS's policies.
    AWSManagedPolicy,
}
