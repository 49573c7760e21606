//! What Parameter Store needs: encryption by KMS, and secrets that are read as parameters.
//!
//! Both are performed as the caller of the parameter, via SSM: key policies, grants, `kms:ViaService`,
//! resource policies of secrets and the trail see every step.

use std::sync::Arc;

use strongroom_api::{BoxFuture, Call, Circumstances, Error, Sensitive};
use strongroom_kms::operations::{Decrypt, Encrypt, GenerateDataKey};
use strongroom_kms::{EncryptionContext, Kms};
use strongroom_secretsmanager::SecretsManager;
use strongroom_secretsmanager::id::SecretId;
use strongroom_secretsmanager::operations::GetSecretValue;
use strongroom_ssm::keys::{DataKey, KeyChoice, KeyFault, Keys, Plain};
use strongroom_ssm::secrets::{Secret, SecretFault, Secrets, Wanted};
use strongroom_wire::Family;

/// The port `Keys` of Parameter Store over KMS.
pub struct ParameterKeys(pub Arc<Kms>);

/// The port `Secrets` of Parameter Store over Secrets Manager.
pub struct ReferencedSecrets(pub Arc<SecretsManager>);

/// The alias of the key that every account has.
const DEFAULT_KEY: &str = "alias/aws/ssm";

impl Keys for ParameterKeys {
    fn encrypt<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        plain: &'a Plain,
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<Vec<u8>, KeyFault>> {
        Box::pin(async move {
            let via = via(on_behalf.region);
            let circumstances = Circumstances { via: Some(&via), ..*on_behalf };
            let id = key_id(key, on_behalf.region);
            let input = Encrypt::input(&id, plain.reveal().clone(), context(parameter_arn));
            let output = Call::new(&*self.0, &circumstances)
                .perform::<Encrypt>(&input)
                .await
                .map_err(key_fault)?;
            Ok(output.ciphertext_blob.0)
        })
    }

    fn generate<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        key: KeyChoice<'a>,
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<DataKey, KeyFault>> {
        Box::pin(async move {
            let via = via(on_behalf.region);
            let circumstances = Circumstances { via: Some(&via), ..*on_behalf };
            let id = key_id(key, on_behalf.region);
            let input = GenerateDataKey::input(&id, context(parameter_arn));
            let output = Call::new(&*self.0, &circumstances)
                .perform::<GenerateDataKey>(&input)
                .await
                .map_err(key_fault)?;
            Ok(DataKey {
                plain: Sensitive::new(output.plaintext.reveal().0.clone()),
                wrapped: output.ciphertext_blob.0,
            })
        })
    }

    fn decrypt<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        blob: &'a [u8],
        parameter_arn: &'a str,
    ) -> BoxFuture<'a, Result<Plain, KeyFault>> {
        Box::pin(async move {
            let via = via(on_behalf.region);
            let circumstances = Circumstances { via: Some(&via), ..*on_behalf };
            let input = Decrypt::input(blob.to_vec(), context(parameter_arn), None);
            let output = Call::new(&*self.0, &circumstances)
                .perform::<Decrypt>(&input)
                .await
                .map_err(key_fault)?;
            Ok(Sensitive::new(output.plaintext.reveal().0.clone()))
        })
    }
}

impl Secrets for ReferencedSecrets {
    fn read<'a>(
        &'a self,
        on_behalf: &'a Circumstances<'a>,
        secret: &'a str,
        version: Wanted<'a>,
    ) -> BoxFuture<'a, Result<Secret, SecretFault>> {
        Box::pin(async move {
            let via = via(on_behalf.region);
            let circumstances = Circumstances { via: Some(&via), ..*on_behalf };
            let id = SecretId(secret.to_owned());
            let input = match version {
                Wanted::Current => GetSecretValue::current(id),
                Wanted::Id(version) => GetSecretValue::version(id, version.to_owned()),
                Wanted::Stage(stage) => GetSecretValue::stage(id, stage.to_owned()),
            };
            let output = Call::new(&*self.0, &circumstances)
                .perform::<GetSecretValue>(&input)
                .await
                .map_err(secret_fault)?;
            Ok(Secret {
                arn: output.arn().to_owned(),
                name: output.name().to_owned(),
                version_id: output.version_id().to_owned(),
                value: output.text().cloned(),
                stages: output.stages().to_vec(),
                created: output.created(),
            })
        })
    }
}

fn via(region: &str) -> String {
    ["ssm.", region, ".amazonaws.com"].concat()
}

fn key_id(key: KeyChoice<'_>, region: &str) -> String {
    match key.key {
        Some(key) => key.to_owned(),
        None => format!("arn:aws:kms:{region}:{}:{DEFAULT_KEY}", key.account),
    }
}

fn context(parameter_arn: &str) -> EncryptionContext {
    EncryptionContext::of([("PARAMETER_ARN", parameter_arn)])
}

/// Whatever is wrong with a key or with the right to it is a wrong key to the caller.
fn key_fault(error: Error) -> KeyFault {
    match error.code(Family::Json) {
        "AccessDeniedException"
        | "NotFoundException"
        | "InvalidCiphertextException"
        | "InvalidKeyUsageException"
        | "DisabledException"
        | "KMSInvalidStateException"
        | "KeyUnavailableException"
        | "InvalidArnException"
        | "ValidationException" => KeyFault::Unusable(error.message().to_owned()),
        _ => KeyFault::Other(error),
    }
}

fn secret_fault(error: Error) -> SecretFault {
    let refused = |denied| SecretFault::Refused { denied, message: error.message().to_owned() };
    match error.code(Family::Json) {
        "ResourceNotFoundException" => SecretFault::Missing,
        "AccessDeniedException" => refused(true),
        "ValidationException"
        | "InvalidRequestException"
        | "InvalidParameterException"
        | "DecryptionFailure" => refused(false),
        _ => SecretFault::Other(error),
    }
}
