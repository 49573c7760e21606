//! Credentials of a role for unmodified SDKs: instance metadata (version 2) and the container endpoint.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};
use bytes::Bytes;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderValue, Method};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use strongroom_client::{
    AssumeRole, Client, Credentials, Error, Fault, Fresh, IAM, Machine, Provide, element, unescaped,
};
use zeroize::Zeroizing;

use crate::answer::Refusal;
use crate::desk::{self, Reply};
use crate::failure::Failure;
use crate::joined::Joined;
use crate::value::wiped;

/// Where the container endpoint is.
pub const CONTAINER_PATH: &str = "/credentials";
const METADATA: &str = "/latest/";
const TOKEN_PATH: &str = "/latest/api/token";
const TTL_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "x-aws-ec2-metadata-token";
const MAX_TTL_SECONDS: i64 = 21_600;

/// Which role is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The role of this instance profile.
    InstanceProfile(String),
    /// This role.
    Arn(String),
}

/// The credentials of one role, and what an instance is told about itself.
pub struct Workload {
    credentials: Arc<dyn Provide>,
    about: About,
    container_token: Zeroizing<String>,
    /// Signs session tokens, so that none needs to be remembered.
    token_key: hmac::Key,
    machine: Arc<dyn Machine>,
}

/// What an instance is told about itself.
#[derive(Clone, Debug)]
struct About {
    role_arn: String,
    profile_arn: String,
    profile_id: String,
    account: String,
    region: String,
    instance_id: String,
}

impl Workload {
    /// Finds the role and assumes it once, so that what is wrong is known at the start.
    ///
    /// # Errors
    /// For a role or profile that is not there or may not be assumed.
    pub async fn open(
        client: &Client,
        role: &Role,
        host: &str,
        container_token: Zeroizing<String>,
    ) -> Result<Self, Failure> {
        let machine = Arc::clone(client.machine());
        let about = about(client, role, host).await?;
        let assume = AssumeRole::new(client.clone(), &about.role_arn, &about.instance_id);
        let credentials = Arc::new(Fresh::new(Box::new(assume), Arc::clone(&machine)));
        credentials.provide().await.map_err(|error| {
            Failure::from(error).hint(format!(
                "the trust policy of {} has to let this agent's own identity assume it",
                about.role_arn
            ))
        })?;
        Self::new(credentials, about, container_token, machine)
    }

