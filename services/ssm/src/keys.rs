//! What this service needs from KMS.

use strongroom_api::{BoxFuture, Circumstances, Error, Sensitive};

/// Encryption of SecureStrings, on behalf of the caller.
///
/// The implementation performs KMS operations as that caller *via* SSM, with the encryption context
/// `PARAMETER_ARN`, so that key policies, grants, `kms:ViaService` and the trail see every step.
pub trait Keys: Send + Sync {
    /// `plain` (at most 4,096 bytes) under `key`: the value of a standard parameter.
    fn encrypt<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        plain: &'a Plain,
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<Vec<u8>, KeyFault>>;

    /// A fresh data key of 256 bits under `key`, for the value of an advanced parameter.
    fn generate<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<DataKey, KeyFault>>;

    /// Opens what one of the others made.
    fn decrypt<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        blob: &'a [u8],
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<Plain, KeyFault>>;
}

/// Bytes in clear.
pub type Plain = Sensitive<Vec<u8>>;

/// Which key.
#[derive(Clone, Copy, Debug)]
pub struct KeyChoice<'a> {
    /// The account of the parameter, which owns the default key.
    pub account: &'a str,
    /// What the client named: key id, key ARN, alias or alias ARN. `None`: `alias/aws/ssm`.
    pub key: Option<&'a str>,
}

/// A data key, in clear and wrapped.
pub struct DataKey {
    /// 32 bytes.
    pub plain: Plain,
    /// The same under the KMS key.
    pub wrapped: Vec<u8>,
}

/// Why KMS did not do it.
#[derive(Debug)]
pub enum KeyFault {
    /// The key is missing, disabled, of the wrong kind, or the caller may not use it; in KMS's words.
    Unusable(String),
    /// Anything else, said as it is (a fault of ours, throttling).
    Other(Error),
}
