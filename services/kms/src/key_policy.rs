//! Key policies: the default one, and what a new one must not do.

use strongroom_policy::{Fault, Kind, Policy};
use strongroom_wire::Result;

use crate::key::Key;
use crate::subject::Subject;
use crate::{Call, error};

/// The name of the one policy that every key has.
pub const NAME: &str = "default";

/// The policy of a key whose creator gave none, as AWS writes it: it leaves everything to IAM.
pub fn default_policy(account: &str) -> String {
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:aws:iam::{account}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

const INVALID_PRINCIPALS: &str = "Policy contains a statement with one or more invalid principals.";

/// A new policy as it is stored: checked, with the unique ids of users and roles.
///
/// # Errors
/// MalformedPolicyDocumentException, also for a principal that does not exist;
/// LimitExceededException for a document that is too long.
pub async fn read(call: &Call<'_>, text: &str) -> Result<String> {
    let policy = parse(text)?;
    let stored = call.service.directory.with_ids(&policy).await?;
    stored.ok_or_else(|| error::malformed_policy(INVALID_PRINCIPALS))
}

/// The policy of `key` as it is shown: with ARNs for all who still exist.
///
/// # Errors
/// Internal only.
pub async fn shown(call: &Call<'_>, key: &Key) -> Result<String> {
    call.service.directory.with_arns(key.compiled_policy()?).await
}

fn parse(text: &str) -> Result<Policy> {
    Policy::parse(text, Kind::KeyPolicy).map_err(|malformed| match malformed.fault() {
        Fault::TooLarge => error::limit_exceeded(
            "The request was rejected because the key policy is longer than 32768 bytes.",
        ),
        Fault::InvalidPrincipal(..) | Fault::InvalidServicePrincipal(_) => {
            error::malformed_policy(INVALID_PRINCIPALS)
        }
        _ => error::malformed_policy(malformed.to_string()),
    })
}

/// # Errors
/// MalformedPolicyDocumentException if `key`, with its new policy, does not let the caller replace
/// that policy again.
pub fn check_lockout(call: &Call<'_>, key: Key) -> Result<()> {
    key.compiled_policy()?;
    if call.would_allow("kms:PutKeyPolicy", &Subject::fresh(key)) {
        return Ok(());
    }
    Err(error::policy_lockout())
}
