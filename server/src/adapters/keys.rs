//! Secrets Manager's data keys, from KMS.
//!
//! Every step is a KMS operation performed as the caller of the secret, via Secrets Manager: key
//! policies, grants, `kms:ViaService` and the trail see it.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Call, Circumstances, Error, Sensitive};
use strongroom_kms::operations::{Decrypt, Encrypt, GenerateDataKey};
use strongroom_kms::{EncryptionContext, Kms};
use strongroom_secretsmanager::keys::{
    Context, DataKey, KeyChoice, KeyFault, Keys, PlainKey, Wrapped,
};
use strongroom_wire::Family;

/// The port `Keys` of Secrets Manager over KMS.
pub struct KmsKeys(pub Arc<Kms>);

/// The alias of the key that every account has.
const DEFAULT_KEY: &str = "alias/aws/secretsmanager";

impl Keys for KmsKeys {
    fn generate<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<DataKey, KeyFault>> {
        Box::pin(async move {
            let via = via(key.region);
            let circumstances = within(on_behalf, key.region, &via);
            let input = GenerateDataKey::input(&key_id(key), encryption_context(context));
            let output = Call::new(&*self.0, &circumstances)
                .perform::<GenerateDataKey>(&input)
                .await
                .map_err(fault)?;
            Ok(DataKey {
                plain: Sensitive::new(output.plaintext.reveal().0.clone()),
                wrapped: Wrapped { blob: output.ciphertext_blob.0, key_arn: output.key_id },
            })
        })
    }

    fn wrap<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        data_key: &'a PlainKey,
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<Wrapped, KeyFault>> {
        Box::pin(async move {
            let via = via(key.region);
            let circumstances = within(on_behalf, key.region, &via);
            let plain = data_key.reveal().clone();
            let input = Encrypt::input(&key_id(key), plain, encryption_context(context));
            let output = Call::new(&*self.0, &circumstances)
                .perform::<Encrypt>(&input)
                .await
                .map_err(fault)?;
            Ok(Wrapped { blob: output.ciphertext_blob.0, key_arn: output.key_id })
        })
    }

    fn unwrap<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        region: &'a str,
        wrapped: &'a [u8],
        context: Context<'a>,
    ) -> BoxFuture<'a, Result<PlainKey, KeyFault>> {
        Box::pin(async move {
            let via = via(region);
            let circumstances = within(on_behalf, region, &via);
            let input = Decrypt::input(wrapped.to_vec(), encryption_context(context), None);
            let output = Call::new(&*self.0, &circumstances)
                .perform::<Decrypt>(&input)
                .await
                .map_err(fault)?;
            Ok(Sensitive::new(output.plaintext.reveal().0.clone()))
        })
    }

    fn arn<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
    ) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move { self.0.arn_of(on_behalf, key.region, &key_id(key)).await })
    }
}

/// The circumstances of a call that Secrets Manager makes on behalf of its own caller.
fn within<'c>(on_behalf: &Circumstances<'c>, region: &'c str, via: &'c str) -> Circumstances<'c> {
    Circumstances { region, via: Some(via), ..*on_behalf }
}

fn via(region: &str) -> String {
    ["secretsmanager.", region, ".amazonaws.com"].concat()
}

fn key_id(key: KeyChoice<'_>) -> String {
    match key.key {
        Some(key) => key.to_owned(),
        // By its ARN: a caller of another account means the key of the secret's account.
        None => format!("arn:aws:kms:{}:{}:{DEFAULT_KEY}", key.region, key.account),
    }
}

fn encryption_context(context: Context<'_>) -> EncryptionContext {
    EncryptionContext::of([
        ("SecretARN", context.secret_arn),
        ("SecretVersionId", context.version_id),
    ])
}

/// What a KMS error means for the caller of a secret.
fn fault(error: Error) -> KeyFault {
    match error.code(Family::Json) {
        "AccessDeniedException" => KeyFault::Denied,
        // Secrets Manager does not tell a key that is gone from one that is not allowed; but an id
        // that cannot be a key at all is a mistake of the caller.
        "NotFoundException" if error.message().starts_with("Invalid keyId") => {
            KeyFault::InvalidId("Invalid keyId".to_owned())
        }
        "NotFoundException" | "InvalidCiphertextException" => KeyFault::Denied,
        "InvalidKeyUsageException" => {
            KeyFault::Unusable("Cannot generate a data key with an asymmetric KMS key".to_owned())
        }
        "DisabledException" | "KMSInvalidStateException" | "KeyUnavailableException" => {
            KeyFault::Unusable(error.message().to_owned())
        }
        "ValidationException" => KeyFault::InvalidId(error.message().to_owned()),
        _ => KeyFault::Other(error),
    }
}
