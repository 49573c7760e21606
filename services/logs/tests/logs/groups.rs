//! Groups and streams: made, described, tagged, deleted.

use serde_json::json;
use strongroom_testkit::allowed_only;

use crate::Scene;

const ARN: &str = "arn:aws:logs:us-east-1:123456789012:log-group:g";

#[tokio::test]
async fn a_group_is_described_as_aws_does() {
    let scene = Scene::new(1);
    scene.ok("CreateLogGroup", json!({"logGroupName": "/a/b", "tags": {"team": "x"}})).await;
    scene.ok("PutRetentionPolicy", json!({"logGroupName": "/a/b", "retentionInDays": 7})).await;
    let reply = scene.ok("DescribeLogGroups", json!({"logGroupNamePrefix": "/a"})).await;
    assert_eq!(
        reply,
        json!({"logGroups": [{
            "logGroupName": "/a/b",
            "creationTime": scene.now(),
            "retentionInDays": 7,
            "metricFilterCount": 0,
            "arn": "arn:aws:logs:us-east-1:123456789012:log-group:/a/b:*",
            "storedBytes": 0,
            "logGroupClass": "STANDARD",
            "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/a/b",
            "deletionProtectionEnabled": false,
        }]})
    );
    scene.ok("DeleteRetentionPolicy", json!({"logGroupName": "/a/b"})).await;
    let reply = scene.ok("DescribeLogGroups", json!({})).await;
    assert!(reply["logGroups"][0].get("retentionInDays").is_none());
}

#[tokio::test]
async fn groups_are_listed_by_name_in_pages() {
    let scene = Scene::new(1);
    for name in ["b", "a", "c", "ab"] {
        scene.ok("CreateLogGroup", json!({"logGroupName": name})).await;
    }
    let names = |reply: &serde_json::Value| -> Vec<String> {
        let groups = reply["logGroups"].as_array().unwrap().iter();
        groups.map(|group| group["logGroupName"].as_str().unwrap().to_owned()).collect()
    };
    let first = scene.ok("DescribeLogGroups", json!({"limit": 3})).await;
    assert_eq!(names(&first), ["a", "ab", "b"]);
    let second =
        scene.ok("DescribeLogGroups", json!({"limit": 3, "nextToken": first["nextToken"]})).await;
    assert_eq!(names(&second), ["c"]);
    assert!(second.get("nextToken").is_none());
    let found = scene.ok("DescribeLogGroups", json!({"logGroupNamePattern": "b"})).await;
    assert_eq!(names(&found), ["ab", "b"]);
    let found = scene.ok("ListLogGroups", json!({"logGroupNamePattern": "^abc|^xyz"})).await;
    assert_eq!(found["logGroups"], json!([]));
    let refused = scene.refused("DescribeLogGroups", json!({"nextToken": "nonsense"})).await;
    assert_eq!(refused.1, "The specified nextToken is invalid.");
    let both = json!({"logGroupNamePattern": "b", "logGroupNamePrefix": "a"});
    assert_eq!(scene.refused("DescribeLogGroups", both).await.0, "InvalidParameterException");
}

#[tokio::test]
async fn aws_s_words_are_said() {
    let scene = Scene::with_stream(1).await;
    for (operation, body, code, message) in [
        (
            "CreateLogGroup",
            json!({"logGroupName": "g"}),
            "ResourceAlreadyExistsException",
            "The specified log group already exists",
        ),
        (
            "CreateLogStream",
            json!({"logGroupName": "g", "logStreamName": "s"}),
            "ResourceAlreadyExistsException",
            "The specified log stream already exists",
        ),
        (
            "DeleteLogGroup",
            json!({"logGroupName": "no"}),
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        ),
        (
            "GetLogEvents",
            json!({"logGroupName": "g", "logStreamName": "no"}),
            "ResourceNotFoundException",
            "The specified log stream does not exist.",
        ),
        (
            "GetLogEvents",
            json!({"logGroupName": "g", "logStreamName": "s", "limit": 10001}),
            "InvalidParameterException",
            "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: \
             Member must have value less than or equal to 10000",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": "g", "logGroupIdentifier": "g"}),
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        ),
        (
            "CreateLogGroup",
            json!({"logGroupName": "bad name"}),
            "InvalidParameterException",
            "1 validation error detected: Value 'bad name' at 'logGroupName' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
        ),
    ] {
        let refused = scene.refused(operation, body).await;
        assert_eq!(refused, (code.to_owned(), message.to_owned()), "{operation}");
    }
}