    /// The role of a host that has joined.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn of_host(
        client: &Client,
        joined: &Joined,
        container_token: Zeroizing<String>,
    ) -> Result<Self, Failure> {
        let told = &joined.enrolment;
        let role_arn = joined.role_arn.clone();
        let of_role = || role_arn.replacen(":role/", ":instance-profile/", 1);
        let about = About {
            profile_arn: told.instance_profile_arn.clone().unwrap_or_else(of_role),
            profile_id: told.instance_profile_id.clone().unwrap_or_default(),
            role_arn,
            account: told.account.clone(),
            region: client.settings().region.clone(),
            instance_id: told.host_id.clone(),
        };
        let machine = Arc::clone(client.machine());
        Self::new(Arc::clone(&joined.credentials) as _, about, container_token, machine)
    }

    fn new(
        credentials: Arc<dyn Provide>,
        about: About,
        container_token: Zeroizing<String>,
        machine: Arc<dyn Machine>,
    ) -> Result<Self, Failure> {
        let mut key = Zeroizing::new([0; 32]);
        machine.fill(&mut *key)?;
        let token_key = hmac::Key::new(hmac::HMAC_SHA256, &*key);
        Ok(Self { credentials, about, container_token, token_key, machine })
    }

    /// Whether a path belongs here.
    #[must_use]
    pub fn has(path: &str) -> bool {
        let path = plain(path);
        path.starts_with(METADATA) || path == CONTAINER_PATH
    }

    /// The role served.
    #[must_use]
    pub fn role_arn(&self) -> &str {
        &self.about.role_arn
    }

    pub(crate) async fn answer(&self, head: &Parts, is_forwarded: bool) -> Result<Reply, Refusal> {
        if is_forwarded {
            return Err(Refusal::plain(403, "Forbidden"));
        }
        match plain(head.uri.path()) {
            CONTAINER_PATH => self.container(head).await,
            TOKEN_PATH => self.token(head),
            path => self.metadata(head, path).await,
        }
    }

    async fn container(&self, head: &Parts) -> Result<Reply, Refusal> {
        let refuse = |status, code: &str, message: &str| {
            let body = json!({ "code": code, "message": message }).to_string();
            Refusal { body: Bytes::from(body), ..Refusal::plain(status, "") }
        };
        if head.method != Method::GET {
            return Err(refuse(405, "MethodNotAllowed", "use GET"));
        }
        let shown = head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let expected = self.container_token.as_bytes();
        if shown.is_none_or(|shown| verify_slices_are_equal(shown, expected).is_err()) {
            return Err(refuse(401, "Unauthorized", "the authorization token is missing or wrong"));
        }
        match self.credentials.provide().await {
            Ok(credentials) => Ok(desk::json(self.document(&credentials, false))),
            Err(error) => Err(refuse(503, "CredentialsNotAvailable", &public(&error))),
        }
    }

    /// The handshake of version 2.
    fn token(&self, head: &Parts) -> Result<Reply, Refusal> {
        if head.method != Method::PUT {
            return Err(Refusal::plain(405, "Method Not Allowed"));
        }
        let header = head.headers.get(TTL_HEADER).and_then(|value| value.to_str().ok());
        let seconds = header.and_then(|text| text.parse().ok());
        let seconds = seconds
            .filter(|seconds| (1..=MAX_TTL_SECONDS).contains(seconds))
            .ok_or_else(|| Refusal::plain(400, "Bad Request"))?;
        let end = self.uptime().saturating_add(seconds);
        let mut nonce = [0; 8];
        self.machine.fill(&mut nonce).map_err(|_| Refusal::plain(500, ""))?;
        let mut bytes = [&end.to_be_bytes()[..], &nonce].concat();
        let tag = hmac::sign(&self.token_key, &bytes);
        bytes.extend_from_slice(tag.as_ref());
        let mut reply = desk::reply(200, Bytes::from(BASE64URL_NOPAD.encode(&bytes)));
        reply.headers_mut().insert(TTL_HEADER, HeaderValue::from(seconds));
        Ok(reply)
    }

    fn is_good(&self, token: &HeaderValue) -> bool {
        let Ok(bytes) = BASE64URL_NOPAD.decode(token.as_bytes()) else { return false };
        let Some((signed, tag)) = bytes.split_at_checked(16) else { return false };
        let end = signed.first_chunk::<8>().map(|end| i64::from_be_bytes(*end));
        hmac::verify(&self.token_key, signed, tag).is_ok()
            && end.is_some_and(|end| self.uptime() < end)
    }

    /// Session tokens are of this process, and last no longer when its clock is set back.
    fn uptime(&self) -> i64 {
        i64::try_from(self.machine.steady().as_secs()).unwrap_or(i64::MAX)
    }

    async fn metadata(&self, head: &Parts, path: &str) -> Result<Reply, Refusal> {
        if !head.headers.get(TOKEN_HEADER).is_some_and(|token| self.is_good(token)) {
            return Err(Refusal::plain(401, "Unauthorized"));
        }
        if head.method != Method::GET {
            return Err(Refusal::plain(405, "Method Not Allowed"));
        }
        let about = &self.about;
        let role = about.role_name();
        let text = match path.trim_end_matches('/') {
            "/latest/meta-data/iam/security-credentials" => role.to_owned(),
            "/latest/meta-data/iam/info" => self.info(),
            "/latest/meta-data/iam" => "info\nsecurity-credentials/".to_owned(),
            "/latest/meta-data" => {
                "ami-id\nhostname\niam/\ninstance-id\ninstance-type\nplacement/".to_owned()
            }
            "/latest/meta-data/ami-id" => "ami-00000000000000000".to_owned(),
            "/latest/meta-data/instance-type" => "strongroom".to_owned(),
            "/latest/meta-data/hostname" | "/latest/meta-data/local-hostname" => about.hostname(),
            "/latest/meta-data/instance-id" => about.instance_id.clone(),
            "/latest/meta-data/placement" => "availability-zone\nregion".to_owned(),
            "/latest/meta-data/placement/region" => about.region.clone(),
            "/latest/meta-data/placement/availability-zone" => about.zone(),
            "/latest/meta-data/services/domain" => "amazonaws.com".to_owned(),
            "/latest/meta-data/services/partition" => about.partition().to_owned(),
            "/latest/dynamic/instance-identity/document" => self.identity(),
            other => match other.strip_prefix("/latest/meta-data/iam/security-credentials/") {
                Some(name) if name == role => return self.credentials().await,
                // SDKs ask the newer `security-credentials-extended` first and fall back on 404.
                _ => return Err(Refusal::plain(404, "Not Found")),
            },
        };
        Ok(desk::reply(200, Bytes::from(text)))
    }

    async fn credentials(&self) -> Result<Reply, Refusal> {
        match self.credentials.provide().await {
            Ok(credentials) => Ok(desk::json(self.document(&credentials, true))),
            Err(error) => {
                tracing::warn!(%error, "the role's credentials cannot be renewed");
                let body = json!({
                    "Code": "AssumeRoleUnauthorizedAccess",
                    "Message": public(&error),
                    "LastUpdated": seconds(self.machine.now()),
                });
                Err(Refusal { body: Bytes::from(body.to_string()), ..Refusal::plain(503, "") })
            }
        }
    }

    fn document(&self, credentials: &Credentials, is_instance: bool) -> Bytes {
        let now = seconds(self.machine.now());
        let end = credentials.expiration().map(seconds);
        wiped(&Document {
            code: is_instance.then_some("Success"),
            last_updated: is_instance.then_some(&now),
            kind: is_instance.then_some("AWS-HMAC"),
            access_key_id: credentials.access_key_id(),
            secret_access_key: credentials.secret_access_key(),
            token: credentials.session_token().unwrap_or_default(),
            expiration: end.as_deref(),
            account_id: (!is_instance).then_some(&self.about.account),
            role_arn: (!is_instance).then_some(&self.about.role_arn),
        })
    }

    fn info(&self) -> String {
        json!({
            "Code": "Success",
            "LastUpdated": seconds(self.machine.now()),
            "InstanceProfileArn": self.about.profile_arn,
            "InstanceProfileId": self.about.profile_id,
        })
        .to_string()
    }

    fn identity(&self) -> String {
        let about = &self.about;
        json!({
            "accountId": about.account,
            "architecture": std::env::consts::ARCH,
            "availabilityZone": about.zone(),
            "imageId": "ami-00000000000000000",
            "instanceId": about.instance_id,
            "instanceType": "strongroom",
            "region": about.region,
            "version": "2017-09-30",
        })
        .to_string()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_updated: Option<&'a String>,
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<&'a String>,
}

