//! DeleteOrganization: deletes the caller's organization, once its members are gone.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::find::{Everything, Found};
use crate::organization::Membership;
use crate::{Call, Organizations, error, paths};

/// DeleteOrganization.
pub struct DeleteOrganization;

/// Its request, which says nothing.
#[derive(Debug, Shape)]
pub struct Input;

impl Operation for DeleteOrganization {
    const NAME: &'static str = "DeleteOrganization";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Everything>;
    type Output = ();

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<Everything>> {
        call.service.find_everything(call).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<Everything>>) -> Result<()> {
        let organization = &target.organization;
        if organization.accounts > 1 {
            return Err(error::organization_not_empty());
        }
        let management = &organization.management;
        let had = call.service.membership(management).await.map_err(error::of_record)?;
        let mut edit = call.service.edit(organization);
        edit.write(&paths::membership(management), had.as_deref(), &Membership::default())?;
        edit.commit_deletion().await?;
        // Its units and policies go with it. Nothing leads to them any more; if this is cut short,
        // the account's next organization makes it good.
        call.service.sweep(paths::all(organization)).await
    }
}
