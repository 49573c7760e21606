//! Members that several operations share, with the constraints of AWS's model.

use strongroom_api::{Blob, Reply, Shape};

/// The name of a resource.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=255, pattern = "[ a-zA-Z0-9-_]*")]
pub struct ResourceName(pub String);

/// A trust anchor, by id or ARN.
#[derive(Clone, Debug, Shape)]
#[shape(
    length = 1..=1011,
    pattern = r"([a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}|arn:aws(-[^:]+)?:rolesanywhere(:.*){2}:(trust-anchor|alias/trust-anchor)/.*)"
)]
pub struct TrustAnchorId(pub String);

/// A trust anchor, by ARN.
#[derive(Clone, Debug, Shape)]
#[shape(
    length = 1..=1011,
    pattern = r"arn:aws(-[^:]+)?:rolesanywhere(:.*){2}(:trust-anchor.*|:alias/trust-anchor/.*)"
)]
pub struct TrustAnchorArn(pub String);

/// A profile, by id or ARN.
#[derive(Clone, Debug, Shape)]
#[shape(
    length = 1..=1011,
    pattern = r"([a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}|arn:aws(-[^:]+)?:rolesanywhere(:.*){2}:(profile|alias/profile)/.*)"
)]
pub struct ProfileId(pub String);

/// A revocation list, by id or ARN.
#[derive(Clone, Debug, Shape)]
#[shape(
    length = 1..=1011,
    pattern = r"([a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}|arn:aws(-[^:]+)?:rolesanywhere(:.*){2}:(crl|alias/crl)/.*)"
)]
pub struct CrlId(pub String);

/// A subject, by id.
#[derive(Clone, Debug, Shape)]
#[shape(length = 36..=36, pattern = ".*[a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}.*")]
pub struct SubjectId(pub String);

/// The ARN of anything.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=1011)]
pub struct ResourceArn(pub String);

/// The ARN of a role.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=1011, pattern = r"arn:aws(-[^:]+)?:iam(:.*){2}(:role.*)")]
pub struct RoleArn(pub String);

/// The ARN of a managed policy.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=200)]
pub struct PolicyArn(pub String);

/// How long sessions last, in seconds.
#[derive(Clone, Copy, Debug, Shape)]
#[shape(range = 900..=43200)]
pub struct Duration(pub i32);

/// Where a list goes on.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=10000)]
pub struct PageToken(pub String);

/// A revocation list.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=300_000)]
pub struct CrlData(pub Blob);

/// Where the certificates of an anchor come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum TrustAnchorType {
    /// AWS's own authority.
    #[shape(name = "AWS_ACM_PCA")]
    AcmPca,
    /// The request.
    #[shape(name = "CERTIFICATE_BUNDLE")]
    CertificateBundle,
    /// Something that AWS's model does not explain.
    #[shape(name = "SELF_SIGNED_REPOSITORY")]
    SelfSignedRepository,
}

/// The certificates of an anchor.
#[derive(Clone, Debug, Shape)]
#[shape(camel)]
pub struct Source {
    /// Where they come from.
    pub source_type: Option<TrustAnchorType>,
    /// What they are.
    pub source_data: Option<SourceData>,
}

/// What the certificates of an anchor are.
#[derive(Clone, Debug, Shape)]
#[shape(camel)]
pub struct SourceData {
    /// A PEM bundle.
    #[shape(length = 1..=204_800)]
    pub x509_certificate_data: Option<String>,
    /// AWS's own authority.
    pub acm_pca_arn: Option<String>,
}

/// A notice that somebody wants.
#[derive(Clone, Debug, Shape)]
#[shape(camel)]
pub struct NotificationSetting {
    /// Whether.
    pub enabled: bool,
    /// About what.
    pub event: NotificationEvent,
    /// How many days before.
    #[shape(range = 1..=360)]
    pub threshold: Option<i32>,
    /// Where.
    pub channel: Option<NotificationChannel>,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum NotificationEvent {
    /// An authority's certificate.
    #[shape(name = "CA_CERTIFICATE_EXPIRY")]
    OfAuthority,
    /// Another one.
    #[shape(name = "END_ENTITY_CERTIFICATE_EXPIRY")]
    OfEndEntity,
}

/// Where a notice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum NotificationChannel {
    /// Everywhere.
    #[shape(name = "ALL")]
    All,
}

/// A notice as replies show it.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct NotificationSettingView {
    enabled: bool,
    event: &'static str,
    threshold: i32,
    channel: &'static str,
    configured_by: &'static str,
}

/// The notices of every anchor: none is sent.
#[must_use]
pub fn no_notices() -> Vec<NotificationSettingView> {
    let none = |event| NotificationSettingView {
        enabled: false,
        event,
        threshold: 45,
        channel: "ALL",
        configured_by: "rolesanywhere.amazonaws.com",
    };
    vec![none("CA_CERTIFICATE_EXPIRY"), none("END_ENTITY_CERTIFICATE_EXPIRY")]
}
