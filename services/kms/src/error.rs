//! Every AWS error that KMS can say.

use strongroom_records::RecordError;
use strongroom_wire::Error;

use crate::spec::{KeySpec, KeyUsage, Origin};

/// A fault of ours.
pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new("KMSInternalException", "An internal error occurred.").status_is(500).because(cause)
}

/// What a record error is to the caller.
pub fn of_record(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => internal(other),
    }
}

/// The key id is neither an id nor an ARN nor an alias.
pub fn invalid_key_id(text: &str) -> Error {
    Error::new("NotFoundException", format!("Invalid keyId '{text}'"))
}

/// An ARN that names no key or alias of this region; AWS's message repeats only its region.
pub fn invalid_arn(part: &str) -> Error {
    Error::new("NotFoundException", format!("Invalid arn {part}"))
}

/// There is no such key.
pub fn no_such_key(arn: &str) -> Error {
    Error::new("NotFoundException", format!("Key '{arn}' does not exist")).about(arn)
}

/// There is no such alias.
pub fn no_such_alias(arn: &str) -> Error {
    Error::new("NotFoundException", format!("Alias {arn} is not found.")).about(arn)
}

/// The alias is taken.
pub fn alias_exists(arn: &str) -> Error {
    Error::new("AlreadyExistsException", format!("An alias with the name {arn} already exists"))
}

/// The name does not begin with `alias/`.
pub fn alias_without_prefix() -> Error {
    Error::new(
        "ValidationException",
        "Alias must start with the prefix \"alias/\". Please see \
         https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
    )
}

/// Nothing follows `alias/`.
pub fn invalid_alias_name() -> Error {
    Error::new("InvalidAliasNameException", "Alias name is invalid")
}

/// `alias/aws/…` belongs to AWS.
pub fn reserved_alias() -> Error {
    Error::new("NotAuthorizedException", "")
}

/// The keys before and after UpdateAlias differ in kind.
pub fn alias_of_another_kind() -> Error {
    validation(
        "The current and new KMS key must be the same type, and they must have the same key usage.",
    )
}

/// A key has as many aliases as it may have.
pub fn too_many_aliases() -> Error {
    limit_exceeded("The request was rejected because the alias quota of the KMS key is exceeded.")
}

/// A quota is used up.
pub fn limit_exceeded(message: &str) -> Error {
    Error::new("LimitExceededException", message)
}

/// A grant is for somebody who cannot be.
pub fn invalid_principal(arn: &str) -> Error {
    Error::new("InvalidArnException", format!("ARN does not refer to a valid principal: {arn}"))
}

/// A text that is no grant token.
pub fn invalid_grant_token() -> Error {
    Error::new("InvalidGrantTokenException", "Grant token is invalid")
}

/// Neither a token nor a key with a grant id.
pub fn no_grant_named() -> Error {
    validation("Grant token OR (grant ID, key ID) must be specified")
}

/// There is no such grant on the key.
pub fn no_such_grant(id: &str) -> Error {
    Error::new("NotFoundException", format!("Grant {id} not found"))
}

/// A grant is for one principal.
pub fn grant_principals() -> Error {
    validation(
        "Specify either GranteePrincipal or GranteeServicePrincipal, and at most one of \
         RetiringPrincipal and RetiringServicePrincipal.",
    )
}

/// Only services act for resources.
pub fn source_arn_without_service() -> Error {
    validation("The SourceArn constraint requires a GranteeServicePrincipal.")
}

/// Grants are retired by one principal.
pub fn retiring_principal() -> Error {
    validation("Specify either RetiringPrincipal or RetiringServicePrincipal.")
}

/// Constraints for operations that take no encryption context.
pub fn constraints_without_context() -> Error {
    validation(
        "Grant constraints are supported only for operations that include an encryption context.",
    )
}

/// A key has as many grants as it may have.
pub fn too_many_grants() -> Error {
    limit_exceeded("The request was rejected because the grant quota of the KMS key is exceeded.")
}

/// The key's material comes from elsewhere.
pub fn wrong_origin(arn: &str, origin: Origin) -> Error {
    unsupported(format!("{arn} origin is {} which is not valid for this operation.", origin.text()))
}

/// The key was rotated as often as it may be.
pub fn too_many_rotations(arn: &str) -> Error {
    limit_exceeded(&format!(
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand \
         rotations can be performed for this key: {arn}"
    ))
}

/// The key is disabled.
pub fn disabled(arn: &str) -> Error {
    Error::new("DisabledException", format!("{arn} is disabled."))
}

/// The key's state does not allow it; `state` is `pending deletion`.
pub fn invalid_state(arn: &str, state: &str) -> Error {
    Error::new("KMSInvalidStateException", format!("{arn} is {state}."))
}

/// The key is made for something else.
pub fn invalid_key_usage(arn: &str, usage: KeyUsage, operation: &str) -> Error {
    Error::new(
        "InvalidKeyUsageException",
        format!("{arn} key usage is {} which is not valid for {operation}.", usage.text()),
    )
}

