//! CreateLogGroup: makes a log group.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Values};

use crate::group::Group;
use crate::name::GroupName;
use crate::shapes::LogGroupClass;
use crate::tag::{self, Tags};
use crate::target::Found;
use crate::{Call, Logs, error};

/// CreateLogGroup.
pub struct CreateLogGroup;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// Its name.
    pub log_group_name: GroupName,
    /// A KMS key for its events, which is refused.
    #[shape(length = 0..=256)]
    pub kms_key_id: Option<String>,
    /// Its tags.
    pub tags: Option<Tags>,
    /// What it is meant for; `STANDARD` if absent.
    pub log_group_class: Option<LogGroupClass>,
    /// Whether it refuses to be deleted.
    pub deletion_protection_enabled: Option<bool>,
}

impl Operation for CreateLogGroup {
    const NAME: &'static str = "CreateLogGroup";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "tags": {"team": "payments"}}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Found<Found<()>>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Found<()>>> {
        call.service.new_place(call, &input.log_group_name).await
    }

    fn demands<'t>(input: &'t Input, target: &'t Found<Found<()>>) -> Demands<'t> {
        let own = [Demand::own::<Self>(target)];
        let tags = input.tags.iter().map(|_| Demand::of("logs:TagResource", target.of()));
        own.into_iter().chain(tags).collect()
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v Found<Found<()>>>,
        key: &str,
    ) -> Option<Values<'v>> {
        tag::request_condition(input.tags.as_ref()?, key)
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Found<Found<()>>>) -> Result<()> {
        if input.kms_key_id.is_some() {
            return Err(error::no_kms_keys());
        }
        let (account, name) = (call.caller.account(), &input.log_group_name.0);
        if call.service.group(account, call.region, name).await?.is_some() {
            return Err(error::group_exists());
        }
        let id = call.ids.next().to_string();
        let mut group = Group::new(account, call.region, name, id, call.now.millis());
        if let Some(tags) = &input.tags {
            tag::check(tags)?;
            let arn = group.arn();
            tag::add(&mut group.tags, tags, &arn)?;
        }
        if let Some(class) = input.log_group_class {
            group.class = class.name().to_owned();
        }
        group.deletion_protection = input.deletion_protection_enabled.unwrap_or_default();
        call.service.create_group(group).await
    }
}
