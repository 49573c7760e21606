//! Sessions of a role: AssumeRole, and AssumeRoleWithWebIdentity.

use std::path::PathBuf;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Credentials, Provide, Providing};
use crate::{Client, Error, Fault, Response, STS, element, unescaped};

/// Begins sessions of a role with a client's own credentials.
pub struct AssumeRole {
    client: Client,
    arn: String,
    session_name: String,
    external_id: Option<String>,
    duration_seconds: Option<u32>,
}

impl AssumeRole {
    /// Sessions of the role `arn`, called `session_name`.
    #[must_use]
    pub fn new(client: Client, arn: &str, session_name: &str) -> Self {
        Self {
            client,
            arn: arn.to_owned(),
            session_name: session_name.to_owned(),
            external_id: None,
            duration_seconds: None,
        }
    }

    /// The same with the id that the role's trust policy asks for.
    #[must_use]
    pub fn external_id(mut self, id: Option<&str>) -> Self {
        self.external_id = id.map(str::to_owned);
        self
    }

    /// The same for so long; AWS's default is an hour.
    #[must_use]
    pub fn duration_seconds(mut self, seconds: Option<u32>) -> Self {
        self.duration_seconds = seconds;
        self
    }

    async fn begin(&self) -> Result<Credentials, Error> {
        let seconds = self.duration_seconds.map(|seconds| seconds.to_string());
        let mut parameters =
            vec![("RoleArn", self.arn.as_str()), ("RoleSessionName", self.session_name.as_str())];
        parameters.extend(self.external_id.as_deref().map(|id| ("ExternalId", id)));
        parameters.extend(seconds.as_deref().map(|seconds| ("DurationSeconds", seconds)));
        session(&self.client.query(STS, "AssumeRole", &parameters).await?)
    }
}

impl Provide for AssumeRole {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.begin())
    }
}

/// Begins sessions of a role with a token in a file, which is read anew each time.
pub(crate) struct WebIdentity {
    pub client: Client,
    pub arn: String,
    pub session_name: String,
    pub token_file: PathBuf,
}

impl WebIdentity {
    async fn begin(&self) -> Result<Credentials, Error> {
        let token = crate::profile::read(&self.token_file)?.ok_or_else(|| {
            Error::credentials(format!("there is no file {}", self.token_file.display()))
        })?;
        let token = Zeroizing::new(token.trim().to_owned());
        let parameters = [
            ("RoleArn", self.arn.as_str()),
            ("RoleSessionName", self.session_name.as_str()),
            ("WebIdentityToken", token.as_str()),
        ];
        session(&self.client.query(STS, "AssumeRoleWithWebIdentity", &parameters).await?)
    }
}

impl Provide for WebIdentity {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.begin())
    }
}

/// The credentials in STS's answer.
fn session(response: &Response) -> Result<Credentials, Error> {
    let text = response.text()?;
    let part = |name| element(text, name).map(unescaped).ok_or_else(|| not_as_promised(name));
    let token = part("SessionToken")?;
    let id = part("AccessKeyId")?;
    let end: Timestamp = part("Expiration")?.parse().map_err(|_| not_as_promised("Expiration"))?;
    let session = Credentials::new(&id, &part("SecretAccessKey")?, Some(&token)).until(end);
    // STS's clock is what the end is told by; ours may differ.
    Ok(match response.date() {
        Some(date) => session.given_at(date),
        None => session,
    })
}

fn not_as_promised(what: &str) -> Error {
    Error::of(Fault::Reply, format!("STS's answer holds no {what}"))
}
