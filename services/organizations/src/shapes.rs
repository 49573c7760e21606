//! Members that many requests share, with the constraints of AWS's model.

use strongroom_wire::{Sensitive, Shape};

/// An enum of AWS's texts that is also stored as them.
macro_rules! texts {
    ($(#[$outer:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$outer])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq,
            ::strongroom_wire::Shape, ::serde::Deserialize
        )]
        pub enum $name {
            $(#[doc = $text] #[shape(name = $text)] #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// AWS's text.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

texts! {
    /// What an organization is for. Only with all features does it have policies.
    FeatureSet { All = "ALL", ConsolidatedBilling = "CONSOLIDATED_BILLING" }
}

texts! {
    /// The types of policy that AWS knows. Service control policies are offered here.
    PolicyType {
        ServiceControl = "SERVICE_CONTROL_POLICY",
        ResourceControl = "RESOURCE_CONTROL_POLICY",
        Tag = "TAG_POLICY",
        Backup = "BACKUP_POLICY",
        AiServicesOptOut = "AISERVICES_OPT_OUT_POLICY",
        Chatbot = "CHATBOT_POLICY",
        DeclarativeEc2 = "DECLARATIVE_POLICY_EC2",
        SecurityHub = "SECURITYHUB_POLICY",
        SecurityHubCspm = "SECURITYHUB_CSPM_POLICY",
        Inspector = "INSPECTOR_POLICY",
        UpgradeRollout = "UPGRADE_ROLLOUT_POLICY",
        Bedrock = "BEDROCK_POLICY",
        S3 = "S3_POLICY",
        NetworkSecurityDirector = "NETWORK_SECURITY_DIRECTOR_POLICY",
        GuardDuty = "GUARDDUTY_POLICY",
    }
}

texts! {
    /// How far the creation of an account has come.
    CreateAccountState { InProgress = "IN_PROGRESS", Succeeded = "SUCCEEDED", Failed = "FAILED" }
}

texts! {
    /// Whether IAM users may see bills; there are none, so it changes nothing.
    IamUserAccessToBilling { Allow = "ALLOW", Deny = "DENY" }
}

texts! {
    /// What stands below a root or an organizational unit.
    ChildType { Account = "ACCOUNT", Unit = "ORGANIZATIONAL_UNIT" }
}

/// The 12 digits of an account.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=12, pattern = "^\\d{12}$")]
pub struct AccountId(pub String);

/// The address of an account's root user.
#[derive(Clone, Debug, Shape)]
#[shape(length = 6..=64, pattern = "[^\\s@]+@[^\\s@]+\\.[^\\s@]+")]
pub struct Email(pub Sensitive<String>);

/// The name of an account that is to be created.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=50, pattern = "[\\u0020-\\u007E]+")]
pub struct CreateAccountName(pub Sensitive<String>);

/// The name of the role through which the management account administers a new account.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=64, pattern = "[\\w+=,.@-]{1,64}")]
pub struct RoleName(pub String);

/// The id of a request to create an account.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=36, pattern = "^car-[a-z0-9]{8,32}$")]
pub struct CreateAccountRequestId(pub String);

/// The id of a root.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=34, pattern = "^r-[0-9a-z]{4,32}$")]
pub struct RootId(pub String);

/// The id of an organizational unit.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=68, pattern = "^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$")]
pub struct UnitId(pub String);

/// The name of an organizational unit.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = "[\\s\\S]*")]
pub struct UnitName(pub String);

/// The id of a root or an organizational unit.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=100, pattern = "^(r-[0-9a-z]{4,32})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$")]
pub struct ParentId(pub String);

/// The id of an account or an organizational unit.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=100, pattern = "^(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$")]
pub struct ChildId(pub String);

/// The id of a policy.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=130, pattern = "^p-[0-9a-zA-Z_]{8,128}$")]
pub struct PolicyId(pub String);

/// The name of a policy.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = "[\\s\\S]*")]
pub struct PolicyName(pub String);

/// What people say about a policy.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=512, pattern = "[\\s\\S]*")]
pub struct PolicyDescription(pub String);

/// The text of a policy.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1.., pattern = "[\\s\\S]*")]
pub struct PolicyContent(pub String);

/// The id of what a policy can be attached to.
#[derive(Clone, Debug, Shape)]
#[shape(
    length = 0..=100,
    pattern = "^(r-[0-9a-z]{4,32})|(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$"
)]
pub struct PolicyTargetId(pub String);

/// The id of what can have tags.
#[derive(Clone, Debug, Shape)]
#[shape(
    length = 0..=130,
    pattern = "^(r-[0-9a-z]{4,32})|(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})|(^p-[0-9a-zA-Z_]{8,128})|(^rp-[0-9a-zA-Z_]{4,128})|(^rt-[0-9a-zA-Z_]{8,32})$"
)]
pub struct TaggableId(pub String);

/// The name of a service: `ssm.amazonaws.com`.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = "[\\w+=,.@-]*")]
pub struct ServicePrincipal(pub String);

/// Where a list goes on.
#[derive(Clone, Debug, Shape)]
#[shape(length = 0..=100000, pattern = "[\\s\\S]*")]
pub struct NextToken(pub String);

/// How many entries a page may have.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 1..=20)]
pub struct MaxResults(pub i32);
