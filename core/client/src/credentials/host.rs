//! Sessions of a host that has joined: the server's challenge, signed with the host's own key.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::encoding::AsBigEndian;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use data_encoding::BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Credentials, Provide, Providing, Static};
use crate::{Client, Error, Fault, HOSTS, Response};

const PRIVATE_BYTES: usize = 32;
const PUBLIC_BYTES: usize = 65;

/// A host's key: ECDSA over P-256.
pub struct HostKey(EcdsaKeyPair);

impl HostKey {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> Result<Self, Error> {
        let made = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        made.map(Self).map_err(|_| Error::settings("no key could be made"))
    }

    /// Reads what [`bytes`](Self::bytes) wrote; `None` for anything else.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (private, public) = bytes.split_at_checked(PRIVATE_BYTES)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, private, public);
        pair.ok().map(Self)
    }

    /// It, to be kept: the private key and the public one.
    ///
    /// # Errors
    /// Never in practice: a key that cannot be written out.
    pub fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let private = self.0.private_key().as_be_bytes();
        let private = private.map_err(|_| Error::settings("the key cannot be written out"))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(PRIVATE_BYTES + PUBLIC_BYTES));
        bytes.extend_from_slice(private.as_ref());
        bytes.extend_from_slice(self.0.public_key().as_ref());
        Ok(bytes)
    }

    fn sign(&self, text: &str) -> Result<String, Error> {
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.map_err(|_| Error::credentials("the host's key cannot sign"))?;
        Ok(BASE64.encode(signature.as_ref()))
    }
}

/// What a host is told when it joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Enrolment {
    /// Its id.
    pub host_id: String,
    /// Its account.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// The role that it has sessions of.
    pub role_arn: String,
    /// The instance profile that the role is in, if it was enrolled for one.
    #[serde(default)]
    pub instance_profile_arn: Option<String>,
    /// That profile's unique id.
    #[serde(default)]
    pub instance_profile_id: Option<String>,
}

impl Enrolment {
    /// Enrols `key` with a join token. Asking again with the same token and key is no error.
    ///
    /// # Errors
    /// The server's refusal; before anything is sent, an endpoint to which a token must not go.
    pub async fn join(client: &Client, token: &str, key: &HostKey) -> Result<Self, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Request<'a> {
            join_token: &'a str,
            public_key: String,
            signature: String,
        }
        let client = nobody(client);
        let origin = origin(&client)?;
        // A token that is cut or mistyped has no id, and is refused for that.
        let id = token.split('.').nth(2).unwrap_or_default();
        let request = Request {
            join_token: token,
            public_key: BASE64.encode(key.0.public_key().as_ref()),
            signature: key.sign(&of_joining(&origin, id))?,
        };
        ask(&client, "JoinHost", &request).await?.json()
    }
}

/// Begins sessions of a host that has joined.
pub struct HostSessions {
    client: Client,
    key: HostKey,
    account: String,
    host_id: String,
    role_arn: Mutex<Option<String>>,
}

impl HostSessions {
    /// Sessions of the host that `enrolment` is of, by its `key`.
    #[must_use]
    pub fn new(client: &Client, key: HostKey, enrolment: &Enrolment) -> Self {
        Self {
            client: nobody(client),
            key,
            account: enrolment.account.clone(),
            host_id: enrolment.host_id.clone(),
            role_arn: Mutex::default(),
        }
    }

    /// The ARN of the role that the latest session is of; `None` before there was one.
    #[must_use]
    pub fn role_arn(&self) -> Option<String> {
        self.role_arn.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn begin(&self) -> Result<Credentials, Error> {
        let (session, role_arn) = match self.attempt().await {
            // The server may have taken it, and its answer been lost.
            Err(error) if error.code() == "InvalidChallengeException" => self.attempt().await?,
            outcome => outcome?,
        };
        *self.role_arn.lock().unwrap_or_else(PoisonError::into_inner) = Some(role_arn);
        Ok(session)
    }

    async fn attempt(&self) -> Result<(Credentials, String), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Request<'a> {
            account: &'a str,
            host_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            challenge: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            signature: Option<&'a str>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Given {
            challenge: String,
        }
        let (account, host_id) = (self.account.as_str(), self.host_id.as_str());
        let origin = origin(&self.client)?;
        let mut request = Request { account, host_id, challenge: None, signature: None };
        let given: Given = ask(&self.client, "CreateHostChallenge", &request).await?.json()?;
        let signature = self.key.sign(&of_session(&origin, account, host_id, &given.challenge))?;
        request.challenge = Some(&given.challenge);
        request.signature = Some(&signature);
        session(&ask(&self.client, "CreateHostSession", &request).await?)
    }
}

impl Provide for HostSessions {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(self.begin())
    }
}

