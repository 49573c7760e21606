//! The keys of identity providers: from a file of the operator's, or from where the provider says.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::value::RawValue;
use strongroom_api::BoxFuture;
use strongroom_outbound::Limits;
use strongroom_sts::jwks::{JwksSource, Unreachable};

use crate::clock::Clock;
use crate::outward::Exit;

/// Keys from the file for the issuers that it knows, and from the provider for the others.
pub struct ProviderKeys {
    /// The file.
    pub file: JwksFile,
    /// The providers.
    pub web: ProvidersOnline,
}

impl JwksSource for ProviderKeys {
    fn jwks<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Option<String>, Unreachable>> {
        Box::pin(async move {
            match self.file.jwks(issuer).await? {
                Some(keys) => Ok(Some(keys)),
                None => self.web.jwks(issuer).await,
            }
        })
    }
}

/// Keys as OpenID Connect Discovery finds them: the issuer's configuration names where they are.
///
/// STS asks for issuers only that somebody has made an OIDC provider of in IAM. Requests go through
/// the guarded client, so a provider on a private network needs the operator's `allowed_networks`.
pub struct ProvidersOnline {
    exit: Arc<Exit>,
    clock: Arc<dyn Clock>,
    /// Documents fetched lately, with when, in milliseconds.
    kept: Mutex<HashMap<String, (i64, String)>>,
}

/// How long a document is good for. A provider publishes a new key before it signs with it.
const KEPT_MILLIS: i64 = 5 * 60_000;
/// Documents kept at a time.
const MOST_KEPT: usize = 256;
const MOST_DOCUMENT_BYTES: usize = 1 << 20;

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

impl ProvidersOnline {
    /// Through `exit`.
    #[must_use]
    pub fn new(exit: Arc<Exit>, clock: Arc<dyn Clock>) -> Self {
        Self { exit, clock, kept: Mutex::default() }
    }

    async fn fetch(&self, issuer: &str) -> Result<String, Unreachable> {
        let base = issuer.trim_end_matches('/');
        let text = self.get(&format!("{base}/.well-known/openid-configuration")).await?;
        let discovered: Discovered = serde_json::from_str(&text)?;
        if discovered.issuer.trim_end_matches('/') != base {
            return Err(format!("{issuer} names another issuer: {}", discovered.issuer).into());
        }
        if !discovered.jwks_uri.starts_with("https://") {
            return Err(format!("{issuer} has its keys at no https address").into());
        }
        self.get(&discovered.jwks_uri).await
    }

    async fn get(&self, url: &str) -> Result<String, Unreachable> {
        let limits = Limits { body_bytes: MOST_DOCUMENT_BYTES, ..Limits::default() };
        let client = self.exit.client().map_err(|failure| failure.to_string())?;
        let answer = client.get(url, &[("accept", "application/json")], &limits).await;
        let answer = answer.map_err(|fault| format!("{url}: {fault}"))?;
        if !answer.status.is_success() {
            return Err(format!("{url} answered {}", answer.status).into());
        }
        Ok(String::from_utf8(answer.body.into())?)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, (i64, String)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JwksSource for ProvidersOnline {
    fn jwks<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Option<String>, Unreachable>> {
        Box::pin(async move {
            let now = self.clock.now().millis();
            if let Some((at, keys)) = self.kept().get(issuer)
                && now.abs_diff(*at) < KEPT_MILLIS.unsigned_abs()
            {
                return Ok(Some(keys.clone()));
            }
            let keys = self.fetch(issuer).await?;
            let mut kept = self.kept();
            if kept.len() >= MOST_KEPT {
                kept.clear();
            }
            kept.insert(issuer.to_owned(), (now, keys.clone()));
            Ok(Some(keys))
        })
    }
}

/// Key documents by issuer, in one JSON file: `{"https://issuer.example": {"keys": […]}}`.
///
/// For issuers that cannot be reached, as in clusters whose issuer has no public address. The file is
/// read anew each time, so that whoever replaces it need not restart the server.
pub struct JwksFile(pub Option<PathBuf>);

/// A larger file is not read.
const MOST_BYTES: u64 = 4 << 20;

impl JwksSource for JwksFile {
    fn jwks<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Option<String>, Unreachable>> {
        Box::pin(async move {
            let Some(path) = &self.0 else { return Ok(None) };
            let failed = |cause: &dyn std::fmt::Display| -> Unreachable {
                format!("jwks_file {}: {cause}", path.display()).into()
            };
            let size = tokio::fs::metadata(path).await.map_err(|error| failed(&error))?.len();
            if size > MOST_BYTES {
                return Err(failed(&"is larger than 4 MiB"));
            }
            let text = tokio::fs::read_to_string(path).await.map_err(|error| failed(&error))?;
            let issuers: BTreeMap<String, Box<RawValue>> =
                serde_json::from_str(&text).map_err(|error| failed(&error))?;
            Ok(issuers.get(issuer).map(|keys| keys.get().to_owned()))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[tokio::test]
    async fn an_issuer_s_keys_are_found_in_the_file_as_it_is_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        let source = JwksFile(Some(path.clone()));
        assert!(source.jwks("https://a.example").await.is_err());
        std::fs::write(&path, r#"{"https://a.example": {"keys": []}}"#).unwrap();
        let keys = source.jwks("https://a.example").await.unwrap();
        assert_eq!(keys.as_deref(), Some(r#"{"keys": []}"#));
        assert_eq!(source.jwks("https://b.example").await.unwrap(), None);
        std::fs::write(&path, "{").unwrap();
        let refused = source.jwks("https://a.example").await.unwrap_err().to_string();
        assert!(refused.contains("jwks.json"), "{refused}");
    }

    #[tokio::test]
    async fn without_a_file_no_issuer_is_known() {
        assert_eq!(JwksFile(None).jwks("https://a.example").await.unwrap(), None);
    }
}
