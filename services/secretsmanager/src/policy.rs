//! Resource policies: what Secrets Manager checks before it attaches one.

use strongroom_api::{BoxFuture, Error, Result, Shape};
use strongroom_policy::{Fault, Kind, Policy, PrincipalForm, is_public};

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

/// What this service needs from IAM: whether the principals that a policy names exist.
pub trait Directory: Send + Sync {
    /// Whether there is such a user, role, account or federated principal. Service principals and
    /// `*` are not asked about.
    fn exists<'a>(&'a self, principal: &'a str) -> BoxFuture<'a, Result<bool, Error>>;
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
pub async fn read(call: &Call<'_>, document: &Document) -> Result<Policy> {
    let policy = Policy::parse(&document.0, Kind::Resource)
        .map_err(|malformed| error::malformed_policy(sentence(malformed.fault())))?;
    let foreign = |action: &str| {
        action != "*"
            && !action.get(..15).is_some_and(|p| p.eq_ignore_ascii_case("secretsmanager:"))
    };
    if policy.statements().iter().any(|statement| statement.actions().any(foreign)) {
        return Err(error::malformed_policy(SYNTAX));
    }
    for principal in policy.principals() {
        let asked = !matches!(principal.form(), PrincipalForm::Everyone | PrincipalForm::Service);
        if asked && !call.service.directory.exists(principal.text()).await? {
            return Err(error::malformed_policy(UNSUPPORTED_PRINCIPAL));
        }
    }
    Ok(policy)
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
