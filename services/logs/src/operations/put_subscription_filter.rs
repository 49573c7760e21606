//! PutSubscriptionFilter: has events of a group handed on to a function, or changes that.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::destinations::Delivery;
use crate::group::Group;
use crate::name::GroupName;
use crate::pattern::Pattern;
use crate::shapes::{FilterName, FilterPattern};
use crate::subscription::{MOST, SubscriptionFilter};
use crate::target::FoundGroup;
use crate::{Call, Logs, error, paths};

/// PutSubscriptionFilter.
pub struct PutSubscriptionFilter;

/// How events are spread over a stream of another service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum Distribution {
    /// Anyhow.
    Random,
    /// Those of one log stream together.
    ByLogStream,
}

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// The filter's name.
    pub filter_name: FilterName,
    /// Which events it means.
    pub filter_pattern: FilterPattern,
    /// The function.
    #[shape(length = 1..)]
    pub destination_arn: String,
    /// The role for other destinations.
    #[shape(length = 1..)]
    pub role_arn: Option<String>,
    /// How events are spread; functions get those of one stream together.
    pub distribution: Option<Distribution>,
    /// Whether it reads events that were transformed; there are none.
    pub apply_on_transformed_logs: Option<bool>,
    /// Which accounts and regions it is about; not supported.
    #[shape(length = 0..=2000)]
    pub field_selection_criteria: Option<String>,
    /// Fields of the system's; not supported.
    pub emit_system_fields: Option<Vec<String>>,
}

impl Operation for PutSubscriptionFilter {
    const NAME: &'static str = "PutSubscriptionFilter";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "filterName": "errors", "filterPattern": "ERROR", "destinationArn": "arn:aws:lambda:us-east-1:123456789012:function:tell"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_named(call, &input.log_group_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<FoundGroup>) -> Result<()> {
        if input.field_selection_criteria.is_some() || input.emit_system_fields.is_some() {
            return Err(error::not_supported("Selection by system fields"));
        }
        let pattern = input.filter_pattern.0.clone();
        Pattern::parse(&pattern).map_err(|malformed| error::invalid_pattern(&malformed))?;
        let filters = call.service.subscription_filters(&found).await?;
        let old = filters.iter().find(|filter| filter.name == input.filter_name.0);
        if old.is_none() && filters.len() >= MOST {
            return Err(error::limit_exceeded());
        }
        check_destination(call, input, &found).await?;
        let distribution = input.distribution.unwrap_or(Distribution::ByLogStream);
        let filter = SubscriptionFilter {
            name: input.filter_name.0.clone(),
            group: found.name.clone(),
            pattern,
            destination: input.destination_arn.clone(),
            distribution: format!("{distribution:?}"),
            created: old.map_or(call.now.millis(), |old| old.created),
        };
        let added = u32::from(old.is_none());
        let subscription_filters = found.subscription_filters + added;
        let group = Group { subscription_filters, ..found.value.clone() };
        let key = paths::subscription_filters(&group.account, &group.region, &group.name);
        let mut changes = call.service.records.changes();
        match old {
            Some(old) => changes.replace(old, &filter),
            None => changes.create(&(key + &filter.name), &filter),
        }
        .map_err(error::storage)?;
        // The group changes with its filters, so that whoever has them compiled compiles them anew.
        changes.replace(&found, &group).map_err(error::storage)?;
        call.service.records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}

/// Whether the destination is a function that logs may call for this group, as AWS tries out.
async fn check_destination(call: &Call<'_>, input: &Input, group: &Group) -> Result<()> {
    let arn = input.destination_arn.as_str();
    let parts: Vec<&str> = arn.split(':').collect();
    let (["arn", _, "lambda", _, _, "function", name]
    | ["arn", _, "lambda", _, _, "function", name, _]) = parts.as_slice()
    else {
        return Err(error::no_such_destination(arn));
    };
    if input.role_arn.is_some() {
        return Err(error::role_for_function());
    }
    if group.name.strip_prefix("/aws/lambda/") == Some(name) {
        return Err(error::own_logs_of_function());
    }
    let delivery = Delivery {
        function: arn,
        group_arn: &format!("{}:*", group.arn()),
        account: &group.account,
    };
    match call.service.destinations.may_deliver(call.circumstances(), delivery).await? {
        true => Ok(()),
        false => Err(error::cannot_call_function()),
    }
}
