//! Every error that Roles Anywhere tells. Where AWS's words are on record they are AWS's.

use strongroom_records::RecordError;
use strongroom_wire::Error;

/// What the store's failures are to a caller.
pub fn storage(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => Error::internal(other),
    }
}

/// There is no such resource.
pub fn not_found(title: &str, arn: &str) -> Error {
    nowhere(title).about(arn)
}

/// The same, for those who are nobody yet.
pub fn nowhere(title: &str) -> Error {
    Error::new("ResourceNotFoundException", format!("{title} not found.")).status_is(404)
}

/// A token that none of our pages gave out.
pub fn bad_token() -> Error {
    Error::validation("Invalid next token.")
}

/// The prefix is AWS's.
pub fn reserved_tag() -> Error {
    Error::validation("Tag keys must not begin with aws:.")
}

/// More tags than a resource may have.
pub fn too_many_tags() -> Error {
    Error::new("TooManyTagsException", "Too many tags.")
}

/// A kind of source that is not offered here.
pub fn unsupported_source() -> Error {
    Error::validation("Only the source type CERTIFICATE_BUNDLE is supported.")
}

/// No certificate, or what cannot be read as one.
pub fn bad_certificate_data() -> Error {
    Error::validation("Invalid certificate data.")
}

/// The certificate is no authority's.
pub fn not_an_authority() -> Error {
    Error::validation("Incorrect basic constraints for CA certificate")
}

/// The authority may not sign certificates.
pub fn may_not_sign_certificates() -> Error {
    Error::validation("Incorrect key usage for CA certificate")
}

/// The certificate is signed with a hash that nobody should trust.
pub fn weak_signature() -> Error {
    Error::validation("Unsupported signature algorithm for CA certificate")
}

/// What was imported is no revocation list.
pub fn bad_crl() -> Error {
    Error::validation("Invalid CRL data.")
}

/// Somebody wants lists to be fetched.
pub fn no_distribution_points() -> Error {
    Error::validation("CRL distribution points are not supported: import revocation lists instead.")
}

/// The session policy of a profile has a flaw.
pub fn malformed_policy(flaw: &str) -> Error {
    Error::validation(format!("Invalid session policy: {flaw}"))
}

/// A mapping rule that no certificate can meet.
pub fn bad_mapping() -> Error {
    Error::validation("Invalid mapping rule specifier.")
}

/// There is nothing of that certificate field to remove.
pub fn no_such_mapping() -> Error {
    not_mapped("Attribute mapping not found.")
}

fn not_mapped(message: &str) -> Error {
    Error::new("ResourceNotFoundException", message).status_is(404)
}

/// The request does not prove that its sender has the certificate's key.
pub fn invalid_signature() -> Error {
    Error::access_denied("Invalid signature")
}

/// The request shows no certificate, or one that cannot be read.
pub fn unreadable_certificate() -> Error {
    Error::validation("Invalid X.509 certificate")
}

/// The certificate does not lead to the anchor.
pub fn untrusted() -> Error {
    Error::access_denied("Untrusted signing certificate")
}

/// It is, or one of those that vouch for it is, over or not yet begun.
pub fn not_valid_now() -> Error {
    Error::access_denied("Untrusted certificate. Certificate is expired or not yet valid")
}

/// It may not be used like this.
pub fn insufficient() -> Error {
    Error::access_denied("Untrusted certificate. Insufficient certificate")
}

/// It was revoked.
pub fn revoked() -> Error {
    Error::access_denied("Certificate revoked")
}

/// The anchor or profile was turned off.
pub fn disabled(title: &str) -> Error {
    Error::access_denied(format!("{title} is disabled"))
}

/// Anchor, profile and role have to be one account's, in one region.
pub fn of_different_accounts() -> Error {
    Error::validation("Trust anchor, profile and role must be of the same account and region.")
}

/// The profile does not name the role, or the role does not trust the certificate.
pub fn may_not_assume(role: &str) -> Error {
    Error::access_denied(format!("Unable to assume role for {role}"))
}

/// The profile has certificates name their sessions.
pub fn session_name_not_accepted() -> Error {
    Error::access_denied("The profile does not accept a custom role session name")
}

/// The profile wants to know of the instance.
pub fn no_instance_properties() -> Error {
    Error::validation("The profile requires instance properties")
}
