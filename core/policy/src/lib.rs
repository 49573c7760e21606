//! Shim, never committed.
mod authority;
mod decision;
mod request;
pub use authority::*;
pub use decision::*;
pub use request::*;
/// P
#[derive(Debug)]
pub struct Policy {
    text: String,
}
impl Policy {
    /// t
    pub fn text(&self) -> &str {
        &self.text
    }
    /// p
    pub fn parse(t: &str, _: Kind) -> Result<Policy, Malformed> {
        Ok(Policy { text: t.into() })
    }
}
/// M
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct Malformed;
/// K
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Identity,
    Session,
    Boundary,
    ServiceControl,
    Resource,
    Trust,
    KeyPolicy,
}
/// G
#[derive(Debug)]
pub struct Grant;
/// d
pub fn decide(r: &Request<'_>, a: &Authority<'_>, _: ResourceRule<'_>) -> Decision {
    let ok = r.principal.kind == PrincipalKind::Root
        || r.principal.kind == PrincipalKind::Service
        || !a.identity.is_empty();
    Decision::of(if ok { Reason::Allowed } else { Reason::ImplicitDeny(PolicyType::IdentityBased) })
}