fn session(response: &Response) -> Result<(Credentials, String), Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Given {
        credentials: Parts,
        role_arn: String,
    }
    #[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
    #[serde(rename_all = "PascalCase")]
    struct Parts {
        access_key_id: String,
        secret_access_key: String,
        session_token: String,
        expiration: f64,
    }
    let given: Given = response.json()?;
    let parts = &given.credentials;
    let end = Timestamp::from_second(parts.expiration as i64)
        .map_err(|_| Error::of(Fault::Reply, "the session ends at no time that can be read"))?;
    let token = Some(parts.session_token.as_str());
    let session = Credentials::new(&parts.access_key_id, &parts.secret_access_key, token);
    let session = session.until(end);
    // The server's clock is what the end is told by; ours may differ.
    let session = match response.date() {
        Some(date) => session.given_at(date),
        None => session,
    };
    Ok((session, given.role_arn.clone()))
}

/// The same client, signing with no access key: a token or the host's own key counts instead.
fn nobody(client: &Client) -> Client {
    client.with_credentials(Arc::new(Static(Credentials::new("", "", None))))
}

async fn ask<T: Serialize>(client: &Client, name: &str, request: &T) -> Result<Response, Error> {
    // Room for all of it, so that growing leaves no copy behind.
    let mut body = Zeroizing::new(Vec::with_capacity(4_096));
    serde_json::to_writer(&mut *body, request)
        .map_err(|_| Error::settings("the request cannot be written"))?;
    client.json(HOSTS, &format!("StrongroomHosts.{name}"), &body).await
}

/// Scheme and host of the server, which is what is signed: a signature is worth nothing elsewhere.
///
/// # Errors
/// For an endpoint that is not Strongroom's, or that would carry tokens and sessions in the clear.
fn origin(client: &Client) -> Result<String, Error> {
    let settings = client.settings();
    if settings.configured_endpoint(HOSTS).is_none() {
        return Err(Error::settings("hosts join Strongroom, not AWS: set AWS_ENDPOINT_URL"));
    }
    let endpoint = settings.endpoint(HOSTS)?;
    let host = endpoint.host().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let scheme = endpoint.scheme_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match scheme {
        "https" => {}
        "http" if is_here => {}
        _ => {
            return Err(Error::settings(format!(
                "a host joins over https only, except on its own: {endpoint} is neither"
            )));
        }
    }
    Ok(format!("{scheme}://{host}"))
}

fn of_joining(origin: &str, token_id: &str) -> String {
    format!("strongroom join 1\n{origin}\n{token_id}\n")
}

fn of_session(origin: &str, account: &str, host_id: &str, challenge: &str) -> String {
    format!("strongroom session 1\n{origin}\n{account}\n{host_id}\n{challenge}\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;
    use crate::{Settings, ThisMachine};

    fn client(endpoint: &str) -> Client {
        let settings = Settings::for_region("us-east-1").at(endpoint);
        let nothing = Arc::new(Static(Credentials::new("AKIA", "secret", None)));
        Client::new(settings, nothing, ThisMachine::shared())
    }

    /// The same texts stand in the tests of the server.
    #[test]
    fn what_is_signed_names_everything_that_it_is_worth_something_for() {
        let origin = "https://secrets.example.com";
        assert_eq!(
            of_joining(origin, "jt-0123456789abcdef0"),
            "strongroom join 1\nhttps://secrets.example.com\njt-0123456789abcdef0\n"
        );
        assert_eq!(
            of_session(origin, "123456789012", "i-0123456789abcdef0", "abc"),
            "strongroom session 1\nhttps://secrets.example.com\n123456789012\ni-0123456789abcdef0\nabc\n"
        );
    }

    #[test]
    fn a_host_joins_in_the_clear_on_its_own_only() {
        for (endpoint, expected) in [
            ("https://Secrets.Example.com:4566/base", "https://secrets.example.com"),
            ("http://127.0.0.1:4566", "http://127.0.0.1"),
            ("http://localhost:4566/", "http://localhost"),
            ("http://[::1]:4566", "http://[::1]"),
        ] {
            assert_eq!(origin(&client(endpoint)).unwrap(), expected, "{endpoint}");
        }
        for endpoint in ["http://10.0.0.1", "http://localhost.example.com", "http://example.com"] {
            let refusal = origin(&client(endpoint)).unwrap_err();
            assert!(refusal.message().contains("https only"), "{refusal}");
        }
    }

    #[tokio::test]
    async fn no_token_goes_to_aws() {
        let settings = Settings::for_region("us-east-1");
        let nothing = Arc::new(Static(Credentials::new("AKIA", "secret", None)));
        let client = Client::new(settings, nothing, ThisMachine::shared());
        let key = HostKey::generate().unwrap();
        let refusal = Enrolment::join(&client, "srj.x", &key).await.unwrap_err();
        assert_eq!(refusal.fault(), Fault::Settings);
    }

    #[test]
    fn a_key_is_kept_and_read_and_nothing_else_is_one() {
        let key = HostKey::generate().unwrap();
        let bytes = key.bytes().unwrap();
        let read = HostKey::read(&bytes).unwrap();
        assert_eq!(read.0.public_key().as_ref(), key.0.public_key().as_ref());
        assert!(HostKey::read(&bytes[1..]).is_none());
        assert!(HostKey::read(&[]).is_none());
        let other = HostKey::generate().unwrap().bytes().unwrap();
        let mixed = [&bytes[..PRIVATE_BYTES], &other[PRIVATE_BYTES..]].concat();
        assert!(HostKey::read(&mixed).is_none());
    }
}
