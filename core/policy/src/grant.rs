//! KMS grants: permissions on one key for one grantee, beside the key policy.

use std::collections::BTreeMap;

use crate::action::Action;
use crate::malformed::{Fault, Malformed, Position};
use crate::principal::{Element, Reach};
use crate::text::ENCRYPTION_CONTEXT;
use crate::{Context, Kind, Principal, PrincipalForm, PrincipalPattern};

/// A grant, compiled.
#[derive(Clone, Debug)]
pub struct Grant {
    id: Box<str>,
    grantee: PrincipalPattern,
    /// In lower case.
    operations: Box<[Box<str>]>,
    constraints: Constraints,
}

/// What the encryption context of a request must be for a grant to hold. Names and values compare
/// exactly.
///
/// Looked up as `kms:encryptioncontext:NAME`, and `kms:encryptioncontextkeys` for the names present.
/// DescribeKey and RetireGrant, which have no encryption context, are not constrained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// The encryption context must be exactly this.
    pub encryption_context_equals: Option<BTreeMap<String, String>>,
    /// The encryption context must hold these pairs.
    pub encryption_context_subset: Option<BTreeMap<String, String>>,
}

impl Grant {
    /// Compiles a grant. `grantee` is an ARN, account id or service principal as
    /// `GranteePrincipal` takes it; `operations` as `Operations` does (`Decrypt`).
    pub fn new<'a>(
        id: &str,
        grantee: &str,
        operations: impl IntoIterator<Item = &'a str>,
        constraints: Constraints,
    ) -> Result<Grant, Malformed> {
        let at = Position { line: 1, column: 1 };
        let element =
            if grantee.ends_with(".amazonaws.com") { Element::Service } else { Element::Aws };
        let grantee = PrincipalPattern::parse(element, grantee, at, (0, 0))
            .and_then(|one| match one.form() {
                // A grant is for one grantee, never for everyone.
                PrincipalForm::Everyone => {
                    Err(Fault::InvalidPrincipal("AWS".into(), grantee.into()))
                }
                _ => Ok(one),
            })
            .map_err(|fault| Malformed::new(Kind::KeyPolicy, fault, at))?;
        let operations =
            operations.into_iter().map(|name| name.to_ascii_lowercase().into()).collect();
        Ok(Grant { id: id.into(), grantee, operations, constraints })
    }

    /// The grant's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How far the grant reaches for the caller; `None` if it does not cover the request.
    pub(crate) fn reach(
        &self,
        who: &Principal<'_>,
        action: &Action,
        context: &dyn Context,
    ) -> Option<Reach> {
        let name = action.name();
        if !action.is_of("kms")
            || !self.operations.iter().any(|operation| operation.as_bytes() == name)
        {
            return None;
        }
        let reach = self.grantee.reach(who)?;
        let unconstrained = matches!(name, b"describekey" | b"retiregrant");
        (unconstrained || self.constraints.hold(context)).then_some(reach)
    }
}

impl Constraints {
    fn hold(&self, context: &dyn Context) -> bool {
        let exact = self.encryption_context_equals.as_ref();
        let subset = self.encryption_context_subset.as_ref();
        if exact.is_none() && subset.is_none() {
            return true;
        }
        let names = context.values("kms:encryptioncontextkeys");
        let names = names.as_ref().map_or(&[][..], |names| names.as_slice());
        exact.is_none_or(|pairs| pairs.len() == names.len())
            && exact.into_iter().chain(subset).flatten().all(|(name, value)| {
                let found = context.values(&format!("{ENCRYPTION_CONTEXT}{name}"));
                names.iter().any(|present| present == name)
                    && found
                        .and_then(crate::Values::single)
                        .is_some_and(|found| found == value.as_str())
            })
    }
}
