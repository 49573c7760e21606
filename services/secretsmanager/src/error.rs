//! Every AWS error that this service can say, one constructor per message.
//!
//! Texts are quoted from replies of the real service where such are published; the wording of the
//! others is ours and is listed in `docs/divergences.md`.

pub mod rotation;

use strongroom_api::Error;
use strongroom_records::RecordError;

fn invalid_parameter(message: impl Into<String>) -> Error {
    Error::new("InvalidParameterException", message).capital_message()
}

fn invalid_request(message: impl Into<String>) -> Error {
    Error::new("InvalidRequestException", message).capital_message()
}

fn not_found(message: impl Into<String>) -> Error {
    Error::new("ResourceNotFoundException", message).capital_message()
}

fn limit_exceeded(message: impl Into<String>) -> Error {
    Error::new("LimitExceededException", message).capital_message()
}

/// A name with characters that no secret has. AWS checks this before it looks the secret up.
pub fn invalid_name() -> Error {
    Error::validation(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the \
         following: -/_+=.@!",
    )
}

/// No such secret. `arn` is what the caller must be allowed to ask about, `shown` what was sent.
pub fn no_such_secret(arn: impl Into<String>, shown: impl Into<String>) -> Error {
    not_found("Secrets Manager can't find the specified secret.").about(arn).shown_as(shown)
}

/// No version has the label, or it has no value.
pub fn no_value_for_stage(stage: &str) -> Error {
    not_found(format!(
        "Secrets Manager can't find the specified secret value for staging label: {stage}"
    ))
}

/// No such version, or it has no value.
pub fn no_value_for_version(id: &str) -> Error {
    not_found(format!("Secrets Manager can't find the specified secret value for VersionId: {id}"))
}

/// Version and stage were both given and do not belong together.
pub fn stage_not_of_version() -> Error {
    invalid_request("You provided a VersionStage that is not associated to the provided VersionId.")
}

/// The name is taken.
pub fn already_exists(name: &str) -> Error {
    Error::new(
        "ResourceExistsException",
        format!("The operation failed because the secret {name} already exists."),
    )
    .capital_message()
}

/// The token made a version with another value.
pub fn token_in_use(token: &str, arn: &str) -> Error {
    Error::new(
        "ResourceExistsException",
        format!(
            "You can't use ClientRequestToken {token} because that value is already in use for a \
             version of secret {arn}."
        ),
    )
    .capital_message()
}

/// The name belongs to a secret that is scheduled for deletion.
pub fn name_scheduled_for_deletion() -> Error {
    invalid_request(
        "You can't create this secret because a secret with this name is already scheduled for \
         deletion.",
    )
}

/// Both kinds of value were sent.
pub fn both_values() -> Error {
    invalid_parameter(
        "You can't specify both a binary secret value and a string secret value in the same secret.",
    )
}

/// Neither kind of value was sent.
pub fn no_value() -> Error {
    invalid_request("You must provide either SecretString or SecretBinary.")
}

/// A value longer than the quota in bytes (a text can be within the model's limit in characters).
pub fn value_too_long() -> Error {
    invalid_parameter("The secret value can't be longer than 65536 bytes.")
}

/// A raw caller left the token out.
pub fn no_token() -> Error {
    invalid_request("You must provide a ClientRequestToken value. We recommend a UUID-type value.")
}

/// The secret is scheduled for deletion.
pub fn marked_for_deletion() -> Error {
    invalid_request(
        "You can't perform this operation on the secret because it was marked for deletion.",
    )
}

/// DeleteSecret without force on a secret that is scheduled already.
pub fn already_marked_for_deletion() -> Error {
    invalid_request(
        "You can't perform this operation on the secret because it was already scheduled for \
         deletion.",
    )
}

/// A primary secret cannot go before its replicas.
pub fn still_has_replicas(arn: &str, regions: &[&str]) -> Error {
    invalid_parameter(format!(
        "You can't delete secret {arn} that still has replica regions [{}].",
        regions.join(", ")
    ))
}

/// A replica is changed through its primary only.
pub fn not_on_a_replica() -> Error {
    invalid_parameter(
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
    )
}

/// StopReplicationToReplica on a secret that is no replica.
pub fn not_a_replica() -> Error {
    invalid_request("Operation only permitted on a replica secret.")
}

/// The recovery window is out of range.
pub fn recovery_window_out_of_range() -> Error {
    invalid_parameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
}

/// Force and a recovery window exclude each other.
pub fn force_with_window() -> Error {
    invalid_parameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    )
}

/// A label is moved without naming the version that has it.
pub fn label_holder_not_named(label: &str, holder: &str) -> Error {
    invalid_parameter(format!(
        "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently \
         attached to version {holder}, so you must explicitly reference that version in \
         RemoveFromVersionId."
    ))
}

/// A label is moved away from a version that does not have it.
pub fn label_not_on_version(label: &str) -> Error {
    invalid_parameter(format!(
        "When you move staging label {label}, if you specify RemoveFromVersionId, it must be set to \
         the version that currently has the staging label {label}."
    ))
}

/// AWSCURRENT is taken off without a new place.
pub fn current_cannot_be_removed() -> Error {
    // The apostrophe is U+2019 in AWS's text.
    invalid_parameter(
        "You can only move staging label AWSCURRENT to a different secret version. It can\u{2019}t \
         be completely removed.",
    )
}

