//! UpdateTrail: changes a trail; what is left out stays, and an empty text takes it away.

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Result, Shape, Target, Values,
};

use crate::find::{Found, Named};
use crate::views::TrailMade;
use crate::{Call, CloudTrail, error, names};

/// The operation.
pub struct UpdateTrail;

/// The request.
#[derive(Shape)]
pub struct Input {
    name: String,
    #[shape(name = "S3BucketName")]
    s3_bucket_name: Option<String>,
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
}

/// The trail, and the role it is about to be given.
pub struct Changed {
    found: Found,
    role: Option<Named>,
}

impl Target for Changed {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        self.found.arn()
    }

    fn account(&self) -> &str {
        self.found.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.found.tag(key)
    }
}

impl Operation for UpdateTrail {
    const NAME: &'static str = "UpdateTrail";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "audit", "IsMultiRegionTrail": true}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Changed;
    type Output = TrailMade;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Changed> {
        let found = Found::find_at_home(call, &input.name).await?;
        let role = input.cloud_watch_logs_role_arn.clone().filter(|role| !role.is_empty());
        let role = role.map(|role| Named::new(role, call.caller.account()));
        Ok(Changed { found, role })
    }

    fn demands<'t>(_: &'t Input, changed: &'t Changed) -> Demands<'t> {
        let role = changed.role.as_ref().map(|role| Demand::of("iam:PassRole", role));
        std::iter::once(Demand::own::<Self>(changed)).chain(role).collect()
    }

    fn condition<'v>(_: &'v Input, _: Option<&'v Changed>, key: &str) -> Option<Values<'v>> {
        (key == "iam:passedtoservice").then(|| Values::one("cloudtrail.amazonaws.com"))
    }

    async fn run(call: &Call<'_>, input: &Input, of: Authorized<Changed>) -> Result<TrailMade> {
        if input.is_organization_trail == Some(true) {
            return Err(error::no_organization_trails());
        }
        let mut trail = of.found.trail.value.clone();
        let settings = &mut trail.settings;
        if let Some(bucket) = &input.s3_bucket_name {
            settings.bucket.clone_from(bucket);
        }
        set(&mut settings.prefix, input.s3_key_prefix.as_ref());
        set(&mut settings.log_group, input.cloud_watch_logs_log_group_arn.as_ref());
        set(&mut settings.log_role, input.cloud_watch_logs_role_arn.as_ref());
        set(&mut settings.key, input.kms_key_id.as_ref());
        let named = |name: &String| names::topic(name, call.caller.account(), call.region);
        match input.sns_topic_name.as_ref() {
            None => {}
            Some(none) if none.is_empty() => settings.topic = None,
            Some(name) => settings.topic = Some(named(name)?),
        }
        settings.global_events =
            input.include_global_service_events.unwrap_or(settings.global_events);
        settings.multi_region = input.is_multi_region_trail.unwrap_or(settings.multi_region);
        settings.validation = input.enable_log_file_validation.unwrap_or(settings.validation);
        settings.check()?;
        of.found.save(call.service, &trail).await?;
        Ok(TrailMade::of(&trail))
    }
}

fn set(old: &mut Option<String>, new: Option<&String>) {
    if let Some(new) = new {
        *old = Some(new.clone()).filter(|new| !new.is_empty());
    }
}
