//! DescribeOrganization: tells about the organization that the caller's account belongs to.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Joined;
use crate::views::OrganizationView;
use crate::{Call, Organizations};

/// DescribeOrganization.
pub struct DescribeOrganization;

/// Its request, which says nothing.
#[derive(Debug, Shape)]
pub struct Input;

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The organization.
    pub organization: OrganizationView,
}

impl Operation for DescribeOrganization {
    const NAME: &'static str = "DescribeOrganization";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Joined;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Joined> {
        // Every member may ask, as far as its own account's policies go.
        Joined::find(call).await
    }

    async fn run(_: &Call<'_>, _: &Input, member: Authorized<Joined>) -> Result<Output> {
        Ok(Output { organization: OrganizationView::of(&member.organization) })
    }
}
