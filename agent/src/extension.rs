//! AWS's extension for functions, for many functions at once: one listener, and behind it a desk for each
//! instance of a function, found by the session token that it shows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use http::request::Parts;
use strongroom_client::{Client, Credentials, Machine, Settings, Static, Variables};
use zeroize::Zeroizing;

use crate::config::{Config, Form};
use crate::desk::{Answer, Desk, Peer, Reply};
use crate::failure::Failure;
use crate::gate::Gate;
use crate::reader::Reader;
use crate::upstream::Services;

/// What an instance may keep in memory here.
const CACHE_BYTES: usize = 4 << 20;
/// The header of AWS's extension.
const HEADER: &str = "X-Aws-Parameters-Secrets-Token";

/// The desks of all instances.
pub struct Desks {
    /// By the digest of the token, so that looking one up tells nothing about the others.
    desks: Mutex<HashMap<Digest, Arc<Desk>>>,
    /// Refuses whoever shows no token that is known.
    nobody: Desk,
    machine: Arc<dyn Machine>,
}

type Digest = [u8; 32];

/// An instance that is served, until this is dropped.
pub struct Served {
    desks: Arc<Desks>,
    token: Digest,
}

impl Desks {
    /// None yet.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new(machine: Arc<dyn Machine>) -> Result<Arc<Self>, Failure> {
        let mut bytes = Zeroizing::new([0; 32]);
        machine.fill(&mut *bytes)?;
        let token = Zeroizing::new(BASE64URL_NOPAD.encode(&*bytes));
        let settings = Settings::for_region("nowhere");
        let nobody =
            desk(&config(&none())?, settings, Credentials::new("", "", None), &token, &machine)?;
        Ok(Arc::new(Self { desks: Mutex::default(), nobody, machine }))
    }

    /// Serves an instance that has these credentials; who shows their session token is served with them.
    /// `variables` are those of the instance's environment.
    ///
    /// # Errors
    /// For variables of the extension that are out of range, or credentials without a token.
    pub fn serve(
        self: &Arc<Self>,
        settings: Settings,
        credentials: Credentials,
        variables: &Variables,
    ) -> Result<Served, Failure> {
        let config = config(variables)?;
        let token = credentials.session_token().map(|token| Zeroizing::new(token.to_owned()));
        let token = token.ok_or_else(|| Failure::new("the credentials have no session token"))?;
        let desk = desk(&config, settings, credentials, &token, &self.machine)?;
        let token = hashed(token.as_bytes());
        self.lock().insert(token, Arc::new(desk));
        Ok(Served { desks: Arc::clone(self), token })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Arc<Desk>>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer for Desks {
    async fn answer(&self, peer: &Peer, head: &Parts) -> Reply {
        let shown = head.headers.get(HEADER).map(|token| hashed(token.as_bytes()));
        let desk = shown.and_then(|token| self.lock().get(&token).cloned());
        match desk {
            Some(desk) => desk.answer(peer, head).await,
            None => self.nobody.answer(peer, head).await,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.desks.lock().remove(&self.token);
    }
}

/// What an instance's variables say about its extension, its port included.
///
/// # Errors
/// For numbers out of range.
pub fn config(variables: &Variables) -> Result<Config, Failure> {
    let mut config = crate::config::parse("", variables)?;
    config.form = Form::Extension;
    config.token_headers = vec![HEADER.to_owned()];
    config.cache_bytes = CACHE_BYTES;
    Ok(config)
}

fn none() -> Variables {
    Arc::new(|_| None)
}

fn desk(
    config: &Config,
    settings: Settings,
    credentials: Credentials,
    token: &Zeroizing<String>,
    machine: &Arc<dyn Machine>,
) -> Result<Desk, Failure> {
    let token = token.clone();
    let variables: Variables =
        Arc::new(move |name| (name == "AWS_SESSION_TOKEN").then(|| token.to_string()));
    let gate = Gate::open(config, &variables, machine.as_ref())?;
    let client = Client::new(settings, Arc::new(Static(credentials)), Arc::clone(machine));
    let services = Arc::new(Services::new(client, config));
    let reader = Arc::new(Reader::new(config, services, Arc::clone(machine), None));
    Ok(Desk::new(config, gate, reader, None))
}

fn hashed(token: &[u8]) -> Digest {
    let mut hashed = [0; 32];
    hashed.copy_from_slice(digest(&SHA256, token).as_ref());
    hashed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use strongroom_client::ThisMachine;

    use super::*;

    const PEER: Peer = Peer { local: None, uid: None, is_one_too_many: false, has_secrets: true };

    async fn status(desks: &Desks, token: &str) -> u16 {
        let request = http::Request::get("http://localhost:2773/secretsmanager/get?secretId=a")
            .header("x-aws-parameters-secrets-token", token);
        let (head, ()) = request.body(()).unwrap().into_parts();
        desks.answer(&PEER, &head).await.status().as_u16()
    }

    fn settings() -> Settings {
        // Nobody listens there.
        Settings { max_attempts: 1, ..Settings::for_region("us-east-1").at("http://127.0.0.1:1") }
    }

    #[tokio::test]
    async fn an_instance_is_known_by_its_token_as_long_as_it_lives() {
        let desks = Desks::new(ThisMachine::shared()).unwrap();
        let credentials = Credentials::new("ASIA1", "secret", Some("one"));
        let served = desks.serve(settings(), credentials, &none()).unwrap();
        // It is let in and the service is asked, which is not there.
        assert_eq!(status(&desks, "one").await, 502);
        for stranger in ["two", ""] {
            assert_eq!(status(&desks, stranger).await, 401);
        }
        drop(served);
        assert_eq!(status(&desks, "one").await, 401);
    }

    #[tokio::test]
    async fn without_a_token_or_with_numbers_out_of_range_nobody_is_served() {
        let desks = Desks::new(ThisMachine::shared()).unwrap();
        assert!(desks.serve(settings(), Credentials::new("AKIA1", "s", None), &none()).is_err());
        let wrong: Variables =
            Arc::new(|name| (name == "SECRETS_MANAGER_TTL").then(|| "301".to_owned()));
        let credentials = Credentials::new("ASIA1", "s", Some("one"));
        assert!(desks.serve(settings(), credentials, &wrong).is_err());
        assert_eq!(status(&desks, "one").await, 401);
    }
}
