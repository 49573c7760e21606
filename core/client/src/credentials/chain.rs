//! Where AWS's SDKs look for credentials, in their order.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::assume_role::WebIdentity;
use super::container::Container;
use super::instance::Instance;
use super::process::Process;
use super::{AssumeRole, Credentials, Fresh, Provide, Providing, Static};
use crate::profile::Profile;
use crate::{Client, Error, Machine, Settings, Transport, Variables};

/// One profile may point to the next, and so on; nobody needs more.
const MAX_PROFILES: usize = 5;

/// The first source that is configured: variables, a web identity token, the profile, the container
/// endpoint, instance metadata.
///
/// # Errors
/// For a source that is configured and cannot be used.
pub fn chain(
    variables: &Variables,
    settings: &Settings,
    machine: &Arc<dyn Machine>,
) -> Result<Box<dyn Provide>, Error> {
    match configured(variables, settings, machine)? {
        Some(found) => Ok(found),
        None => Wanted { variables, settings, machine }.on_host(),
    }
}

/// The same, but nothing that is only there because it is always tried: instance metadata where no variable
/// says where it is.
///
/// # Errors
/// As [`chain`].
pub fn configured(
    variables: &Variables,
    settings: &Settings,
    machine: &Arc<dyn Machine>,
) -> Result<Option<Box<dyn Provide>>, Error> {
    let wanted = Wanted { variables, settings, machine };
    if variables("AWS_PROFILE").is_none()
        && let Some(found) = wanted.in_variables()
    {
        return Ok(Some(found));
    }
    if let Some(found) = wanted.web_identity() {
        return Ok(Some(found));
    }
    let name = variables("AWS_PROFILE").or_else(|| variables("AWS_DEFAULT_PROFILE"));
    if let Some(found) = wanted.in_profile(name.as_deref().unwrap_or("default"), MAX_PROFILES)? {
        return Ok(Some(found));
    }
    const ON_HOST: &[&str] = &[
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    ];
    let is_named = ON_HOST.iter().any(|name| variables(name).is_some());
    is_named.then(|| wanted.on_host()).transpose()
}

struct Wanted<'a> {
    variables: &'a Variables,
    settings: &'a Settings,
    machine: &'a Arc<dyn Machine>,
}

impl Wanted<'_> {
    fn in_variables(&self) -> Option<Box<dyn Provide>> {
        let id = (self.variables)("AWS_ACCESS_KEY_ID")?;
        let secret = zeroize::Zeroizing::new((self.variables)("AWS_SECRET_ACCESS_KEY")?);
        let token = (self.variables)("AWS_SESSION_TOKEN").map(zeroize::Zeroizing::new);
        let token = token.as_ref().map(|token| token.as_str());
        Some(Box::new(Static(Credentials::new(&id, &secret, token))))
    }

    fn web_identity(&self) -> Option<Box<dyn Provide>> {
        let token_file = (self.variables)("AWS_WEB_IDENTITY_TOKEN_FILE")?;
        let arn = (self.variables)("AWS_ROLE_ARN")?;
        let name = (self.variables)("AWS_ROLE_SESSION_NAME");
        Some(self.with_token(&arn, name.as_deref(), &token_file))
    }

    fn with_token(&self, arn: &str, name: Option<&str>, file: &str) -> Box<dyn Provide> {
        Box::new(WebIdentity {
            client: self.client(Box::new(Anonymous)),
            arn: arn.to_owned(),
            session_name: name.map_or_else(|| self.session_name(), str::to_owned),
            token_file: PathBuf::from(file),
        })
    }

    fn in_profile(&self, name: &str, left: usize) -> Result<Option<Box<dyn Provide>>, Error> {
        let Some(profile) = Profile::named(self.variables, name)? else { return Ok(None) };
        if let Some(arn) = profile.get("role_arn") {
            return self.role(&profile, arn, name, left).map(Some);
        }
        if let (Some(id), Some(secret)) =
            (profile.get("aws_access_key_id"), profile.get("aws_secret_access_key"))
        {
            let token = profile.get("aws_session_token");
            return Ok(Some(Box::new(Static(Credentials::new(id, secret, token)))));
        }
        match profile.get("credential_process") {
            Some(line) => Ok(Some(Box::new(Process::new(line)?))),
            None => Ok(None),
        }
    }

    fn role(
        &self,
        profile: &Profile,
        arn: &str,
        name: &str,
        left: usize,
    ) -> Result<Box<dyn Provide>, Error> {
        let session_name = profile.get("role_session_name");
        if let Some(file) = profile.get("web_identity_token_file") {
            return Ok(self.with_token(arn, session_name, file));
        }
        let missing =
            || Error::settings(format!("the profile {name} names no source of credentials"));
        let source = match (profile.get("source_profile"), profile.get("credential_source")) {
            // A profile that is its own source holds the key itself.
            (Some(source), _) if source == name => self.key_of(profile).ok_or_else(missing)?,
            (Some(source), _) if left > 0 => {
                self.in_profile(source, left - 1)?.ok_or_else(missing)?
            }
            (None, Some("Environment")) => self.in_variables().ok_or_else(missing)?,
            (None, Some(_)) => self.on_host()?,
            _ => return Err(missing()),
        };
        let session_name = session_name.map_or_else(|| self.session_name(), str::to_owned);
        let seconds = profile.get("duration_seconds").and_then(|text| text.parse().ok());
        Ok(Box::new(
            AssumeRole::new(self.client(source), arn, &session_name)
                .external_id(profile.get("external_id"))
                .duration_seconds(seconds),
        ))
    }

    fn key_of(&self, profile: &Profile) -> Option<Box<dyn Provide>> {
        let id = profile.get("aws_access_key_id")?;
        let secret = profile.get("aws_secret_access_key")?;
        let token = profile.get("aws_session_token");
        Some(Box::new(Static(Credentials::new(id, secret, token))))
    }

    /// The container endpoint, or instance metadata.
    fn on_host(&self) -> Result<Box<dyn Provide>, Error> {
        let transport =
            Arc::new(Transport::new(self.settings.ca_bundle.clone(), Duration::from_secs(1)));
        if let Some(found) = Container::find(self.variables, &transport)? {
            return Ok(Box::new(found));
        }
        match Instance::find(self.variables, &transport) {
            Some(found) => Ok(Box::new(found)),
            None => Ok(Box::new(Nowhere)),
        }
    }

    fn client(&self, source: Box<dyn Provide>) -> Client {
        let fresh = Fresh::new(source, Arc::clone(self.machine));
        Client::new(self.settings.clone(), Arc::new(fresh), Arc::clone(self.machine))
    }

    fn session_name(&self) -> String {
        format!("strongroom-{}", self.machine.now().as_second())
    }
}

/// For the one request that is not judged by its signature.
struct Anonymous;

impl Provide for Anonymous {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(async { Ok(Credentials::new("", "", None)) })
    }
}

struct Nowhere;

impl Provide for Nowhere {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(async { Err(Error::credentials("no credentials were found")) })
    }
}
