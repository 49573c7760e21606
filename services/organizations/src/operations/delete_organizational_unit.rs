//! DeleteOrganizationalUnit: deletes a unit that nothing hangs under.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};
use strongroom_store::Range;

use crate::find::{Found, FoundNode};
use crate::shapes::UnitId;
use crate::{Call, Organizations, error, paths};

/// DeleteOrganizationalUnit.
pub struct DeleteOrganizationalUnit;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The unit.
    pub organizational_unit_id: UnitId,
}

impl Operation for DeleteOrganizationalUnit {
    const NAME: &'static str = "DeleteOrganizationalUnit";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"OrganizationalUnitId": "ou-a1b2-c3d4e5f6"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_unit(call, &input.organizational_unit_id.0).await
    }

    async fn run(call: &Call<'_>, _: &Input, unit: Authorized<Found<FoundNode>>) -> Result<()> {
        let (organization, node) = (&unit.organization, &unit.of);
        let children = Range::prefix(paths::child(organization, &node.id, ""));
        if call.service.any(children).await? {
            return Err(error::unit_not_empty());
        }
        let mut edit = call.service.edit(organization);
        edit.uproot(node);
        if let Some(parent) = &node.parent {
            edit.delete(&paths::unit_name(organization, parent, &node.name));
        }
        edit.organization.units -= 1;
        edit.commit().await
    }
}
