//! Credentials: what they are, where they come from, and how they stay good.

mod assume_role;
mod chain;
mod container;
mod document;
mod fresh;
mod host;
mod instance;
mod process;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

pub use assume_role::AssumeRole;
pub use chain::{chain, configured};
pub use document::read_document;
pub use fresh::Fresh;
pub use host::{Enrolment, HostKey, HostSessions};

use crate::Error;

/// An access key, with its session's token if it is of a session. Wiped when dropped.
#[derive(Clone)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expiration: Option<Timestamp>,
    left: Option<SignedDuration>,
}

impl Credentials {
    /// Credentials that do not expire.
    #[must_use]
    pub fn new(id: &str, secret: &str, session_token: Option<&str>) -> Self {
        Self {
            access_key_id: id.to_owned(),
            secret_access_key: Zeroizing::new(secret.to_owned()),
            session_token: session_token.map(|token| Zeroizing::new(token.to_owned())),
            expiration: None,
            left: None,
        }
    }

    /// The same until then.
    #[must_use]
    pub fn until(mut self, expiration: Timestamp) -> Self {
        self.expiration = Some(expiration);
        self
    }

    /// The same, given out at that time by the clock that `until` was told by, which may be another than
    /// this machine's.
    #[must_use]
    pub fn given_at(mut self, time: Timestamp) -> Self {
        self.left = self.expiration.map(|end| end.duration_since(time));
        self
    }

    /// The access key's id.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The session's token.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(|token| token.as_str())
    }

    /// When they end; `None` if they do not.
    #[must_use]
    pub fn expiration(&self) -> Option<Timestamp> {
        self.expiration
    }

    /// How long they were good when they came, at `now` by this machine's clock; `None` if they do not end.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        self.left.or_else(|| self.expiration.map(|end| end.duration_since(now)))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, …)", self.access_key_id)
    }
}

/// What [`Provide`] answers, in its time.
pub type Providing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A source of credentials.
pub trait Provide: Send + Sync {
    /// Credentials that are good now.
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>>;

    /// Forgets what it remembers: the service has refused it.
    fn forget(&self) -> Providing<'_, ()> {
        Box::pin(async {})
    }
}

/// A source that others hold, too.
impl<T: Provide + ?Sized> Provide for Arc<T> {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        (**self).provide()
    }

    fn forget(&self) -> Providing<'_, ()> {
        (**self).forget()
    }
}

/// Credentials that stay as they are.
pub struct Static(pub Credentials);

impl Provide for Static {
    fn provide(&self) -> Providing<'_, Result<Credentials, Error>> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}
