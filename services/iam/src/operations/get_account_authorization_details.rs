//! GetAccountAuthorizationDetails: shows all users, groups, roles and policies with what they may do.

use strongroom_api::{Account, Audit, Authorized, Operation, Result, Shape};

use crate::details::Details;
use crate::page::Wanted;
use crate::shape::{EntityFilter, Marker, MaxItems};
use crate::{Call, Iam};

/// The operation.
pub struct GetAccountAuthorizationDetails;

/// The request.
#[derive(Shape)]
pub struct Input {
    filter: Option<Vec<EntityFilter>>,
    max_items: Option<MaxItems>,
    marker: Option<Marker>,
}

impl Operation for GetAccountAuthorizationDetails {
    const NAME: &'static str = "GetAccountAuthorizationDetails";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Details;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Account>) -> Result<Details> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let filter = input.filter.as_deref().unwrap_or_default();
        let wants = |sort| filter.is_empty() || filter.contains(&sort);
        call.service.details(&target.0, &wanted, &wants).await
    }
}
