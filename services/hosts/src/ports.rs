//! What the service needs from outside: IAM's roles, STS's sessions, and the names of this server.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Circumstances, Result, Sensitive, Source, Timestamp};

/// All of it.
#[derive(Clone)]
pub struct Ports {
    /// Which roles there are.
    pub roles: Arc<dyn Roles>,
    /// Who gives out sessions.
    pub sessions: Arc<dyn Sessions>,
    /// How this server is called.
    pub names: Arc<dyn Names>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Its unique id.
    pub id: String,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// An instance profile.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its ARN.
    pub arn: String,
    /// Its unique id.
    pub id: String,
    /// The role in it.
    pub role: Option<Role>,
}

/// Knows roles and instance profiles; IAM implements it.
pub trait Roles: Send + Sync {
    /// The role of this ARN, if it is one of `account`.
    fn role<'a>(&'a self, account: &'a str, arn: &'a str) -> BoxFuture<'a, Result<Option<Role>>>;

    /// The instance profile of this name.
    fn profile<'a>(
        &'a self,
        account: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Profile>>>;
}

/// A session that a host has earned, if the role agrees.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The role.
    pub role_arn: &'a str,
    /// The account of host and role.
    pub account: &'a str,
    /// The host's id: name and source identity of the session.
    pub host_id: &'a str,
    /// The host, as `aws:SourceArn` of the role's trust policy, and on whose enrolment the session
    /// depends.
    pub host_arn: &'a str,
    /// How long it lasts at most.
    pub seconds: i32,
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
}

/// Hands out sessions as EC2 does; STS implements it.
pub trait Sessions: Send + Sync {
    /// A session, if the role's trust policy lets it be; `None` if not.
    fn begin<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        asked: Asked<'a>,
    ) -> BoxFuture<'a, Result<Option<Session>>>;
}

/// Knows how this server is called.
pub trait Names: Send + Sync {
    /// Scheme and host under which a request reached this server: `https://secrets.example.com`. `None`
    /// if it names a host that this server is not.
    fn origin(&self, source: &Source<'_>) -> Option<String>;
}
