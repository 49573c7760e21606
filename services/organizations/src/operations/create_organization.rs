//! CreateOrganization: makes the caller's account the management account of a new organization.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::organization::{Organization, ServiceControl};
use crate::shapes::FeatureSet;
use crate::views::OrganizationView;
use crate::{Call, Organizations, error, id, paths};

/// CreateOrganization.
pub struct CreateOrganization;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// What it is for; `ALL` if absent.
    pub feature_set: Option<FeatureSet>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The organization.
    pub organization: OrganizationView,
}

impl Operation for CreateOrganization {
    const NAME: &'static str = "CreateOrganization";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FeatureSet": "ALL"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let service = call.service;
        let found = service.organization_of(&account.0).await.map_err(error::of_record)?;
        if found.is_some() {
            return Err(error::already_in_organization());
        }
        // What an organization of this account has left behind, if its deletion was cut short.
        service.sweep(paths::remains(&account.0)).await?;
        let organization = Organization {
            id: id::organization(call.entropy),
            management: account.0.clone(),
            management_email: format!("{}@accounts.invalid", account.0),
            root: id::root(call.entropy),
            features: input.feature_set.unwrap_or(FeatureSet::All),
            created: call.now,
            service_control: ServiceControl { enabled: false, era: 0 },
            units: 0,
            policies: 0,
            accounts: 0,
        };
        let organization = service.found(organization).await?;
        Ok(Output { organization: OrganizationView::of(&organization) })
    }
}
