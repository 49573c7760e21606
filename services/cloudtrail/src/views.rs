//! Trails and events as replies show them.

use std::borrow::Cow;

use strongroom_wire::{Reply, Result, Timestamp};

use crate::event::Event;
use crate::trail::{Settings, Trail};
use crate::{error, names};

/// A trail, as GetTrail and DescribeTrails show it.
#[derive(Debug, Reply)]
pub struct TrailView {
    name: String,
    #[shape(name = "S3BucketName")]
    s3_bucket_name: String,
    #[shape(name = "S3KeyPrefix")]
    s3_key_prefix: Option<String>,
    sns_topic_name: Option<String>,
    #[shape(name = "SnsTopicARN")]
    sns_topic_arn: Option<String>,
    include_global_service_events: bool,
    is_multi_region_trail: bool,
    home_region: String,
    #[shape(name = "TrailARN")]
    trail_arn: String,
    log_file_validation_enabled: bool,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    has_custom_event_selectors: bool,
    has_insight_selectors: bool,
    is_organization_trail: bool,
}

impl TrailView {
    /// Shows `trail`.
    #[must_use]
    pub fn of(trail: &Trail) -> Self {
        let settings = &trail.settings;
        Self {
            name: trail.name.clone(),
            s3_bucket_name: settings.bucket.clone(),
            s3_key_prefix: settings.prefix.clone(),
            sns_topic_name: settings.topic.clone(),
            sns_topic_arn: settings.topic.clone(),
            include_global_service_events: settings.global_events,
            is_multi_region_trail: settings.multi_region,
            home_region: trail.region.clone(),
            trail_arn: trail.arn(),
            log_file_validation_enabled: settings.validation,
            cloud_watch_logs_log_group_arn: settings.log_group.clone(),
            cloud_watch_logs_role_arn: settings.log_role.clone(),
            kms_key_id: settings.key.clone(),
            has_custom_event_selectors: trail.selectors.is_some(),
            has_insight_selectors: false,
            is_organization_trail: false,
        }
    }
}

/// A trail, as CreateTrail and UpdateTrail answer.
#[derive(Debug, Reply)]
pub struct TrailMade {
    name: String,
    #[shape(name = "S3BucketName")]
    s3_bucket_name: String,
    #[shape(name = "S3KeyPrefix")]
    s3_key_prefix: Option<String>,
    sns_topic_name: Option<String>,
    #[shape(name = "SnsTopicARN")]
    sns_topic_arn: Option<String>,
    include_global_service_events: bool,
    is_multi_region_trail: bool,
    #[shape(name = "TrailARN")]
    trail_arn: String,
    log_file_validation_enabled: bool,
    cloud_watch_logs_log_group_arn: Option<String>,
    cloud_watch_logs_role_arn: Option<String>,
    kms_key_id: Option<String>,
    is_organization_trail: bool,
}

impl TrailMade {
    /// Shows `trail`.
    #[must_use]
    pub fn of(trail: &Trail) -> Self {
        let settings = &trail.settings;
        Self {
            name: trail.name.clone(),
            s3_bucket_name: settings.bucket.clone(),
            s3_key_prefix: settings.prefix.clone(),
            sns_topic_name: settings.topic.clone(),
            sns_topic_arn: settings.topic.clone(),
            include_global_service_events: settings.global_events,
            is_multi_region_trail: settings.multi_region,
            trail_arn: trail.arn(),
            log_file_validation_enabled: settings.validation,
            cloud_watch_logs_log_group_arn: settings.log_group.clone(),
            cloud_watch_logs_role_arn: settings.log_role.clone(),
            kms_key_id: settings.key.clone(),
            is_organization_trail: false,
        }
    }
}

impl Settings {
    /// Whether a trail can have them.
    ///
    /// # Errors
    /// The exception for the first that it cannot have.
    pub fn check(&self) -> Result<()> {
        names::check_bucket(&self.bucket)?;
        if self.prefix.as_ref().is_some_and(|prefix| prefix.chars().count() > 200) {
            return Err(error::invalid_prefix());
        }
        if self.multi_region && !self.global_events {
            return Err(error::multi_region_without_global());
        }
        let is_group = |arn: &String| {
            arn.starts_with("arn:aws:logs:") && arn.contains(":log-group:") && arn.ends_with(":*")
        };
        let is_role = |arn: &String| arn.starts_with("arn:aws:iam::") && arn.contains(":role/");
        match (&self.log_group, &self.log_role) {
            (None, None) => Ok(()),
            (Some(group), _) if !is_group(group) => Err(error::invalid_log_group()),
            (None, Some(_)) => Err(error::invalid_log_group()),
            (Some(_), Some(role)) if is_role(role) => Ok(()),
            (Some(_), _) => Err(error::invalid_log_role()),
        }
    }
}

/// An event, as LookupEvents shows it.
#[derive(Debug, Reply)]
pub struct EventView {
    event_id: String,
    event_name: String,
    read_only: String,
    access_key_id: Option<String>,
    event_time: Timestamp,
    event_source: String,
    username: Option<String>,
    resources: Vec<ResourceView>,
    cloud_trail_event: String,
}

/// What an event was about.
#[derive(Debug, Reply)]
pub struct ResourceView {
    resource_type: String,
    resource_name: String,
}

impl EventView {
    /// Shows `event`.
    #[must_use]
    pub fn of(event: Event<'_>) -> Self {
        let resource = |one: crate::Resource<'_>| ResourceView {
            resource_type: one.kind.into_owned(),
            resource_name: one.name.into_owned(),
        };
        Self {
            event_id: event.id.into_owned(),
            event_name: event.name.into_owned(),
            // AWS has texts here.
            read_only: event.read_only.to_string(),
            access_key_id: event.access_key_id.map(Cow::into_owned),
            event_time: Timestamp::from_seconds(event.seconds),
            event_source: event.source.into_owned(),
            username: event.username.map(Cow::into_owned),
            resources: event.resources.into_iter().map(resource).collect(),
            cloud_trail_event: event.json.into_owned(),
        }
    }
}
