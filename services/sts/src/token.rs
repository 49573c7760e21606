//! Web identity tokens: JSON Web Tokens, read, checked against the clock and verified.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use strongroom_api::{Result, Timestamp};

use crate::error;
use crate::jwks::{Algorithm, JwkSet};

/// The claim by which a provider passes session tags.
const TAGS: &str = "https://aws.amazon.com/tags";
/// The claim by which a provider sets the source identity.
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
/// How far the provider's clock may be ahead of ours, in seconds.
const LEEWAY: i64 = 60;

/// A token that has been read but not yet verified.
pub(crate) struct Token<'t> {
    algorithm: String,
    key_id: Option<String>,
    signed: &'t str,
    signature: Vec<u8>,
    claims: Map<String, Value>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

impl<'t> Token<'t> {
    /// Reads a token.
    ///
    /// # Errors
    /// `InvalidIdentityToken` for what is no JSON Web Token.
    pub(crate) fn read(text: &'t str) -> Result<Self> {
        Self::parse(text).ok_or_else(error::not_a_token)
    }

    fn parse(text: &'t str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
        let claims = serde_json::from_slice(&decode(claims)?).ok()?;
        let signature = decode(signature)?;
        Some(Self { algorithm: header.alg, key_id: header.kid, signed, signature, claims })
    }

    /// The issuer, with scheme.
    ///
    /// # Errors
    /// `InvalidIdentityToken` without one.
    pub(crate) fn issuer(&self) -> Result<&str> {
        self.text("iss").ok_or_else(error::not_a_token)
    }

    /// Whom the token speaks of.
    ///
    /// # Errors
    /// `InvalidIdentityToken` without one.
    pub(crate) fn subject(&self) -> Result<&str> {
        self.text("sub").ok_or_else(error::not_a_token)
    }

    /// For whom it was issued: the authorized party if one is named, else the audience.
    pub(crate) fn audiences(&self) -> Vec<&str> {
        if let Some(party) = self.text("azp") {
            return vec![party];
        }
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The values of a claim, as conditions ask for it.
    pub(crate) fn claim(&self, name: &str) -> Vec<String> {
        match self.claims.get(name) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(many)) => many.iter().filter_map(printed).collect(),
            Some(other) => printed(other).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The session tags that the provider passes, and which of them are transitive.
    pub(crate) fn tags(&self) -> (Vec<(String, String)>, Vec<String>) {
        let tags = self.claims.get(TAGS);
        let first = |value: &Value| match value {
            Value::Array(values) => values.first().and_then(printed),
            value => printed(value),
        };
        let principal = tags.and_then(|tags| tags.get("principal_tags")).and_then(Value::as_object);
        let pairs = principal.into_iter().flatten();
        let tags_of = |(key, value): (&String, &Value)| Some((key.clone(), first(value)?));
        let transitive = tags.and_then(|tags| tags.get("transitive_tag_keys"));
        let keys = transitive.and_then(Value::as_array).into_iter().flatten();
        (pairs.filter_map(tags_of).collect(), keys.filter_map(printed).collect())
    }

    /// The source identity that the provider sets.
    pub(crate) fn source_identity(&self) -> Option<&str> {
        self.text(SOURCE_IDENTITY)
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// `InvalidIdentityToken` for an algorithm or signature that does not hold.
    pub(crate) fn verify(&self, keys: &JwkSet) -> Result<()> {
        let algorithm = Algorithm::read(&self.algorithm).ok_or_else(error::not_a_token)?;
        let named = (self.algorithm.as_str(), algorithm);
        let message = self.signed.as_bytes();
        match keys.verifies(named, self.key_id.as_deref(), message, &self.signature) {
            true => Ok(()),
            false => Err(error::no_verification_key()),
        }
    }

    /// Checks that the token is of now.
    ///
    /// # Errors
    /// `ExpiredTokenException`, `InvalidIdentityToken`.
    pub(crate) fn check_times(&self, now: Timestamp) -> Result<()> {
        let now = now.seconds();
        let expires = self.seconds("exp").ok_or_else(|| error::missing_claim("exp"))?;
        self.seconds("iat").ok_or_else(|| error::missing_claim("iat"))?;
        if now >= expires {
            return Err(error::token_expired(now, expires));
        }
        let early = |name| self.seconds(name).is_some_and(|from| from > now + LEEWAY);
        if early("nbf") || early("iat") {
            return Err(error::token_not_yet_valid());
        }
        Ok(())
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    fn seconds(&self, claim: &str) -> Option<i64> {
        let number = self.claims.get(claim)?;
        number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))
    }
}

fn printed(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn decode(part: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(part.as_bytes()).ok()
}
