//! Every AWS error that STS can say, one constructor per message.
//!
//! Texts are quoted from replies of the real service where such are published; the wording of the
//! others is ours and is listed in `docs/divergences.md`.

use strongroom_api::Error;
use strongroom_policy::Malformed;

fn invalid_identity_token(message: impl Into<String>) -> Error {
    Error::new("InvalidIdentityToken", message)
}

fn invalid_parameter(message: &str) -> Error {
    Error::new("InvalidParameterValue", message)
}

/// The security token of a request is over.
pub fn expired_session() -> Error {
    Error::new("ExpiredTokenException", "The security token included in the request is expired")
        .query_code("ExpiredToken")
        .query_status(403)
}

/// May not be assumed, or is not there: the two look alike.
pub fn may_not(caller: &str, action: &str, role: &str) -> Error {
    Error::access_denied(format!(
        "User: {caller} is not authorized to perform: {action} on resource: {role}"
    ))
}

/// The root user assumes no roles.
pub fn root_assumes_no_role() -> Error {
    Error::access_denied("Roles may not be assumed by root accounts.")
}

/// A web identity that the role does not trust.
pub fn web_identity_denied() -> Error {
    Error::access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

/// No second factor can be checked.
pub fn no_mfa() -> Error {
    Error::access_denied("MultiFactorAuthentication failed, unable to validate MFA code.")
}

/// An ARN that is no role's.
pub fn not_a_role(arn: &str) -> Error {
    Error::validation(format!("{arn} is invalid"))
}

/// Longer than a chained session may be.
pub fn chained_too_long() -> Error {
    Error::validation(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
         chaining.",
    )
}

/// Longer than the role's sessions may be.
pub fn too_long_for_role() -> Error {
    Error::validation(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
}

/// A transitive key that no tag of the request has.
pub fn transitive_key_without_tag() -> Error {
    invalid_parameter("The specified transitive tag key must be included in the requested tags.")
}

/// A tag key stands twice.
pub fn duplicate_tag_keys() -> Error {
    invalid_parameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

/// A tag that the calling session passes on already.
pub fn transitive_key_conflict() -> Error {
    invalid_parameter(
        "One of the specified transitive tag keys can't be set because it conflicts with a \
         transitive tag key from the calling session.",
    )
}

/// The source identity of a session cannot be changed.
pub fn source_identity_is_set() -> Error {
    Error::access_denied("The source identity of a session cannot be changed.")
}

/// A session policy with a flaw.
pub fn malformed_policy(malformed: &Malformed) -> Error {
    Error::new("MalformedPolicyDocument", malformed.to_string())
}

/// Session policies and tags together are too large.
pub fn packed_policy_too_large(percent: usize) -> Error {
    Error::new(
        "PackedPolicyTooLarge",
        format!("Packed policy consumes {percent}% of allotted space, please use smaller policy."),
    )
}

/// A managed policy that does not exist.
pub fn no_such_policy(arn: &str) -> Error {
    Error::validation(format!("The policy {arn} does not exist."))
}

/// More managed policies than a session may have.
pub fn too_many_policies() -> Error {
    Error::validation("The number of PolicyArns exceeds the limit of 10.")
}

/// Context assertions come from services that are not offered.
pub fn no_provided_contexts() -> Error {
    Error::validation("ProvidedContexts cannot be validated.")
}

/// Sessions get no session tokens.
pub fn not_with_session_credentials(operation: &str) -> Error {
    Error::access_denied(format!("Cannot call {operation} with session credentials"))
}

/// What was sent is no JSON Web Token.
pub fn not_a_token() -> Error {
    invalid_identity_token(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access \
         Token)",
    )
}

/// A claim that a token must have.
pub fn missing_claim(claim: &str) -> Error {
    invalid_identity_token(format!("Missing a required claim: {claim}"))
}

/// A token from the future.
pub fn token_not_yet_valid() -> Error {
    invalid_identity_token("The ID Token provided is not valid yet.")
}

/// A token of the past.
pub fn token_expired(now: i64, expires: i64) -> Error {
    Error::new(
        "ExpiredTokenException",
        format!(
            "Token expired: current date/time {now} must be before the expiration date/time {expires}"
        ),
    )
}

/// The issuer is not registered in the role's account.
pub fn no_provider(issuer: &str) -> Error {
    invalid_identity_token(format!("No OpenIDConnect provider found in your account for {issuer}"))
}

/// The token was issued for somebody else.
pub fn incorrect_audience() -> Error {
    invalid_identity_token("Incorrect token audience")
}

/// None of the provider's keys fits.
pub fn no_verification_key() -> Error {
    // AWS writes two spaces.
    invalid_identity_token(
        "Couldn't retrieve verification key from your identity provider,  please reference \
         AssumeRoleWithWebIdentity documentation for requirements",
    )
}

/// The provider does not answer. Clients try again.
pub fn provider_unreachable(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::new("IDPCommunicationError", "Couldn't communicate with your identity provider.")
        .because(cause)
}

/// A message that was not encoded here.
pub fn invalid_authorization_message() -> Error {
    Error::new("InvalidAuthorizationMessageException", "Message is not valid")
}
