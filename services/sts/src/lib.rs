//! AWS Security Token Service.
//!
//! # The tour
//!
//! - [`operations`] is the table of contents.
//! - [`session`] seals sessions into tokens and opens them on each request.
//! - [`role`] is whom a session is for, [`limits`] and [`tag`] what it carries.
//! - [`token`] reads web identity tokens, [`jwks`] has the keys they are verified with.
//! - [`principals`] and [`jwks::JwksSource`] are the ports: to IAM, and to identity providers.

#![allow(rustdoc::private_intra_doc_links)]

mod authorization_message;
mod caller;
pub mod error;
pub mod jwks;
pub mod limits;
pub mod operations;
pub mod principals;
pub mod role;
pub mod session;
pub mod tag;
mod token;

use std::sync::Arc;

use strongroom_api::service::{Facts, NotOffered, Query, Service};
use strongroom_seal::Keyring;

pub use operations::OPERATIONS;
pub use session::Session;

use jwks::JwksSource;
use principals::Principals;

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Sts>;

/// The service: sessions sealed by `keyring` for `principals`, web identities checked with keys from
/// `jwks`.
pub struct Sts {
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) principals: Arc<dyn Principals>,
    pub(crate) jwks: Arc<dyn JwksSource>,
    pub(crate) sessions: session::Sessions,
}

/// Sessions kept open: one for each in use.
const SESSIONS: usize = 16_384;

impl Sts {
    /// The service over its ports.
    #[must_use]
    pub fn new(
        keyring: Arc<Keyring>,
        principals: Arc<dyn Principals>,
        jwks: Arc<dyn JwksSource>,
    ) -> Self {
        Self { keyring, principals, jwks, sessions: session::Sessions::new(SESSIONS) }
    }

    /// An explanation of the denial of a call of `account`, as a text that only
    /// `DecodeAuthorizationMessage` reads; `None` if it would be too long.
    #[must_use]
    pub fn encode_authorization_message(&self, account: &str, explanation: &str) -> Option<String> {
        authorization_message::encode(&self.keyring, account, explanation)
    }
}

impl Service for Sts {
    const FACTS: Facts = Facts {
        name: "sts",
        event_source: "sts.amazonaws.com",
        target_prefix: None,
        query: Some(Query {
            version: "2011-06-15",
            namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        }),
        echoes_values: false,
        capital_message: false,
        global: true,
        not_offered: &[
            NotOffered { name: "AssumeRoleWithSAML", reason: "SAML is not offered" },
            NotOffered { name: "AssumeRoot", reason: "member accounts keep their root users" },
            NotOffered { name: "GetDelegatedAccessToken", reason: "delegation is not offered" },
            NotOffered { name: "GetWebIdentityToken", reason: "no tokens are issued to others" },
        ],
    };
}
