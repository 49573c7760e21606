//! CreateTrail: makes a trail, which is not logging yet.

use std::collections::BTreeMap;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Result, Shape, Target, Values,
};

use crate::find::{MOST_TRAILS, Made, Named};
use crate::tag::{self, Tag};
use crate::trail::{Settings, Trail};
use crate::views::TrailMade;
use crate::{Call, CloudTrail, arn, error, names, paths};

/// The operation.
pub struct CreateTrail;

/// The request.
#[derive(Shape)]
pub struct Input {
    name: String,
    #[shape(name = "S3BucketName")]
    s3_bucket_name: String,
    #[shape(name = "S3KeyPrefix")]
    s3_key_prefix: Option<String>,
    sns_topic_name: Option<String>,
    include_global_service_events: Option<bool>,
    is_multi_region_trail: Option<bool>,
    enable_log_file_validation: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    is_organization_trail: Option<bool>,
    #[shape(length = 0..=200)]
    tags_list: Option<Vec<Tag>>,
}

impl Operation for CreateTrail {
    const NAME: &'static str = "CreateTrail";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "audit", "S3BucketName": "audit-logs"}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Made;
    type Output = TrailMade;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Made> {
        names::check_trail(&input.name)?;
        let account = call.caller.account();
        let arn = arn::of_trail(account, call.region, &input.name);
        let role = input.cloud_watch_logs_role_arn.clone();
        let role = role.map(|role| Named::new(role, account));
        Ok(Made { trail: Named::new(arn, account), role })
    }

    fn demands<'t>(input: &'t Input, made: &'t Made) -> Demands<'t> {
        let role = made.role.as_ref().map(|role| Demand::of("iam:PassRole", role));
        let tags = input.tags_list.as_ref().filter(|tags| !tags.is_empty());
        let tags = tags.map(|_| Demand::of("cloudtrail:AddTags", made));
        std::iter::once(Demand::own::<Self>(made)).chain(role).chain(tags).collect()
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Made>, key: &str) -> Option<Values<'v>> {
        match key {
            "iam:passedtoservice" => Some(Values::one("cloudtrail.amazonaws.com")),
            _ => tag::condition(input.tags_list.as_ref(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, made: Authorized<Made>) -> Result<TrailMade> {
        let account = call.caller.account();
        let settings = settings(call, input)?;
        let trails = call.service.trails(account).await?;
        let of_region = trails.iter().filter(|trail| trail.region == call.region);
        if of_region.clone().any(|trail| trail.name == input.name) {
            return Err(error::trail_exists(&input.name, account));
        }
        if of_region.count() >= MOST_TRAILS {
            return Err(error::too_many_trails(account, MOST_TRAILS, call.region));
        }
        let mut tags = BTreeMap::new();
        tag::add(&mut tags, input.tags_list.as_deref().unwrap_or_default(), &made.arn())?;
        let trail = Trail {
            name: input.name.clone(),
            account: account.to_owned(),
            region: call.region.to_owned(),
            settings,
            selectors: None,
            tags,
            logging: false,
            started: None,
            stopped: None,
        };
        let mut changes = call.service.records.changes();
        let key = paths::trail(account, call.region, &input.name);
        changes.create(&key, &trail).map_err(error::of_record)?;
        call.service.records.commit(changes).await.map_err(error::of_record)?;
        Ok(TrailMade::of(&trail))
    }
}

fn settings(call: &Call<'_>, input: &Input) -> Result<Settings> {
    if input.is_organization_trail == Some(true) {
        return Err(error::no_organization_trails());
    }
    let topic = input.sns_topic_name.as_deref();
    let topic = topic.map(|name| names::topic(name, call.caller.account(), call.region));
    let settings = Settings {
        bucket: input.s3_bucket_name.clone(),
        prefix: input.s3_key_prefix.clone(),
        topic: topic.transpose()?,
        global_events: input.include_global_service_events.unwrap_or(true),
        multi_region: input.is_multi_region_trail.unwrap_or(false),
        validation: input.enable_log_file_validation.unwrap_or(false),
        log_group: input.cloud_watch_logs_log_group_arn.clone(),
        log_role: input.cloud_watch_logs_role_arn.clone(),
        key: input.kms_key_id.clone(),
    };
    settings.check()?;
    Ok(settings)
}
