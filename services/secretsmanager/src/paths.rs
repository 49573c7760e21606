//! Where secrets are stored.
//!
//! ```text
//! ACCOUNT/REGION/secretsmanager/secret/NAME            the secret, with its current value if small
//! ACCOUNT/REGION/secretsmanager/value/NAME-SUFFIX/ID   the value of any other version
//! ACCOUNT/REGION/secretsmanager/by-created/TIME/NAME   indexes that lists are served from
//! ACCOUNT/REGION/secretsmanager/by-changed/TIME/NAME
//! ACCOUNT/REGION/secretsmanager/by-accessed/TIME/NAME
//! due/secretsmanager/deletion/TIME/ACCOUNT/REGION/NAME     what the deletion job looks through
//! due/secretsmanager/replication/TIME/ACCOUNT/REGION/NAME  what the replication job looks through
//! due/secretsmanager/rotation/TIME/ACCOUNT/REGION/NAME     what rotation looks through
//! ```
//! Times are milliseconds since the epoch with 15 digits, so that keys sort as time does.

use strongroom_api::Timestamp;
use strongroom_store::Range;

use crate::secret::Secret;

/// The index that a list is served from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// By creation, the order of a list that asks for none.
    Created,
    /// By last change.
    Changed,
    /// By day of last access; secrets never read come first.
    Accessed,
}

impl Index {
    fn folder(self) -> &'static str {
        match self {
            Self::Created => "by-created",
            Self::Changed => "by-changed",
            Self::Accessed => "by-accessed",
        }
    }

    fn time(self, secret: &Secret) -> Timestamp {
        match self {
            Self::Created => secret.created,
            Self::Changed => secret.changed,
            Self::Accessed => secret.accessed.unwrap_or_default(),
        }
    }

    /// The prefix of the index in an account and region.
    #[must_use]
    pub fn prefix(self, account: &str, region: &str) -> String {
        format!("{account}/{region}/secretsmanager/{}/", self.folder())
    }

    /// Where `secret` stands in the index: its key without the prefix.
    #[must_use]
    pub fn position(self, secret: &Secret) -> String {
        format!("{:015}/{}", self.time(secret).millis(), secret.name)
    }

    /// The key of `secret` in the index.
    #[must_use]
    pub fn key(self, secret: &Secret) -> String {
        self.prefix(&secret.account, &secret.region) + &self.position(secret)
    }
}

/// All indexes.
pub const INDEXES: [Index; 3] = [Index::Created, Index::Changed, Index::Accessed];

/// The prefix of all secrets of an account and region; names follow.
#[must_use]
pub fn secrets_prefix(account: &str, region: &str) -> String {
    format!("{account}/{region}/secretsmanager/secret/")
}

/// The key of a secret.
#[must_use]
pub fn secret_key(account: &str, region: &str, name: &str) -> String {
    [account, "/", region, "/secretsmanager/secret/", name].concat()
}

/// The key of a version's value, when it stands apart.
#[must_use]
pub fn value_key(secret: &Secret, version_id: &str) -> String {
    let Secret { account, region, name, suffix, .. } = secret;
    format!("{account}/{region}/secretsmanager/value/{name}-{suffix}/{version_id}")
}

/// The prefix of what the deletion job looks through.
pub const DELETIONS: &str = "due/secretsmanager/deletion/";
/// The prefix of what the replication job looks through.
pub const REPLICATIONS: &str = "due/secretsmanager/replication/";

/// The prefix of what rotation looks through.
pub const ROTATIONS: &str = "due/secretsmanager/rotation/";

/// The key under which `secret` stands as due at `due` in the index with this prefix.
#[must_use]
pub fn due_key(prefix: &str, secret: &Secret, due: Timestamp) -> String {
    let Secret { account, region, name, .. } = secret;
    format!("{prefix}{:015}/{account}/{region}/{name}", due.millis())
}

/// What is due at `now` in the index with this prefix.
#[must_use]
pub fn due_at(prefix: &str, now: Timestamp) -> Range {
    Range::new(prefix, format!("{prefix}{:015}0", now.millis()))
}

/// Account and region of a key made by [`due_key`].
#[must_use]
pub fn owner<'k>(prefix: &str, key: &'k str) -> Option<(&'k str, &'k str)> {
    let mut parts = key.strip_prefix(prefix)?.splitn(4, '/').skip(1);
    Some((parts.next()?, parts.next()?))
}
