//! CreateOrganizationalUnit: makes a unit under the root or another unit.

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Error, Operation, Reply, Result, Shape, Values,
};

use crate::find::{Found, FoundNode, MOST_DEPTH};
use crate::join::Claim;
use crate::node::{Kind, Node};
use crate::shapes::{ParentId, UnitName};
use crate::tag::{self, Tag};
use crate::views::UnitView;
use crate::{Call, Organizations, control, error, id, paths};

/// CreateOrganizationalUnit.
pub struct CreateOrganizationalUnit;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Where it hangs.
    pub parent_id: ParentId,
    /// Its name, which no other unit there has.
    pub name: UnitName,
    /// Its tags.
    pub tags: Option<Vec<Tag>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The unit.
    pub organizational_unit: UnitView,
}

/// AWS's quota of units in an organization.
const MOST_UNITS: u32 = 2_000;

impl Operation for CreateOrganizationalUnit {
    const NAME: &'static str = "CreateOrganizationalUnit";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"ParentId": "r-a1b2", "Name": "workloads"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_parent(call, &input.parent_id.0).await
    }

    fn demands<'t>(input: &'t Input, target: &'t Found<FoundNode>) -> Demands<'t> {
        let tagging = input.tags.as_ref().filter(|tags| !tags.is_empty());
        let tagging = tagging.map(|_| Demand::of("organizations:TagResource", target));
        std::iter::once(Demand::own::<Self>(target)).chain(tagging).collect()
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v Found<FoundNode>>,
        key: &str,
    ) -> Option<Values<'v>> {
        tag::condition(input.tags.as_ref(), key)
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        parent: Authorized<Found<FoundNode>>,
    ) -> Result<Output> {
        let (organization, above) = (&parent.organization, &parent.of);
        let line = call.service.lineage(organization, above).await.map_err(error::of_record)?;
        let line = line.ok_or_else(Error::conflict)?;
        if line.len() > MOST_DEPTH {
            return Err(error::too_deep());
        }
        if organization.units >= MOST_UNITS {
            return Err(error::too_many_units());
        }
        let name = &input.name.0;
        let claim = paths::unit_name(organization, &above.id, name);
        if call.service.claim(&claim).await?.is_some() {
            return Err(error::duplicate_unit());
        }
        let id = id::unit(&organization.root, call.entropy);
        let mut unit = Node::new(&id, name, Some(&above.id), Kind::Unit);
        tag::add(&mut unit.tags, input.tags.as_deref().unwrap_or_default())?;
        let mut edit = call.service.edit(organization);
        edit.plant(&unit)?;
        edit.create(&claim, &Claim { holder: id.clone() })?;
        edit.organization.units += 1;
        edit.commit().await?;
        let ids = line.iter().map(|node| node.id.as_str()).chain([id.as_str()]);
        let path = control::path(organization, ids);
        let arn = organization.arn_of(&id);
        Ok(Output { organizational_unit: UnitView { arn, name: name.clone(), path, id } })
    }
}
