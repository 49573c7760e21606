//! Join tokens: what is written on one, and what is kept of it.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use strongroom_api::{Entropy, Reply, Sensitive, Target, Timestamp};
use strongroom_records::Record;
use zeroize::Zeroizing;

use crate::assigned::Assigned;
use crate::ids;

/// How tokens begin, for people and for programs that look for secrets where none should be.
const PREFIX: &str = "srj";
/// How the ids of tokens begin.
pub const ID_PREFIX: &str = "jt-";
const SECRET_BYTES: usize = 32;
/// No token is longer: a longer text is not looked at.
pub const LONGEST: usize = 128;

/// A token as it is written: `srj.ACCOUNT.ID.SECRET`, the secret being 256 random bits.
pub struct Written<'t> {
    /// Whose it is.
    pub account: &'t str,
    /// Its id, which is no secret.
    pub id: &'t str,
    secret: Zeroizing<Vec<u8>>,
}

impl<'t> Written<'t> {
    /// Reads one; `None` for what cannot be one.
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.splitn(4, '.');
        let (prefix, account) = (parts.next()?, parts.next()?);
        let (id, secret) = (parts.next()?, parts.next()?);
        if prefix != PREFIX || !ids::is_account(account) || !ids::is(ID_PREFIX, id) {
            return None;
        }
        let secret = Zeroizing::new(BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?);
        (secret.len() == SECRET_BYTES).then_some(Self { account, id, secret })
    }

    /// Whether it is the one that `token` was made with. Takes the same time whatever it finds, and
    /// where there is no such token.
    #[must_use]
    pub fn is_of(&self, token: Option<&Token>) -> bool {
        let shown = digest(&SHA256, &self.secret);
        let nothing = [0; 32];
        let kept = token.map_or(&nothing[..], |token| &token.digest);
        verify_slices_are_equal(shown.as_ref(), kept).is_ok() && token.is_some()
    }
}

/// What is kept of a token: never its secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Token {
    /// Its account.
    pub account: String,
    /// Its id.
    pub id: String,
    /// SHA-256 of its secret.
    pub digest: Vec<u8>,
    /// What a host gets sessions of that joins with it.
    pub assigned: Assigned,
    /// The Region that such a host is told.
    pub region: String,
    /// What people call it.
    pub label: Option<String>,
    /// The ARN of who made it.
    pub creator: String,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// When it was burnt, and the id of the host that joined with it.
    pub used: Option<(Timestamp, String)>,
}

impl Record for Token {
    const KIND: &'static str = "join token";
}

/// What a new token is for.
pub struct Purpose {
    /// Its account.
    pub account: String,
    /// What a host gets sessions of.
    pub assigned: Assigned,
    /// The Region that the host is told.
    pub region: String,
    /// What people call it.
    pub label: Option<String>,
    /// The ARN of who makes it.
    pub creator: String,
}

impl Token {
    /// A new one, and what is written on it.
    #[must_use]
    pub fn create(
        purpose: Purpose,
        now: Timestamp,
        seconds: i64,
        entropy: &dyn Entropy,
    ) -> (Self, Sensitive<String>) {
        let id = ids::new(ID_PREFIX, entropy);
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        entropy.fill(&mut *secret);
        let text = Zeroizing::new(BASE64URL_NOPAD.encode(&*secret));
        let Purpose { account, assigned, region, label, creator } = purpose;
        let written = format!("{PREFIX}.{account}.{id}.{}", *text);
        let digest = digest(&SHA256, &*secret).as_ref().to_vec();
        let (created, expires, used) = (now, now.plus_millis(seconds * 1_000), None);
        let token =
            Self { account, id, digest, assigned, region, label, creator, created, expires, used };
        (token, Sensitive::new(written))
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.account, &self.id)
    }

    /// When it was, or will be, good no longer.
    #[must_use]
    pub fn over(&self) -> Timestamp {
        self.used.as_ref().map_or(self.expires, |(when, _)| *when)
    }
}

/// The ARN of a token; of any, if `id` is `*`.
#[must_use]
pub fn arn(account: &str, id: &str) -> String {
    format!("arn:aws:strongroom::{account}:join-token/{id}")
}

/// A token that was found.
pub struct Found {
    pub(crate) read: std::sync::Arc<strongroom_records::Stored<Token>>,
    arn: String,
}

impl Found {
    pub(crate) fn new(read: std::sync::Arc<strongroom_records::Stored<Token>>) -> Self {
        let arn = read.arn();
        Self { read, arn }
    }
}

impl Target for Found {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.read.value.account
    }
}

/// A token as lists show it.
#[derive(Debug, Reply)]
pub struct Summary {
    token_id: String,
    label: Option<String>,
    role_arn: Option<String>,
    instance_profile_arn: Option<String>,
    region: String,
    created_by: String,
    create_date: Timestamp,
    expiration: Timestamp,
    host_id: Option<String>,
}

impl From<&Token> for Summary {
    fn from(token: &Token) -> Self {
        let profile = token.assigned.profile().map(|(_, arn, _)| arn.to_owned());
        let role = profile.is_none().then(|| token.assigned.arn().to_owned());
        Self {
            token_id: token.id.clone(),
            label: token.label.clone(),
            role_arn: role,
            instance_profile_arn: profile,
            region: token.region.clone(),
            created_by: token.creator.clone(),
            create_date: token.created,
            expiration: token.expires,
            host_id: token.used.as_ref().map(|(_, host)| host.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Written;

    const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn what_is_not_quite_a_token_is_none() {
        let good = format!("srj.123456789012.jt-0123456789abcdef0.{SECRET}");
        assert!(Written::parse(&good).is_some());
        for bad in [
            String::new(),
            good[..good.len() - 1].to_owned(),
            format!("{good}A"),
            format!("{good}="),
            format!("{good}."),
            good.replace("srj", "SRJ"),
            good.replace("123456789012", "12345678901"),
            good.replace("123456789012", "../456789012"),
            good.replace("jt-", "i-"),
            good.replace("abcdef0", "abcdef/"),
            good.replace("abcdef0", "ABCDEF0"),
        ] {
            assert!(Written::parse(&bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fail(text in "\\PC{0,200}") {
            let _none_or_some = Written::parse(&text);
        }

        /// What is read as an id or account can be part of a key: no slash, nothing but itself.
        #[test]
        fn what_is_read_is_what_was_written(
            text in "(srj|sr|)\\.[0-9/.]{11,13}\\.(jt-|)[0-9a-f/.]{16,18}\\.[A-Za-z0-9_-]{42,44}"
        ) {
            if let Some(read) = Written::parse(&text) {
                prop_assert!(!read.id.contains(['/', '.']) && !read.account.contains(['/', '.']));
                let begins = format!("srj.{}.{}.", read.account, read.id);
                prop_assert!(text.starts_with(&begins));
            }
        }
    }
}