/// Neither a source nor a destination for the label.
pub fn no_version_for_label() -> Error {
    invalid_parameter(
        "You must provide at least one of the parameters MoveToVersionId and RemoveFromVersionId.",
    )
}

/// More labels than a secret may have.
pub fn too_many_labels() -> Error {
    limit_exceeded("You can't have more than 20 staging labels attached to a secret.")
}

/// More versions in a day than a secret may have.
pub fn too_many_versions() -> Error {
    limit_exceeded(
        "You've exceeded the quota for versions of this secret. Versions without staging labels are \
         deleted 24 hours after they were created.",
    )
}

/// KMS said no.
pub fn kms_access_denied() -> Error {
    Error::new("AccessDeniedException", "Access to KMS is not allowed").capital_message()
}

/// The key id is not one that KMS could know.
pub fn invalid_kms_key(reason: &str) -> Error {
    invalid_parameter(format!("The operation failed because of an invalid KMS key: {reason}"))
}

/// The key cannot be used to encrypt now.
pub fn encryption_failure(reason: &str) -> Error {
    Error::new(
        "EncryptionFailure",
        format!("Secrets Manager can't encrypt the protected secret text using the provided KMS key: {reason}"),
    )
    .capital_message()
}

/// The key cannot be used to decrypt now.
pub fn decryption_failure(reason: &str) -> Error {
    Error::new(
        "DecryptionFailure",
        format!("Secrets Manager can't decrypt the protected secret text using the provided KMS key: {reason}"),
    )
    .capital_message()
}

/// The default key does not serve other accounts.
pub fn default_key_across_accounts() -> Error {
    invalid_request(
        "You can't access a secret from a different AWS account if you encrypt the secret with the \
         default KMS service key.",
    )
}

/// The length leaves no room for one of each type.
pub fn password_too_short() -> Error {
    invalid_parameter("Password length is too short based on the required types.")
}

/// Nothing is left to choose from.
pub fn password_of_nothing() -> Error {
    invalid_parameter("The password can't be generated because all characters are excluded.")
}

/// Batch: exactly one of the two must be there.
pub fn ids_or_filters() -> Error {
    invalid_parameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.")
}

/// Batch: a page size goes with filters only.
pub fn page_without_filters() -> Error {
    invalid_parameter(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
    )
}

/// A filter has no key.
pub fn filter_without_key() -> Error {
    invalid_parameter("Invalid filter key")
}

/// A filter has no values.
pub fn filter_without_values(key: &str) -> Error {
    invalid_parameter(format!("Invalid filter values for key: {key}"))
}

/// The token is none of ours, or of another query.
pub fn invalid_next_token() -> Error {
    Error::new("InvalidNextTokenException", "The NextToken value is invalid.").capital_message()
}

/// A tag key stands twice in one request.
pub fn duplicate_tag_keys() -> Error {
    invalid_parameter("Duplicate tag keys found. Please note that Tag keys are case sensitive.")
}

/// A tag key with AWS's own prefix.
pub fn reserved_tag_key() -> Error {
    invalid_parameter("Tag keys beginning with aws: are reserved for system use.")
}

/// More tags than a secret may have.
pub fn too_many_tags() -> Error {
    invalid_parameter("You can't attach more than 50 tags to a secret.")
}

/// The region of a replica is unusable (the secret's own).
pub fn invalid_replica_region() -> Error {
    invalid_parameter("Invalid replica region.")
}

/// The same region stands twice in one request.
pub fn duplicate_replica_region(region: &str) -> Error {
    invalid_parameter(format!("Replica region {region} is specified more than once."))
}

/// The secret is replicated to the region already.
pub fn already_replicated(region: &str) -> Error {
    invalid_parameter(format!("The secret is already replicated to region {region}."))
}

/// More replicas than a secret may have.
pub fn too_many_replicas() -> Error {
    invalid_parameter("You can't replicate a secret to more than 36 regions.")
}

/// The secret has no replica there.
pub fn no_such_replica(region: &str) -> Error {
    invalid_parameter(format!("The secret isn't replicated to region {region}."))
}

/// A policy document with a flaw; `text` is one of AWS's sentences.
pub fn malformed_policy(text: &str) -> Error {
    Error::new("MalformedPolicyDocumentException", text).capital_message()
}

/// BlockPublicPolicy found the policy too broad.
pub fn public_policy() -> Error {
    Error::new(
        "PublicPolicyException",
        "You can't attach a resource-based policy that allows broad access to the secret.",
    )
    .capital_message()
}

/// What a failing record means for a caller.
pub fn storage(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        cause => Error::internal(cause),
    }
}

/// A tag without a key.
pub fn missing_tag_key() -> Error {
    invalid_parameter("Tag keys can't be empty.")
}

/// A policy name other than the one there is, for a change.
pub fn only_the_default_policy() -> Error {
    invalid_parameter("You can only modify the resource policy named default.")
}

/// A policy name other than the one there is, for a read.
pub fn no_such_policy(name: &str) -> Error {
    not_found(format!("Secrets Manager can't find the resource policy {name}."))
}

/// After the change the caller could not change the policy again.
pub fn would_lock_out() -> Error {
    malformed_policy(
        "Your requested changes will not allow you to manage this secret in the future.",
    )
}

/// A type of secret that is managed outside.
pub fn unknown_type(name: &str) -> Error {
    invalid_parameter(format!("The secret type {name} isn't supported."))
}
