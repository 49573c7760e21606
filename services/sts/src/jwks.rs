//! The keys of identity providers: the port that fetches them, and the document they come in.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use strongroom_api::BoxFuture;

/// The provider's keys could not be had; why is for the log.
pub type Unreachable = Box<dyn std::error::Error + Send + Sync>;

/// Fetches the key document (a JWK Set) of an identity provider.
pub trait JwksSource: Send + Sync {
    /// The JWK Set of `issuer` (`https://…`): from `<issuer>/.well-known/openid-configuration`, its
    /// `jwks_uri`, or from a file. `None` if this source knows nothing of the issuer.
    fn jwks<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Option<String>, Unreachable>>;
}

/// Key documents that were put here: for issuers that cannot be reached, as in air-gapped clusters.
#[derive(Clone, Debug, Default)]
pub struct StaticJwks(pub BTreeMap<String, String>);

impl JwksSource for StaticJwks {
    fn jwks<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Option<String>, Unreachable>> {
        Box::pin(async move { Ok(self.0.get(issuer).cloned()) })
    }
}

/// A JWK Set (RFC 7517), as far as signatures need it.
#[derive(Deserialize)]
pub(crate) struct JwkSet {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The signature algorithms that AWS accepts.
#[derive(Clone, Copy)]
pub(crate) enum Algorithm {
    Rsa(&'static RsaParameters),
    Ecdsa(&'static EcdsaVerificationAlgorithm, &'static str),
}

impl Algorithm {
    /// The algorithm of this name; `None` for any other, `none` and the symmetric ones among them.
    pub(crate) fn read(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            "RS384" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            "RS512" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            "ES256" => Self::Ecdsa(&ECDSA_P256_SHA256_FIXED, "P-256"),
            "ES384" => Self::Ecdsa(&ECDSA_P384_SHA384_FIXED, "P-384"),
            "ES512" => Self::Ecdsa(&ECDSA_P521_SHA512_FIXED, "P-521"),
            _ => return None,
        })
    }
}

impl JwkSet {
    /// Reads the document; `None` if it is no JWK Set.
    pub(crate) fn read(document: &str) -> Option<Self> {
        serde_json::from_str(document).ok()
    }

    /// Whether one of the keys made `signature` over `message`. A token that names its key is checked
    /// with that one only.
    pub(crate) fn verifies(
        &self,
        (name, algorithm): (&str, Algorithm),
        key_id: Option<&str>,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let fits = |key: &&Jwk| {
            key_id.is_none_or(|id| key.kid.as_deref() == Some(id))
                && key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
                && key.alg.as_deref().is_none_or(|alg| alg == name)
        };
        let mut candidates = self.keys.iter().filter(fits);
        candidates.any(|key| key.verifies(algorithm, message, signature).is_some())
    }
}

impl Jwk {
    fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<()> {
        match algorithm {
            Algorithm::Rsa(parameters) if self.kty == "RSA" => {
                let (n, e) = (number(self.n.as_ref())?, number(self.e.as_ref())?);
                let key = RsaPublicKeyComponents { n: &n, e: &e };
                key.verify(parameters, message, signature).ok()
            }
            Algorithm::Ecdsa(kind, curve) if self.kty == "EC" => {
                if self.crv.as_deref() != Some(curve) {
                    return None;
                }
                let (x, y) = (number(self.x.as_ref())?, number(self.y.as_ref())?);
                let point = [&[4][..], &x, &y].concat();
                UnparsedPublicKey::new(kind, point).verify(message, signature).ok()
            }
            _ => None,
        }
    }
}

fn number(text: Option<&String>) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text?.as_bytes()).ok()
}
