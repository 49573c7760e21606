//! ListParents: lists what an account or unit hangs under: one root or unit.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Found, FoundNode};
use crate::shapes::{ChildId, MaxResults, NextToken};
use crate::{Call, Organizations, error, id};

/// ListParents.
pub struct ListParents;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The account or unit.
    pub child_id: ChildId,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The parent, alone in its list.
    pub parents: Vec<Parent>,
}

/// A parent.
#[derive(Debug, Reply)]
pub struct Parent {
    /// Its id.
    pub id: String,
    /// `ROOT` or `ORGANIZATIONAL_UNIT`.
    #[shape(name = "Type")]
    pub kind: &'static str,
}

impl Operation for ListParents {
    const NAME: &'static str = "ListParents";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"ChildId": "210987654321"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_node(call, &input.child_id.0, |_| true, error::no_such_child).await
    }

    async fn run(_: &Call<'_>, _: &Input, child: Authorized<Found<FoundNode>>) -> Result<Output> {
        let parent = |id: String| {
            let is_root = id::Named::by(&id) == id::Named::Root;
            Parent { id, kind: if is_root { "ROOT" } else { "ORGANIZATIONAL_UNIT" } }
        };
        Ok(Output { parents: child.of.parent.clone().map(parent).into_iter().collect() })
    }
}
