//! ListChildren: lists the accounts or the units under a root or unit, by id.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::shapes::{ChildType, MaxResults, NextToken, ParentId};
use crate::{Call, Organizations, paths};

/// ListChildren.
pub struct ListChildren;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The root or unit.
    pub parent_id: ParentId,
    /// Which of them.
    pub child_type: ChildType,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The children.
    pub children: Vec<Child>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// A child.
#[derive(Debug, Reply)]
pub struct Child {
    /// Its id.
    pub id: String,
    /// What it is.
    #[shape(name = "Type")]
    pub kind: ChildType,
}

impl Operation for ListChildren {
    const NAME: &'static str = "ListChildren";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"ParentId": "r-a1b2", "ChildType": "ACCOUNT"}"#;

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
        let (organization, parent) = (&parent.organization, &parent.of.id);
        let range = match input.child_type {
            ChildType::Account => paths::child_accounts(organization, parent),
            ChildType::Unit => paths::child_units(organization, parent),
        };
        let page = call.service.ids(&range, input.max_results, input.next_token.as_ref()).await?;
        let kind = input.child_type;
        let children = page.items.into_iter().map(|id| Child { id, kind }).collect();
        Ok(Output { children, next_token: page.next })
    }
}