impl About {
    fn role_name(&self) -> &str {
        self.role_arn.rsplit('/').next().unwrap_or_default()
    }

    fn zone(&self) -> String {
        format!("{}a", self.region)
    }

    fn hostname(&self) -> String {
        format!("{}.{}.compute.internal", self.instance_id, self.region)
    }

    fn partition(&self) -> &str {
        self.role_arn.split(':').nth(1).unwrap_or("aws")
    }
}

/// AWS's SDK for Java asks for `//latest/…` when the endpoint that it was given ends with a slash.
fn plain(path: &str) -> &str {
    if path.starts_with("//latest/") { &path[1..] } else { path }
}

async fn about(client: &Client, role: &Role, host: &str) -> Result<About, Failure> {
    let (role_arn, profile_arn, profile_id) = match role {
        Role::Arn(arn) => {
            (arn.clone(), arn.replacen(":role/", ":instance-profile/", 1), String::new())
        }
        Role::InstanceProfile(name) => profile(client, name).await?,
    };
    let account = role_arn.split(':').nth(4).filter(|_| role_arn.contains(":role/"));
    let account = account
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("{role_arn} is not the ARN of a role")))?;
    // The same for as long as the host is the same, so that sessions in the trail are its.
    let hash = digest::digest(&digest::SHA256, format!("{host}\n{role_arn}").as_bytes());
    let instance_id = format!("i-{}", HEXLOWER.encode(hash.as_ref()).get(..17).unwrap_or_default());
    let region = client.settings().region.clone();
    Ok(About { role_arn, profile_arn, profile_id, account, region, instance_id })
}

/// The ARN of an instance profile's role.
///
/// # Errors
/// When there is no such profile, or no role in it.
pub async fn role_of(client: &Client, profile_name: &str) -> Result<String, Failure> {
    Ok(profile(client, profile_name).await?.0)
}

/// Role, ARN and id of an instance profile.
async fn profile(client: &Client, name: &str) -> Result<(String, String, String), Failure> {
    let parameters = [("InstanceProfileName", name)];
    let reply = client.query(IAM, "GetInstanceProfile", &parameters).await?;
    let text = reply.text()?;
    let missing = || {
        Failure::new(format!("the instance profile {name} has no role"))
            .hint("add one: aws iam add-role-to-instance-profile")
    };
    let roles = element(text, "Roles").ok_or_else(missing)?;
    let role = element(roles, "Arn").ok_or_else(missing)?;
    let outside = text.replacen(roles, "", 1);
    let part = |name| element(&outside, name).map(unescaped).map(|text| text.to_string());
    let id = part("InstanceProfileId").unwrap_or_default();
    Ok((unescaped(role).to_string(), part("Arn").unwrap_or_default(), id))
}

/// As AWS writes it: to the second.
fn seconds(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What a workload may know of a failure: the service's own words, and nothing of the way there.
fn public(error: &Error) -> String {
    match error.fault() {
        Fault::Service => error.message().to_owned(),
        _ => "the role's credentials cannot be renewed at the moment".to_owned(),
    }
}

#[cfg(test)]
mod tests;
