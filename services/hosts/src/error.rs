//! Every error that this service tells.

use strongroom_records::RecordError;
use strongroom_wire::Error;

/// What the store's failures are to a caller.
pub fn storage(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => Error::internal(other),
    }
}

fn not_found(message: String) -> Error {
    Error::new("ResourceNotFoundException", message).status_is(404)
}

/// There is no such host.
pub fn no_such_host(id: &str) -> Error {
    not_found(format!("There is no host {id}."))
}

/// There is no such token.
pub fn no_such_token(id: &str) -> Error {
    not_found(format!("There is no join token {id}."))
}

/// There is no such role.
pub fn no_such_role(arn: &str) -> Error {
    not_found(format!("There is no role {arn} in this account."))
}

/// There is no such instance profile.
pub fn no_such_profile(name: &str) -> Error {
    not_found(format!("There is no instance profile {name} in this account."))
}

/// Nobody gets a session of an instance profile without a role.
pub fn empty_profile(name: &str) -> Error {
    Error::validation(format!("The instance profile {name} has no role."))
}

/// A token is for one of both.
pub fn role_or_profile() -> Error {
    Error::validation("Name either InstanceProfileName or RoleArn.")
}

/// More tokens than an account may have at a time.
pub fn too_many_tokens() -> Error {
    Error::new(
        "LimitExceededException",
        "There are too many join tokens: delete some, or wait until they have expired.",
    )
}

/// A token of a list that none of our pages gave out.
pub fn bad_page_token() -> Error {
    Error::validation("Invalid NextToken.")
}

/// The token is not one, or was used, or has expired: which of these, nobody is told.
pub fn bad_join_token() -> Error {
    Error::access_denied("The join token is not valid: it may have been used, or have expired.")
}

/// The key that is to be enrolled did not sign.
pub fn unsigned_key() -> Error {
    Error::validation("The signature is not that of PublicKey, or not made for this endpoint.")
}

/// The request names a host that this server does not know to be itself.
pub fn another_name(host: &str) -> Error {
    Error::validation(format!(
        "This server does not know itself as {host}: use a name of its certificate, or that of its \
         setting public_url."
    ))
}

/// The challenge is none, was used, or has expired.
pub fn bad_challenge() -> Error {
    Error::new(
        "InvalidChallengeException",
        "The challenge is not valid: it may have been used, or have expired. Ask for another one.",
    )
}

/// No such host, or not its key: which, nobody is told.
pub fn not_proven() -> Error {
    Error::access_denied("The host is not enrolled, or its key did not sign this.")
}

/// The role of the host is gone.
pub fn role_is_gone(what: &str) -> Error {
    Error::access_denied(format!("{what}, or the role in it, no longer exists."))
}

/// The role does not trust hosts.
pub fn not_trusted(role: &str) -> Error {
    Error::access_denied(format!(
        "{role} does not let this host in: its trust policy has to allow sts:AssumeRole to the service \
         ec2.amazonaws.com."
    ))
}
