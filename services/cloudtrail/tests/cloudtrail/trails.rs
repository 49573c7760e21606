//! Trails: made, changed, shown, and seen from other regions.

use serde_json::json;
use strongroom_api::Caller;
use strongroom_testkit::allowed_only;

use crate::{ARN, Scene};

#[tokio::test]
async fn a_trail_is_shown_as_it_was_made_and_is_not_logging() {
    let scene = Scene::new(1);
    let made =
        scene.ok("CreateTrail", json!({"Name": "audit", "S3BucketName": "audit-logs"})).await;
    assert_eq!(made["TrailARN"], ARN);
    assert_eq!(made["IncludeGlobalServiceEvents"], true);
    assert_eq!(made["LogFileValidationEnabled"], false);
    let shown = scene.ok("GetTrail", json!({"Name": ARN})).await;
    assert_eq!(shown["Trail"]["HomeRegion"], "us-east-1");
    assert_eq!(shown["Trail"]["HasCustomEventSelectors"], false);
    let status = scene.ok("GetTrailStatus", json!({"Name": "audit"})).await;
    assert_eq!((&status["IsLogging"], &status["TimeLoggingStarted"]), (&json!(false), &json!("")));
}

#[tokio::test]
async fn logging_is_started_and_stopped() {
    let scene = Scene::with_trail(2).await;
    scene.ok("StartLogging", json!({"Name": "audit"})).await;
    let status = scene.ok("GetTrailStatus", json!({"Name": "audit"})).await;
    assert_eq!(status["IsLogging"], true);
    assert_eq!(status["TimeLoggingStarted"], "2026-01-31T10:20:30Z");
    scene.ok("StopLogging", json!({"Name": ARN})).await;
    assert_eq!(scene.ok("GetTrailStatus", json!({"Name": ARN})).await["IsLogging"], false);
    scene.ok("DeleteTrail", json!({"Name": "audit"})).await;
    assert_eq!(scene.refused("GetTrail", json!({"Name": "audit"})).await, "TrailNotFoundException");
}

#[tokio::test]
async fn a_trail_of_all_regions_is_seen_in_all_and_changed_at_home() {
    let scene = Scene::new(3);
    let body = json!({"Name": "audit", "S3BucketName": "audit-logs", "IsMultiRegionTrail": true});
    scene.ok("CreateTrail", body).await;
    let abroad = scene.in_region("eu-west-1");
    let list = |reply: serde_json::Value| reply["trailList"].as_array().unwrap().len();
    assert_eq!(list(abroad.ok("DescribeTrails", json!({})).await), 1);
    let without = json!({"includeShadowTrails": false});
    assert_eq!(list(abroad.ok("DescribeTrails", without).await), 0);
    assert_eq!(list(abroad.ok("DescribeTrails", json!({"trailNameList": [ARN]})).await), 1);
    let refused = abroad.refused("StopLogging", json!({"Name": ARN})).await;
    assert_eq!(refused, "InvalidHomeRegionException");
    assert_eq!(abroad.ok("ListTrails", json!({})).await["Trails"][0]["HomeRegion"], "us-east-1");
}

#[tokio::test]
async fn what_cannot_be_a_trail_is_refused_in_aws_words() {
    let scene = Scene::with_trail(4).await;
    for (body, code) in [
        (json!({"Name": "a", "S3BucketName": "logs"}), "InvalidTrailNameException"),
        (json!({"Name": "other", "S3BucketName": "No Bucket"}), "InvalidS3BucketNameException"),
        (json!({"Name": "audit", "S3BucketName": "logs"}), "TrailAlreadyExistsException"),
        (
            json!({"Name": "other", "S3BucketName": "logs", "IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": false}),
            "InvalidParameterCombinationException",
        ),
        (
            json!({"Name": "other", "S3BucketName": "logs", "CloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/r"}),
            "InvalidCloudWatchLogsLogGroupArnException",
        ),
        (
            json!({"Name": "other", "S3BucketName": "logs", "IsOrganizationTrail": true}),
            "UnsupportedOperationException",
        ),
    ] {
        assert_eq!(scene.refused("CreateTrail", body).await, code);
    }
    for number in 1..5 {
        let body = json!({"Name": format!("audit-{number}"), "S3BucketName": "logs"});
        scene.ok("CreateTrail", body).await;
    }
    let refused = scene.refused("CreateTrail", json!({"Name": "sixth", "S3BucketName": "logs"}));
    assert_eq!(refused.await, "MaximumNumberOfTrailsExceededException");
}

