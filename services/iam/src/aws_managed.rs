//! The policies that AWS manages, as far as they speak of services that are offered.

use strongroom_api::Timestamp;

/// A policy managed by AWS.
#[derive(Debug)]
pub struct AwsManaged {
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
    /// When AWS published the first of them; the days of the others are not kept.
    pub(crate) fn since(&self) -> Timestamp {
        Timestamp::from_seconds(1_423_161_599)
    }

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
