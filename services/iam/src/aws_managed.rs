//! The policies that AWS manages, as far as they speak of services that are offered.

/// A policy managed by AWS.
#[derive(Debug)]
pub(crate) struct AwsManaged {
    /// `AdministratorAccess`.
    pub(crate) name: &'static str,
    /// `/`, `/service-role/`, `/job-function/`.
    pub(crate) path: &'static str,
    /// Its unique id.
    pub(crate) id: &'static str,
    /// `v1`.
    pub(crate) version: &'static str,
    /// What it is for.
    pub(crate) description: &'static str,
    /// The document.
    pub(crate) document: &'static str,
}

const PREFIX: &str = "arn:aws:iam::aws:policy";

/// In the order of their names.
pub(crate) static POLICIES: &[AwsManaged] = &[AwsManaged {
    name: "AdministratorAccess",
    path: "/",
    id: "ANPAIWMBCKSKIEE64ZLYK",
    version: "v1",
    description: "Provides full access to AWS services and resources.",
    document: include_str!("../policies/AdministratorAccess.json"),
}];

impl AwsManaged {
    /// Its ARN.
    pub(crate) fn arn(&self) -> String {
        format!("{PREFIX}{}{}", self.path, self.name)
    }
}

/// The policy with this ARN.
pub(crate) fn find(arn: &str) -> Option<&'static AwsManaged> {
    let rest = arn.strip_prefix(PREFIX)?;
    POLICIES
        .iter()
        .find(|policy| rest.strip_prefix(policy.path).is_some_and(|name| name == policy.name))
}
