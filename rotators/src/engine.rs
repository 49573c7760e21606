//! What a rotator needs of a kind of database.

use std::fmt;

use strongroom_wire::Sensitive;

use crate::login::{Login, Tls};

pub mod mongodb;
pub mod mysql;
pub mod postgresql;
pub mod redis;

/// What is known about a kind of database before one is met.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// What a secret's `engine` may say; the first is the usual one.
    pub engines: &'static [&'static str],
    /// Whether a secret may say nothing.
    pub engine_is_optional: bool,
    /// The port where nothing else is said.
    pub port: u16,
    /// The database where nothing else is said; `None` where none is needed to log in.
    pub database: Option<&'static str>,
    /// Characters that new passwords avoid, as in AWS's template.
    pub excluded_characters: &'static str,
    /// How long new passwords are, as in AWS's template.
    pub password_length: u32,
    /// How many bytes a user's name may have.
    pub longest_username: usize,
    /// Whether the one user's password may be set by the superuser in `masterarn`.
    pub superuser_may_set: bool,
}

/// A kind of database.
#[allow(async_fn_in_trait)] // Rotators run on one thread.
pub trait Engine {
    /// What is known about it.
    const FACTS: Facts;
    /// A connection that has logged in.
    type Session: Session;

    /// Connects and logs in, with TLS or without.
    ///
    /// # Errors
    /// Why that was refused.
    async fn connect(&self, login: &Login, encrypted: bool) -> Result<Self::Session, Refused>;

    /// Whether the server is found to speak without TLS; asked where the secret leaves that open, of
    /// engines that do not answer the greeting of TLS.
    async fn is_plain(&self, _login: &Login) -> bool {
        false
    }

    /// Connects and logs in as the secret's `ssl` says.
    ///
    /// # Errors
    /// Why that was refused; the last attempt's reason.
    async fn log_in(&self, login: &Login) -> Result<Self::Session, Refused> {
        match login.tls {
            Tls::Required => self.connect(login, true).await,
            Tls::Off => self.connect(login, false).await,
            Tls::Preferred if self.is_plain(login).await => self.connect(login, false).await,
            Tls::Preferred => match self.connect(login, true).await {
                // A password that is wrong stays wrong without TLS; asking again only brings the
                // account nearer to being locked.
                Err(refused) if refused.reason != Reason::Password => {
                    let plain = self.connect(login, false).await;
                    plain.map_err(|plain| plain.after(&refused))
                }
                outcome => outcome,
            },
        }
    }
}

/// A connection that has logged in.
#[allow(async_fn_in_trait)]
pub trait Session {
    /// Makes sure that the login is worth something.
    ///
    /// # Errors
    /// What the server said.
    async fn probe(&mut self) -> Result<(), Refused>;

    /// Gives a user a new password.
    ///
    /// # Errors
    /// What the server said.
    async fn set_password(&mut self, change: &Change<'_>) -> Result<(), Refused>;

    /// Does the same and takes it back, where the engine can.
    ///
    /// # Errors
    /// What the server said.
    async fn try_password(&mut self, change: &Change<'_>) -> Result<Trial, Refused>;

    /// Makes a user who may log in and nothing else.
    ///
    /// # Errors
    /// What the server said.
    async fn add_visitor(
        &mut self,
        user: &str,
        password: &Sensitive<String>,
    ) -> Result<(), Refused>;

    /// Removes such a user.
    ///
    /// # Errors
    /// What the server said.
    async fn remove_visitor(&mut self, user: &str) -> Result<(), Refused>;

    /// Says goodbye, whatever becomes of it.
    async fn close(self);
}

/// A superuser's connection to an engine whose users can take turns.
#[allow(async_fn_in_trait)]
pub trait Clones: Session {
    /// Makes sure that the user `change.user` exists with the password, and with what `like` may do.
    ///
    /// # Errors
    /// What the server said.
    async fn provide_user(&mut self, like: &str, change: &Change<'_>) -> Result<(), Refused>;
}

/// A new password for a user.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// Whose.
    pub user: &'a str,
    /// The new password.
    pub password: &'a Sensitive<String>,
    /// The password that stays valid beside it, on engines that allow two.
    pub beside: Option<&'a Sensitive<String>>,
}

/// What came of trying a change out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The server did it and took it back.
    RolledBack,
    /// The engine has no way to take it back.
    Impossible,
}

/// What a server refused, and why; never holds a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What kind of refusal it is.
    pub reason: Reason,
    detail: String,
}

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The user or the password is wrong.
    Password,
    /// Nobody answers there.
    Unreachable,
    /// TLS could not be agreed upon.
    Tls,
    /// The user may not do this.
    Forbidden,
    /// Anything else.
    Other,
}

impl Refused {
    /// `detail` is for operators and must not hold a password.
    #[must_use]
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// The server did not answer in time.
    #[must_use]
    pub fn late() -> Self {
        Self::new(Reason::Unreachable, "no answer in time")
    }

    /// Reads a chain of errors of a connection that never came about.
    #[must_use]
    pub fn on_the_way(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut reason = Reason::Unreachable;
        let mut texts: Vec<String> = Vec::new();
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<rustls::Error>() || is_about_tls(error) {
                reason = Reason::Tls;
            }
            let text = error.to_string();
            // Many errors already end with what caused them.
            if !texts.last().is_some_and(|last| last.contains(&text)) {
                texts.push(text);
            }
            next = error.source();
        }
        Self::new(reason, texts.join(": "))
    }

    /// The same after a first attempt, with TLS, that was refused as well.
    fn after(mut self, encrypted: &Self) -> Self {
        if self.detail != encrypted.detail {
            self.detail = format!("{}; before, with TLS: {}", self.detail, encrypted.detail);
        }
        self
    }

    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self.reason {
            Reason::Unreachable => {
                Some("check host and port in the secret, and that it is running")
            }
            Reason::Tls => Some("check the server's certificate, or `ssl` in the secret"),
            Reason::Forbidden => Some("check what the user may do in the database"),
            Reason::Password | Reason::Other => None,
        }
    }
}

/// The parts of TLS that drivers wrap in errors of their own.
fn is_about_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inner.is_some_and(|inner| inner.is::<rustls::Error>())
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.reason {
            Reason::Password => "the user or the password is wrong",
            Reason::Unreachable => "the server cannot be reached",
            Reason::Tls => "there is no trusted TLS connection",
            Reason::Forbidden => "the user may not do this",
            Reason::Other => "the server refused",
        };
        write!(f, "{what} ({})", self.detail)
    }
}
