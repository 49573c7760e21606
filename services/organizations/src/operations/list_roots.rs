//! ListRoots: lists the roots of the organization: there is one.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Everything, Found};
use crate::shapes::{MaxResults, NextToken};
use crate::views::RootView;
use crate::{Call, Organizations, error};

/// ListRoots.
pub struct ListRoots;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The root.
    pub roots: Vec<RootView>,
}

impl Operation for ListRoots {
    const NAME: &'static str = "ListRoots";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Everything>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<Everything>> {
        call.service.find_everything(call).await
    }

    async fn run(
        call: &Call<'_>,
        _: &Input,
        target: Authorized<Found<Everything>>,
    ) -> Result<Output> {
        let organization = &target.organization;
        let root = call.service.node(organization, &organization.root).await;
        let root = root.map_err(error::of_record)?;
        let roots = root.iter().map(|root| RootView::of(organization, root)).collect();
        Ok(Output { roots })
    }
}