#[tokio::test]
async fn a_trail_is_changed_where_something_is_said() {
    let scene = Scene::with_trail(5).await;
    let role = "arn:aws:iam::123456789012:role/delivery";
    let group = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*";
    let body = json!({
        "Name": "audit", "S3KeyPrefix": "p", "CloudWatchLogsLogGroupArn": group,
        "CloudWatchLogsRoleArn": role,
    });
    let changed = scene.ok("UpdateTrail", body).await;
    assert_eq!(
        (&changed["S3KeyPrefix"], &changed["S3BucketName"]),
        (&json!("p"), &json!("audit-logs"))
    );
    let emptied =
        json!({"Name": "audit", "CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""});
    let changed = scene.ok("UpdateTrail", emptied).await;
    assert_eq!(changed.get("CloudWatchLogsLogGroupArn"), None);
}

#[tokio::test]
async fn a_role_is_given_to_a_trail_only_by_those_who_may_pass_it() {
    let scene = Scene::new(6);
    let body = json!({
        "Name": "audit", "S3BucketName": "logs",
        "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:trail:*",
        "CloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/delivery",
    });
    let clerk = |actions: &[&str]| scene.as_caller(allowed_only("123456789012", actions));
    let refused = clerk(&["cloudtrail:*"]).refused("CreateTrail", body.clone()).await;
    assert_eq!(refused, "AccessDeniedException");
    clerk(&["cloudtrail:*", "iam:PassRole"]).ok("CreateTrail", body).await;
}

#[tokio::test]
async fn selectors_are_the_default_until_others_are_put() {
    let scene = Scene::with_trail(7).await;
    let shown = scene.ok("GetEventSelectors", json!({"TrailName": "audit"})).await;
    let default = json!([{
        "ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [],
        "ExcludeManagementEventSources": [],
    }]);
    assert_eq!((&shown["EventSelectors"], &shown["TrailARN"]), (&default, &json!(ARN)));
    let advanced = json!([{"Name": "n", "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "readOnly", "Equals": ["false"]},
    ]}]);
    let body = json!({"TrailName": "audit", "AdvancedEventSelectors": advanced});
    scene.ok("PutEventSelectors", body).await;
    let shown = scene.ok("GetEventSelectors", json!({"TrailName": "audit"})).await;
    assert_eq!(shown["AdvancedEventSelectors"], advanced);
    assert_eq!(shown.get("EventSelectors"), None);
    let trail = scene.ok("GetTrail", json!({"Name": "audit"})).await;
    assert_eq!(trail["Trail"]["HasCustomEventSelectors"], true);
    for wrong in [
        json!({"TrailName": "audit"}),
        json!({"TrailName": "audit", "EventSelectors": [{"ExcludeManagementEventSources": ["iam.amazonaws.com"]}]}),
        json!({"TrailName": "audit", "AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "readOnly", "Equals": ["true"]}]}]}),
    ] {
        let refused = scene.refused("PutEventSelectors", wrong).await;
        assert_eq!(refused, "InvalidEventSelectorsException");
    }
    let refused = scene.refused("GetInsightSelectors", json!({"TrailName": "audit"})).await;
    assert_eq!(refused, "InsightNotEnabledException");
}

#[tokio::test]
async fn tags_are_added_listed_and_removed() {
    let scene = Scene::with_trail(8).await;
    let tags = json!([{"Key": "team", "Value": "security"}, {"Key": "stage", "Value": "prod"}]);
    scene.ok("AddTags", json!({"ResourceId": ARN, "TagsList": tags})).await;
    scene.ok("RemoveTags", json!({"ResourceId": ARN, "TagsList": [{"Key": "stage"}]})).await;
    let listed = scene.ok("ListTags", json!({"ResourceIdList": [ARN]})).await;
    let expected = json!([{"ResourceId": ARN, "TagsList": [{"Key": "team", "Value": "security"}]}]);
    assert_eq!(listed["ResourceTagList"], expected);
    let refused = scene.refused("AddTags", json!({"ResourceId": "audit", "TagsList": tags})).await;
    assert_eq!(refused, "CloudTrailARNInvalidException");
}

#[tokio::test]
async fn nobody_sees_the_trails_of_another_account() {
    let scene = Scene::with_trail(9).await;
    let other = scene.as_caller(Caller::root("222233334444", None));
    assert_eq!(other.refused("GetTrail", json!({"Name": ARN})).await, "AccessDeniedException");
    assert_eq!(other.ok("DescribeTrails", json!({})).await["trailList"], json!([]));
}
