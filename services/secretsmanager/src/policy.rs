//! Resource policies: what Secrets Manager checks before it attaches one.

use strongroom_api::{BoxFuture, Error, Result, Shape};
use strongroom_policy::{Fault, Kind, Policy, is_public};

use crate::secret::Attached;
use crate::{Call, error};

/// A policy document as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=20480)]
pub struct Document(pub String);

/// The name of a policy. AWS has one, and lets clients say so.
#[derive(Clone, Debug, PartialEq, Eq, Shape)]
#[shape(length = 1..=64, pattern = r"[0-9A-Za-z\-\_]+")]
pub struct PolicyName(pub String);

/// The one policy that a secret can have.
pub const DEFAULT_NAME: &str = "default";

/// What this service needs from IAM: policies name users and roles by ARN and mean them by unique id.
pub trait Directory: Send + Sync {
    /// The document with unique ids in place of the ARNs of users and roles; `None` if one of its
    /// principals does not exist.
    fn with_ids<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<Option<String>, Error>>;

    /// The document with ARNs in place of the unique ids of users and roles that still exist.
    fn with_arns<'a>(&'a self, policy: &'a Policy) -> BoxFuture<'a, Result<String, Error>>;
}

/// A policy that may be attached.
pub struct Checked {
    /// As the client sent it.
    pub policy: Policy,
    /// As it is stored, with unique ids.
    pub stored: String,
}

/// Refuses every policy name but the one there is, as AWS does for changes.
///
/// # Errors
/// AWS's error.
pub fn check_name(name: Option<&PolicyName>) -> Result<()> {
    match name {
        Some(name) if name.0 != DEFAULT_NAME => Err(error::only_the_default_policy()),
        _ => Ok(()),
    }
}

/// Reads a document and checks it by itself: syntax, actions of this service only, known principals.
///
/// # Errors
/// `MalformedPolicyDocumentException` with AWS's sentences.
pub async fn read(call: &Call<'_>, document: &Document) -> Result<Checked> {
    let policy = Policy::parse(&document.0, Kind::Resource)
        .map_err(|malformed| error::malformed_policy(sentence(malformed.fault())))?;
    let foreign = |action: &str| {
        action != "*" && !action.get(..15).is_some_and(|p| p.eq_ignore_ascii_case("secretsmanager:"))
    };
    if policy.statements().iter().any(|statement| statement.actions().any(foreign)) {
        return Err(error::malformed_policy(SYNTAX));
    }
    let stored = call.service.directory.with_ids(&policy).await?;
    let stored = stored.ok_or_else(|| error::malformed_policy(UNSUPPORTED_PRINCIPAL))?;
    Ok(Checked { policy, stored })
}

/// An attached policy as it is shown: with ARNs for all who still exist.
///
/// # Errors
/// Internal only.
pub async fn shown(call: &Call<'_>, attached: &Attached) -> Result<String> {
    match attached.compiled() {
        Some(policy) => call.service.directory.with_arns(policy).await,
        None => Ok(attached.text().to_owned()),
    }
}

const SYNTAX: &str = "This resource policy contains a syntax error.";
const UNSUPPORTED_PRINCIPAL: &str = "This resource policy contains an unsupported principal";

fn sentence(fault: &Fault) -> &'static str {
    match fault {
        Fault::InvalidPrincipal(..) => UNSUPPORTED_PRINCIPAL,
        Fault::InvalidServicePrincipal(_) => {
            "This resource policy contains an invalid service principal."
        }
        Fault::Version => "This policy has invalid syntax.",
        _ => SYNTAX,
    }
}

/// Whether the policy opens the secret to everybody.
#[must_use]
pub fn grants_broad_access(policy: &Policy) -> bool {
    is_public(policy).is_some()
}
