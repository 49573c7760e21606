//! ListOrganizationalUnitsForParent: lists the units that hang under a root or unit.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::shapes::{MaxResults, NextToken, ParentId};
use crate::views::UnitView;
use crate::{Call, Organizations, paths};

/// ListOrganizationalUnitsForParent.
pub struct ListOrganizationalUnitsForParent;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The root or unit.
    pub parent_id: ParentId,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The units.
    pub organizational_units: Vec<UnitView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for ListOrganizationalUnitsForParent {
    const NAME: &'static str = "ListOrganizationalUnitsForParent";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"ParentId": "r-a1b2"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_parent(call, &input.parent_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        parent: Authorized<Found<FoundNode>>,
    ) -> Result<Output> {
        let (service, organization) = (call.service, &parent.organization);
        let range = paths::child_units(organization, &parent.of.id);
        let page = service.ids(&range, input.max_results, input.next_token.as_ref()).await?;
        let mut organizational_units = Vec::new();
        for unit in service.nodes_of(organization, &page.items).await? {
            organizational_units.push(service.show_unit(organization, &unit).await?);
        }
        Ok(Output { organizational_units, next_token: page.next })
    }
}
