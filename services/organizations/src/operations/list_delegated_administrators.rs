//! ListDelegatedAdministrators: lists the accounts that administer a service for the organization: none.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::{Everything, Found};
use crate::shapes::{MaxResults, NextToken, ServicePrincipal};
use crate::{Call, Organizations};

/// ListDelegatedAdministrators.
pub struct ListDelegatedAdministrators;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// Of this service only.
    pub service_principal: Option<ServicePrincipal>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The accounts. No service here takes a delegated administrator.
    pub delegated_administrators: Vec<String>,
}

impl Operation for ListDelegatedAdministrators {
    const NAME: &'static str = "ListDelegatedAdministrators";
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
        Ok(Output { delegated_administrators: Vec::new() })
    }
}
