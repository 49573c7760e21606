//! UpdateOrganizationalUnit: renames a unit.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::join::Claim;
use crate::node::Node;
use crate::shapes::{UnitId, UnitName};
use crate::views::UnitView;
use crate::{Call, Organizations, error, paths};

/// UpdateOrganizationalUnit.
pub struct UpdateOrganizationalUnit;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The unit.
    pub organizational_unit_id: UnitId,
    /// Its new name; absent, nothing changes.
    pub name: Option<UnitName>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The unit as it is now.
    pub organizational_unit: UnitView,
}

impl Operation for UpdateOrganizationalUnit {
    const NAME: &'static str = "UpdateOrganizationalUnit";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"OrganizationalUnitId": "ou-a1b2-c3d4e5f6", "Name": "workloads"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_unit(call, &input.organizational_unit_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        unit: Authorized<Found<FoundNode>>,
    ) -> Result<Output> {
        let (service, organization) = (call.service, &unit.organization);
        let mut shown = service.show_unit(organization, &unit.of).await?;
        let name = input.name.as_ref().filter(|name| name.0 != unit.of.name);
        if let (Some(name), Some(parent)) = (name, &unit.of.parent) {
            let claim = paths::unit_name(organization, parent, &name.0);
            if service.claim(&claim).await?.is_some() {
                return Err(error::duplicate_unit());
            }
            let mut edit = service.edit(organization);
            edit.delete(&paths::unit_name(organization, parent, &unit.of.name));
            edit.create(&claim, &Claim { holder: unit.of.id.clone() })?;
            edit.replace(&unit.of, &Node { name: name.0.clone(), ..Node::clone(&unit.of) })?;
            edit.commit().await?;
            shown.name.clone_from(&name.0);
        }
        Ok(Output { organizational_unit: shown })
    }
}
