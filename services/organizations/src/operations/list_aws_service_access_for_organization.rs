//! ListAWSServiceAccessForOrganization: lists the services that may act across the organization: none.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Everything, Found};
use crate::shapes::{MaxResults, NextToken};
use crate::{Call, Organizations};

/// ListAWSServiceAccessForOrganization.
pub struct ListAWSServiceAccessForOrganization;

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
    /// The services. None here acts across an organization, and none can be let.
    pub enabled_service_principals: Vec<String>,
}

impl Operation for ListAWSServiceAccessForOrganization {
    const NAME: &'static str = "ListAWSServiceAccessForOrganization";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Everything>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<Everything>> {
        call.service.find_everything(call).await
    }

    async fn run(_: &Call<'_>, _: &Input, _: Authorized<Found<Everything>>) -> Result<Output> {
        Ok(Output { enabled_service_principals: Vec::new() })
    }
}