#[tokio::test]
async fn tags_are_the_same_through_both_families_of_operations() {
    let scene = Scene::with_stream(1).await;
    scene.ok("TagResource", json!({"resourceArn": ARN, "tags": {"a": "1", "b": "2"}})).await;
    scene.ok("TagLogGroup", json!({"logGroupName": "g", "tags": {"c": "3"}})).await;
    scene.ok("UntagResource", json!({"resourceArn": ARN, "tagKeys": ["a", "none"]})).await;
    let tags = json!({"tags": {"b": "2", "c": "3"}});
    assert_eq!(scene.ok("ListTagsForResource", json!({"resourceArn": ARN})).await, tags);
    assert_eq!(scene.ok("ListTagsLogGroup", json!({"logGroupName": "g"})).await, tags);
    for tags in [json!({}), json!({"aws:x": "1"}), json!({"a;b": "1"})] {
        let body = json!({"resourceArn": ARN, "tags": tags});
        assert_eq!(scene.refused("TagResource", body).await.0, "InvalidParameterException");
    }
}

#[tokio::test]
async fn policies_see_groups_as_aws_shows_them() {
    let scene = Scene::with_stream(1).await;
    let clerk = allowed_only("123456789012", &["logs:Nothing"]);
    let denied = Scene { stage: scene.stage.as_caller(clerk), ..scene.clone() };
    for (operation, body, resource) in [
        ("FilterLogEvents", json!({"logGroupName": "g"}), "log-group:g:log-stream:"),
        ("DescribeLogGroups", json!({}), "log-group::log-stream:"),
        ("ListTagsForResource", json!({"resourceArn": ARN}), "log-group:g"),
        (
            "GetLogEvents",
            json!({"logGroupName": "g", "logStreamName": "s"}),
            "log-group:g:log-stream:s",
        ),
        (
            "CreateLogStream",
            json!({"logGroupName": "no", "logStreamName": "x"}),
            "log-group:no:log-stream:x",
        ),
    ] {
        let (code, message) = denied.refused(operation, body).await;
        assert_eq!(code, "AccessDeniedException");
        let expected = format!(
            "is not authorized to perform: logs:{operation} on resource: \
             arn:aws:logs:us-east-1:123456789012:{resource} because"
        );
        assert!(message.contains(&expected), "{message}");
    }
}

#[tokio::test]
async fn a_group_made_with_tags_needs_the_permission_to_tag() {
    let scene = Scene::new(1);
    let clerk = allowed_only("123456789012", &["logs:CreateLogGroup"]);
    let clerk = Scene { stage: scene.stage.as_caller(clerk), ..scene.clone() };
    clerk.ok("CreateLogGroup", json!({"logGroupName": "plain"})).await;
    let tagged = json!({"logGroupName": "tagged", "tags": {"a": "b"}});
    let (_, message) = clerk.refused("CreateLogGroup", tagged).await;
    assert!(message.contains("logs:TagResource"), "{message}");
}

#[tokio::test]
async fn a_guarded_group_is_not_deleted() {
    let scene = Scene::with_stream(1).await;
    let guard = |on: bool| json!({"logGroupIdentifier": ARN, "deletionProtectionEnabled": on});
    scene.ok("PutLogGroupDeletionProtection", guard(true)).await;
    let body = json!({"logGroupName": "g"});
    assert_eq!(scene.refused("DeleteLogGroup", body.clone()).await.0, "ValidationException");
    scene.ok("PutLogGroupDeletionProtection", guard(false)).await;
    scene.ok("DeleteLogGroup", body).await;
}

#[tokio::test]
async fn streams_are_listed_by_name_and_by_their_last_events() {
    let scene = Scene::with_stream(1).await;
    scene.stream("t").await;
    scene.stream("u").await;
    scene.put("s", &[(-5, "late")]).await;
    scene.put("t", &[(-300_000, "early")]).await;
    let list = async |body: serde_json::Value| -> Vec<String> {
        let reply = scene.ok("DescribeLogStreams", body).await;
        let streams = reply["logStreams"].as_array().unwrap().iter();
        streams.map(|one| one["logStreamName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(list(json!({"logGroupName": "g"})).await, ["s", "t", "u"]);
    assert_eq!(list(json!({"logGroupName": "g", "descending": true})).await, ["u", "t", "s"]);
    assert_eq!(list(json!({"logGroupIdentifier": ARN, "logStreamNamePrefix": "t"})).await, ["t"]);
    let by_event = json!({"logGroupName": "g", "orderBy": "LastEventTime", "descending": true});
    assert_eq!(list(by_event.clone()).await, ["s", "t", "u"]);

    let mut body = by_event;
    body["limit"] = json!(2);
    let first = scene.ok("DescribeLogStreams", body.clone()).await;
    let stream = &first["logStreams"][0];
    assert_eq!(stream["lastEventTimestamp"], json!(scene.now() - 5));
    assert_eq!(stream["firstEventTimestamp"], json!(scene.now() - 5));
    assert_eq!(stream["arn"], json!(format!("{ARN}:log-stream:s")));
    assert_eq!(stream["uploadSequenceToken"].as_str().unwrap().len(), 56);
    body["nextToken"] = first["nextToken"].clone();
    let second = scene.ok("DescribeLogStreams", body).await;
    assert_eq!(second["logStreams"][0]["logStreamName"], json!("u"));
    assert!(second.get("nextToken").is_none());
}
