//! DescribeOrganizationalUnit: tells about a unit.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::shapes::UnitId;
use crate::views::UnitView;
use crate::{Call, Organizations};

/// DescribeOrganizationalUnit.
pub struct DescribeOrganizationalUnit;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The unit.
    pub organizational_unit_id: UnitId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// What is known of it.
    pub organizational_unit: UnitView,
}

impl Operation for DescribeOrganizationalUnit {
    const NAME: &'static str = "DescribeOrganizationalUnit";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"OrganizationalUnitId": "ou-a1b2-c3d4e5f6"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_unit(call, &input.organizational_unit_id.0).await
    }

    async fn run(call: &Call<'_>, _: &Input, unit: Authorized<Found<FoundNode>>) -> Result<Output> {
        let organizational_unit = call.service.show_unit(&unit.organization, &unit.of).await?;
        Ok(Output { organizational_unit })
    }
}
