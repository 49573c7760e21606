//! What this service needs from KMS.

use strongroom_api::{BoxFuture, Circumstances, Error, Sensitive};

use crate::error;

/// Data keys, on behalf of the caller of a secret.
///
/// The implementation performs KMS operations as that caller *via* Secrets Manager, so that key
/// policies, grants, `kms:ViaService` and the trail see every step.
pub trait Keys: Send + Sync {
    /// A fresh data key of 256 bits under `key`, for `context`.
    fn generate<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<DataKey, KeyFault>>;

    /// Wraps an existing data key under `key` as well.
    fn wrap<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        data_key: &'a PlainKey,
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<Wrapped, KeyFault>>;

    /// Opens a wrapped data key.
    fn unwrap<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        region: &'a str,
        wrapped: &'a [u8],
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<PlainKey, KeyFault>>;

    /// The ARN of a key named by an id, ARN or alias; `None` if there is no such key.
    fn arn<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
    ) -> BoxFuture<'a, Option<String>>;
}

/// Which key, in whose account and which region.
#[derive(Clone, Copy, Debug)]
pub struct KeyChoice<'a> {
    /// The account of the secret, which owns the default key.
    pub account: &'a str,
    /// The region of the secret (of the replica, for a replica).
    pub region: &'a str,
    /// What the client named: key id, key ARN, alias or alias ARN. `None`: `alias/aws/secretsmanager`.
    pub key: Option<&'a str>,
}

/// The encryption context of a version's data key, as AWS has it.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// `SecretARN`.
    pub secret_arn: &'a str,
    /// `SecretVersionId`.
    pub version_id: &'a str,
}

/// The version id with which AWS probes whether a key is usable.
pub const PROBE: &str = "RequestToValidateKeyAccess";

/// A data key in clear.
pub type PlainKey = Sensitive<Vec<u8>>;

/// A data key, in clear and wrapped.
pub struct DataKey {
    /// 32 bytes.
    pub plain: PlainKey,
    /// The same under the KMS key.
    pub wrapped: Wrapped,
}

/// A data key under a KMS key.
pub struct Wrapped {
    /// KMS's ciphertext blob.
    pub blob: Vec<u8>,
    /// The ARN of the KMS key.
    pub key_arn: String,
}

/// Why KMS did not do it.
#[derive(Debug)]
pub enum KeyFault {
    /// The caller may not use the key, or there is no such key.
    Denied,
    /// What was named cannot be a key.
    InvalidId(String),
    /// The key is disabled, pending deletion, or not a symmetric encryption key.
    Unusable(String),
    /// A caller of another account and the default key.
    DefaultKeyAcrossAccounts,
    /// Anything else, said as it is (a fault of ours, throttling).
    Other(Error),
}

impl KeyFault {
    /// What the caller of an operation that encrypts is told.
    pub fn encrypting(self) -> Error {
        match self {
            Self::Unusable(reason) => error::encryption_failure(&reason),
            other => other.told(),
        }
    }

    /// What the caller of an operation that decrypts is told.
    pub fn decrypting(self) -> Error {
        match self {
            Self::Unusable(reason) => error::decryption_failure(&reason),
            other => other.told(),
        }
    }

    fn told(self) -> Error {
        match self {
            Self::Denied => error::kms_access_denied(),
            Self::InvalidId(reason) | Self::Unusable(reason) => error::invalid_kms_key(&reason),
            Self::DefaultKeyAcrossAccounts => error::default_key_across_accounts(),
            Self::Other(error) => error,
        }
    }
}
