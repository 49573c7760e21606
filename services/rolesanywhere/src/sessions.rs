//! The port to STS.

use strongroom_api::{BoxFuture, Circumstances, Result, Sensitive, Timestamp};

/// A session that a certificate has earned, if its role agrees.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The role.
    pub role_arn: &'a str,
    /// The account of anchor, profile and role.
    pub account: &'a str,
    /// The trust anchor, as `aws:SourceArn` of the role's trust policy.
    pub trust_anchor_arn: &'a str,
    /// What the session is called.
    pub name: &'a str,
    /// How long it lasts.
    pub seconds: i32,
    /// `CN=…`.
    pub source_identity: &'a str,
    /// The certificate's attributes, as tags of principal and session.
    pub tags: &'a [(String, String)],
    /// The profile's policy.
    pub policy: Option<&'a str>,
    /// The profile's managed policies.
    pub policy_arns: &'a [String],
}

/// A session.
#[derive(Debug)]
pub struct Session {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Sensitive<String>,
    /// The session token.
    pub session_token: Sensitive<String>,
    /// When it ends.
    pub expires: Timestamp,
    /// `AROA…:session`.
    pub assumed_role_id: String,
    /// The ARN of the session.
    pub assumed_role_arn: String,
    /// How much of the space for policies and tags is taken, in percent.
    pub packed_policy_size: Option<i64>,
}

/// Hands out sessions, as `rolesanywhere.amazonaws.com`; STS implements it.
pub trait Sessions: Send + Sync {
    /// A session, if the role's trust policy lets it be; `None` if not.
    fn assume<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        request: Request<'a>,
    ) -> BoxFuture<'a, Result<Option<Session>>>;
}