/// The algorithm is not one of the key's.
pub fn incompatible_algorithm(algorithm: &str, spec: KeySpec) -> Error {
    Error::new(
        "InvalidKeyUsageException",
        format!("Algorithm {algorithm} is incompatible with key spec {}.", spec.text()),
    )
}

/// The ciphertext is not one of ours, was altered, or belongs to another context. AWS says no more.
pub fn invalid_ciphertext() -> Error {
    Error::new("InvalidCiphertextException", "")
}

/// The model does not require the ciphertext, because a dry run may leave it out.
pub fn no_ciphertext() -> Error {
    Error::validation(
        "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: \
         Member must not be null",
    )
}

/// The ciphertext was made with another key than the one named.
pub fn incorrect_key() -> Error {
    Error::new(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    )
}

/// The plaintext is longer than the algorithm takes.
pub fn plaintext_length(algorithm: &str, spec: KeySpec, most: usize) -> Error {
    validation(format!(
        "Algorithm {algorithm} and key spec {} cannot encrypt data larger than {most} bytes.",
        spec.text()
    ))
}

/// A digest that is none of the algorithm's.
pub fn digest_length(algorithm: &str) -> Error {
    validation(format!("Digest is invalid length for algorithm {algorithm}."))
}

/// The signature is not one of the message. AWS says no more, and never answers "false".
pub fn invalid_signature() -> Error {
    Error::new("KMSInvalidSignatureException", "")
}

/// The other's public key cannot be agreed with.
pub fn invalid_public_key() -> Error {
    validation("The public key is not a valid key of the KMS key's curve.")
}

/// The MAC is not the one of the message. AWS says no more, and never answers "false".
pub fn invalid_mac() -> Error {
    Error::new("KMSInvalidMacException", "")
}

/// The key is no primary, and so cannot be replicated or have its shared properties changed.
pub fn not_primary(arn: &str) -> Error {
    unsupported(format!("{arn} is not a multi-region primary key."))
}

/// The key is in that region already.
pub fn key_exists(arn: &str) -> Error {
    Error::new("AlreadyExistsException", format!("Key {arn} already exists"))
}

/// Material that is not, or cannot be, that of the key.
pub fn incorrect_material() -> Error {
    Error::new("IncorrectKeyMaterialException", "")
}

/// The token is of another time.
pub fn expired_import_token() -> Error {
    Error::new("ExpiredImportTokenException", "")
}

/// The token is of another key, or of none.
pub fn invalid_import_token() -> Error {
    Error::new("InvalidImportTokenException", "")
}

/// Imported material that ends must say when.
pub fn no_valid_to() -> Error {
    validation("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
}

/// One material waits for its rotation already.
pub fn material_pending(new: &str, arn: &str, pending: &str) -> Error {
    Error::new(
        "KMSInvalidStateException",
        format!(
            "New key material (id: {new}) cannot be imported into KMS key {arn}, because another \
             key material (id: {pending}) is pending rotation."
        ),
    )
}

/// Nothing was imported that could take over.
pub fn no_material_pending(arn: &str) -> Error {
    Error::new(
        "KMSInvalidStateException",
        format!("No available key material pending rotation for the key: {arn}."),
    )
}

/// The key has no such material.
pub fn no_such_material(id: &str) -> Error {
    Error::new("NotFoundException", format!("Key material {id} does not exist"))
}

/// A request that breaks a rule beyond the model's constraints.
pub fn validation(message: impl Into<String>) -> Error {
    Error::validation(message)
}

/// Something that is not offered, or not for this key. AWS often gives no message.
pub fn unsupported(message: impl Into<String>) -> Error {
    Error::new("UnsupportedOperationException", message)
}

/// Nitro attestation.
pub fn no_recipient() -> Error {
    unsupported("Recipient is not supported: there are no Nitro enclaves to attest to.")
}

/// The request would have succeeded.
pub fn dry_run() -> Error {
    Error::new(
        "DryRunOperationException",
        "The request would have succeeded, but the DryRun option is set.",
    )
}

/// A marker that no list of ours gave out.
pub fn invalid_marker() -> Error {
    Error::new("InvalidMarkerException", "Could not deserialize marker")
}

/// A policy that is not well formed.
pub fn malformed_policy(message: impl Into<String>) -> Error {
    Error::new("MalformedPolicyDocumentException", message)
}

/// The caller would lock itself out.
pub fn policy_lockout() -> Error {
    malformed_policy(
        "The new key policy will not allow you to update the key policy in the future.",
    )
}

/// A key has one policy, `default`.
pub fn no_such_policy() -> Error {
    Error::new("NotFoundException", "No such policy exists")
}

/// Keys that AWS manages cannot be changed.
pub fn managed_by_aws(arn: &str) -> Error {
    Error::new("NotAuthorizedException", "").because(format!("{arn} is managed by AWS"))
}

/// Tags that break a rule.
pub fn tag(message: &str) -> Error {
    Error::new("TagException", message)
}
