//! DeleteSubscriptionFilter: deletes a subscription filter. What is on its way arrives.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::group::Group;
use crate::name::GroupName;
use crate::shapes::FilterName;
use crate::target::FoundGroup;
use crate::{Call, Logs, error};

/// DeleteSubscriptionFilter.
pub struct DeleteSubscriptionFilter;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// The filter's name.
    pub filter_name: FilterName,
}

impl Operation for DeleteSubscriptionFilter {
    const NAME: &'static str = "DeleteSubscriptionFilter";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "filterName": "errors"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        let filters = call.service.subscription_filters(&found).await?;
        let filter = filters.iter().find(|filter| filter.name == input.filter_name.0);
        let filter = filter.ok_or_else(error::no_such_subscription_filter)?;
        let subscription_filters = found.subscription_filters.saturating_sub(1);
        let mut changes = call.service.records.changes();
        changes.remove(filter);
        let group = Group { subscription_filters, ..found.value.clone() };
        changes.replace(&found, &group).map_err(error::storage)?;
        call.service.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}
