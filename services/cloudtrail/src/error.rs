//! Every AWS error that CloudTrail can say. All are HTTP 400.
//!
//! Where AWS's words are not on record, they are those of the error's description in its model.

use strongroom_records::RecordError;
use strongroom_wire::Error;

use crate::names::Name;

/// What a record error is to the caller.
pub fn of_record(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => Error::internal(other),
    }
}

/// There is no such trail.
pub fn no_such_trail(name: &str, account: &str, arn: String) -> Error {
    let message = format!("Unknown trail: {name} for the user: {account}");
    Error::new("TrailNotFoundException", message).about(arn)
}

/// There is a trail of that name already.
pub fn trail_exists(name: &str, account: &str) -> Error {
    Error::new(
        "TrailAlreadyExistsException",
        format!("Trail {name} already exists for customer: {account}"),
    )
}

/// AWS's quota of trails in a region.
pub fn too_many_trails(account: &str, most: usize, region: &str) -> Error {
    Error::new(
        "MaximumNumberOfTrailsExceededException",
        format!("User: {account} already has {most} trails in {region}."),
    )
}

/// A name that no trail can have.
pub fn invalid_name(why: Name) -> Error {
    let message = match why {
        Name::Characters => {
            "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, \
             periods (.), hyphens (-), and underscores (_)."
                .to_owned()
        }
        Name::Start => "Trail name must starts with a letter or number.".to_owned(),
        Name::End => "Trail name must ends with a letter or number.".to_owned(),
        Name::Short(length) => format!(
            "Trail name too short. Minimum allowed length: 3 characters. Specified name length: \
             {length} characters."
        ),
        Name::Long(length) => format!(
            "Trail name too long. Maximum allowed length: 128 characters. Specified name length: \
             {length} characters."
        ),
        Name::Adjacent => {
            "Trail name must not have adjacent periods, underscores or dashes.".to_owned()
        }
        Name::Address => "Trail name must not be in IP address format.".to_owned(),
    };
    Error::new("InvalidTrailNameException", message)
}

/// A text that begins as an ARN and is not one of a trail.
pub fn invalid_arn(arn: &str) -> Error {
    Error::new("CloudTrailARNInvalidException", format!("The ARN {arn} is not valid for a trail."))
}

/// The trail is changed in another region than its own.
pub fn not_home_region(region: &str) -> Error {
    Error::new(
        "InvalidHomeRegionException",
        format!("The trail can be changed only in its home region {region}."),
    )
}

/// A name that no bucket can have.
pub fn invalid_bucket(name: &str) -> Error {
    Error::new("InvalidS3BucketNameException", format!("Bucket name {name} is not valid."))
}

/// A prefix that is too long.
pub fn invalid_prefix() -> Error {
    Error::new("InvalidS3PrefixException", "The S3 prefix is longer than 200 characters.")
}

/// A name that no topic can have.
pub fn invalid_topic(name: &str) -> Error {
    Error::new("InvalidSnsTopicNameException", format!("SNS topic name {name} is not valid."))
}

/// A trail of an organization.
pub fn no_organization_trails() -> Error {
    Error::new(
        "UnsupportedOperationException",
        "A trail for a whole organization is not offered; every account's events are recorded \
         already.",
    )
}

/// Several regions without global services.
pub fn multi_region_without_global() -> Error {
    Error::new(
        "InvalidParameterCombinationException",
        "Multi-Region trail must include global service events.",
    )
}

/// No ARN of a log group, or a role without one.
pub fn invalid_log_group() -> Error {
    Error::new(
        "InvalidCloudWatchLogsLogGroupArnException",
        "CloudTrail cannot validate the specified log group ARN.",
    )
}

/// No ARN of a role, or a log group without one.
pub fn invalid_log_role() -> Error {
    Error::new(
        "InvalidCloudWatchLogsRoleArnException",
        "CloudTrail cannot validate the specified role ARN.",
    )
}

/// Selectors that cannot be.
pub fn invalid_selectors(why: &str) -> Error {
    Error::new("InvalidEventSelectorsException", why)
}

/// The trail records no insights.
pub fn no_insights(arn: &str) -> Error {
    Error::new(
        "InsightNotEnabledException",
        format!(
            "Trail {arn} does not have Insights enabled. Edit the trail settings to enable Insights, and then try the operation again."
        ),
    )
}

/// The request names both or neither of two things.
pub fn one_of_trail_and_store() -> Error {
    Error::new(
        "InvalidParameterCombinationException",
        "You must specify either TrailName or EventDataStore, but not both.",
    )
}

/// What has tags here are trails.
pub fn no_such_resource(arn: &str) -> Error {
    Error::new("ResourceTypeNotSupportedException", format!("{arn} is not the ARN of a trail."))
}

/// More trails than one request may ask about.
pub fn too_many_ids(most: usize) -> Error {
    Error::validation(format!(
        "1 validation error detected: Value at 'resourceIdList' failed to satisfy constraint: \
         Member must have length less than or equal to {most}"
    ))
}

/// Too many tags.
pub fn too_many_tags(arn: &str) -> Error {
    Error::new(
        "TagsLimitExceededException",
        format!("The number of tags for {arn} has exceeded the permitted amount of 50."),
    )
}

/// A tag twice, or one that AWS keeps.
pub fn invalid_tag(key: &str) -> Error {
    Error::new("InvalidTagParameterException", format!("The tag key {key} is not valid."))
}

/// The start is after the end.
pub fn invalid_time_range() -> Error {
    Error::new(
        "InvalidTimeRangeException",
        "The timestamp values specified are not valid. Either the start time occurs after the end \
         time, or the time range is outside the range of possible values.",
    )
}

/// A page of another size than there is.
pub fn invalid_max_results(asked: i32) -> Error {
    Error::new(
        "InvalidMaxResultsException",
        format!("A max results value of {asked} is invalid. Specify max results between 1 and 50."),
    )
}

/// More than one attribute.
pub fn one_attribute() -> Error {
    Error::new(
        "InvalidLookupAttributesException",
        "You can only specify one lookup attribute in a single request.",
    )
}

/// A token that nobody was given for this question.
pub fn invalid_next_token() -> Error {
    Error::new("InvalidNextTokenException", "Invalid NextToken.")
}

/// The same for operations whose model calls it so.
pub fn invalid_token() -> Error {
    Error::new("InvalidTokenException", "The token is not valid.")
}
