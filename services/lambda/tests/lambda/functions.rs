//! Creating, changing, calling and deleting functions.

use serde_json::json;
use strongroom_lambda::runner::NotRun;

use crate::support::{Room, archive, decoded, failed, payload};

const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:rotate";

#[tokio::test]
async fn a_function_is_shown_as_aws_shows_it() {
    let room = Room::new();
    let variables = json!({ "Environment": { "Variables": { "STAGE": "prod" } }, "Timeout": 30 });
    let created = room.create("rotate", variables).await.unwrap();
    assert_eq!(created["FunctionArn"], ARN);
    assert_eq!(created["State"], "Pending");
    assert_eq!(created["StateReasonCode"], "Creating");
    assert_eq!(created["Version"], "$LATEST");
    assert_eq!(created["LastModified"], "2026-01-31T10:20:30.000+0000");
    assert_eq!(created["Environment"]["Variables"]["STAGE"], "prod");
    assert_eq!(created["LoggingConfig"]["LogGroup"], "/aws/lambda/rotate");
    assert_eq!(created["EphemeralStorage"]["Size"], 512);

    let shown = room.call("GetFunction", json!({ "FunctionName": ARN })).await.unwrap();
    assert_eq!(shown["Configuration"]["State"], "Active");
    assert_eq!(shown["Configuration"]["LastUpdateStatus"], "Successful");
    assert_eq!(shown["Configuration"]["CodeSha256"], created["CodeSha256"]);
    assert_eq!(shown["Code"]["RepositoryType"], "S3");
    assert!(!room.stage.tape.text().contains("prod"), "a variable's value is on record");
}

#[tokio::test]
async fn a_function_is_named_in_every_way_that_aws_knows() {
    let room = Room::with_function("rotate").await;
    for name in ["rotate", "function:rotate", "123456789012:function:rotate", ARN, "rotate:$LATEST"]
    {
        room.call("GetFunctionConfiguration", json!({ "FunctionName": name })).await.unwrap();
    }
    let elsewhere = "arn:aws:lambda:eu-west-1:123456789012:function:rotate";
    let refusal = room.refusal("GetFunction", json!({ "FunctionName": elsewhere })).await;
    assert_eq!(
        refusal.message,
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    );
    let two = json!({ "FunctionName": "rotate:1", "Qualifier": "2" });
    let refusal = room.refusal("GetFunction", two).await;
    assert_eq!(refusal.code, "InvalidParameterValueException");
    let refusal = room.refusal("GetFunction", json!({ "FunctionName": "other" })).await;
    assert_eq!((refusal.code.as_str(), refusal.status), ("ResourceNotFoundException", 404));
    assert_eq!(
        refusal.message,
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:other"
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_aws_words() {
    let room = Room::with_function("rotate").await;
    for (more, code, message) in [
        (json!({}), "ResourceConflictException", "Function already exist: rotate"),
        (
            json!({ "FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/other" }),
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        ),
        (
            json!({ "FunctionName": "f", "Code": { "ZipFile": payload("no zip") } }),
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (
            json!({ "FunctionName": "f", "Environment": { "Variables": { "AWS_REGION": "x" } } }),
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment variables \
             you have provided contains reserved keys that are currently not supported for modification. \
             Reserved keys used in this request: AWS_REGION",
        ),
        (
            json!({ "FunctionName": "f", "Runtime": "python3.7" }),
            "InvalidParameterValueException",
            "The runtime parameter of python3.7 is no longer supported for creating or updating AWS \
             Lambda functions. We recommend you use a supported runtime while creating or updating \
             functions.",
        ),
        (
            json!({ "FunctionName": "f", "Code": { "S3Bucket": "bucket", "S3Key": "key" } }),
            "InvalidParameterValueException",
            "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The \
             specified bucket does not exist",
        ),
        (
            json!({ "FunctionName": "f", "Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:x:1"] }),
            "InvalidParameterValueException",
            "Layer version arn:aws:lambda:us-east-1:123456789012:layer:x:1 does not exist.",
        ),
    ] {
        let refusal = room.create("rotate", more).await.unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.message.as_str()), (code, message));
    }
}

#[tokio::test]
async fn an_invocation_answers_with_what_the_function_returned() {
    let room = Room::with_function("rotate").await;
    let call =
        json!({ "FunctionName": "rotate", "Payload": payload("{\"a\":1}"), "LogType": "Tail" });
    let reply = room.call("Invoke", call).await.unwrap();
    assert_eq!(decoded(&reply)["echo"], "{\"a\":1}");
    assert_eq!(reply["ExecutedVersion"], "$LATEST");
    assert_eq!(reply["LogResult"], "RU5E");
    assert_eq!(reply.get("FunctionError"), None);

    room.runner.answer(Ok(failed()));
    let reply = room.call("Invoke", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert_eq!(reply["FunctionError"], "Unhandled");
    assert_eq!(decoded(&reply)["errorType"], "ValueError");

    let dry = json!({ "FunctionName": "rotate", "InvocationType": "DryRun" });
    assert_eq!(room.call("Invoke", dry).await.unwrap()["StatusCode"], 204);
    assert_eq!(room.runner.count(), 2);
}

#[tokio::test]
async fn a_payload_that_is_no_json_or_too_large_never_reaches_the_function() {
    let room = Room::with_function("rotate").await;
    let bad = json!({ "FunctionName": "rotate", "Payload": payload("{") });
    assert_eq!(room.refusal("Invoke", bad).await.code, "InvalidRequestContentException");
    let large = format!("\"{}\"", "x".repeat(6_291_456));
    let large = json!({ "FunctionName": "rotate", "Payload": payload(&large) });
    let refusal = room.refusal("Invoke", large).await;
    assert_eq!((refusal.code.as_str(), refusal.status), ("RequestTooLargeException", 413));
    let context = json!({ "FunctionName": "rotate", "ClientContext": "bm8ganNvbg==" });
    assert_eq!(room.refusal("Invoke", context).await.code, "InvalidRequestContentException");
    assert_eq!(room.runner.count(), 0);
}

#[tokio::test]
async fn a_busy_function_is_told_as_throttling() {
    let room = Room::with_function("rotate").await;
    room.runner.answer(Err(NotRun::FunctionBusy));
    let refusal = room.refusal("Invoke", json!({ "FunctionName": "rotate" })).await;
    assert_eq!((refusal.code.as_str(), refusal.status), ("TooManyRequestsException", 429));
    let zero = json!({ "FunctionName": "rotate", "ReservedConcurrentExecutions": 0 });
    room.call("PutFunctionConcurrency", zero).await.unwrap();
    let refusal = room.refusal("Invoke", json!({ "FunctionName": "rotate" })).await;
    assert_eq!(refusal.message, "Rate Exceeded.");
    assert_eq!(room.runner.count(), 1);
}

#[tokio::test]
async fn new_code_is_what_runs_next_and_the_old_code_is_gone() {
    let room = Room::with_function("rotate").await;
    let before =
        room.call("GetFunctionConfiguration", json!({ "FunctionName": "rotate" })).await.unwrap();
    let code = archive(&[("app.py", "two")]);
    let changed =
        json!({ "FunctionName": "rotate", "ZipFile": code, "RevisionId": before["RevisionId"] });
    let after = room.call("UpdateFunctionCode", changed.clone()).await.unwrap();
    assert_ne!(after["CodeSha256"], before["CodeSha256"]);
    assert_ne!(after["RevisionId"], before["RevisionId"]);
    assert_eq!(*room.runner.forgotten.lock().unwrap(), [ARN]);
    let refusal = room.refusal("UpdateFunctionCode", changed).await;
    assert_eq!((refusal.code.as_str(), refusal.status), ("PreconditionFailedException", 412));

    room.call("Invoke", json!({ "FunctionName": "rotate" })).await.unwrap();
    room.call("DeleteFunction", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert_eq!(room.refusal("GetFunction", json!({ "FunctionName": "rotate" })).await.status, 404);
}

#[tokio::test]
async fn settings_change_one_by_one() {
    let room = Room::with_function("rotate").await;
    let variables =
        json!({ "FunctionName": "rotate", "Environment": { "Variables": { "AB": "1" } } });
    room.call("UpdateFunctionConfiguration", variables).await.unwrap();
    let timeout = json!({ "FunctionName": "rotate", "Timeout": 9, "MemorySize": 256 });
    let changed = room.call("UpdateFunctionConfiguration", timeout).await.unwrap();
    assert_eq!(changed["Environment"]["Variables"]["AB"], "1");
    assert_eq!((&changed["Timeout"], &changed["MemorySize"]), (&json!(9), &json!(256)));
    let long = json!({ "FunctionName": "rotate", "Timeout": 901 });
    assert_eq!(
        room.refusal("UpdateFunctionConfiguration", long).await.message,
        "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must \
         have value less than or equal to 900"
    );
}

#[tokio::test]
async fn tags_are_added_shown_and_removed() {
    let room = Room::with_function("rotate").await;
    room.call("TagResource", json!({ "Resource": ARN, "Tags": { "team": "data", "x": "y" } }))
        .await
        .unwrap();
    room.call("UntagResource", json!({ "Resource": ARN, "TagKeys": ["x", "nothing"] }))
        .await
        .unwrap();
    let tags = room.call("ListTags", json!({ "Resource": ARN })).await.unwrap();
    assert_eq!(tags["Tags"], json!({ "team": "data" }));
    let reserved = json!({ "Resource": ARN, "Tags": { "aws:x": "y" } });
    assert_eq!(room.refusal("TagResource", reserved).await.code, "InvalidParameterValueException");
}

#[tokio::test]
async fn lists_go_on_where_they_stopped() {
    let room = Room::new();
    for name in ["a1", "b1", "c1"] {
        room.create(name, json!({})).await.unwrap();
    }
    let first = room.call("ListFunctions", json!({ "MaxItems": 2 })).await.unwrap();
    assert_eq!(first["Functions"].as_array().unwrap().len(), 2);
    let marker = first["NextMarker"].clone();
    let second = room.call("ListFunctions", json!({ "Marker": marker })).await.unwrap();
    assert_eq!(second["Functions"][0]["FunctionName"], "c1");
    assert_eq!(second.get("NextMarker"), None);
    assert!(room.call("ListFunctions", json!({ "Marker": "!" })).await.is_err());
}

#[tokio::test]
async fn layers_have_versions_and_functions_keep_those_that_were_deleted() {
    let room = Room::new();
    let content = json!({ "LayerName": "drivers", "Content": { "ZipFile": archive(&[("python/x.py", "")]) } });
    let first = room.call("PublishLayerVersion", content.clone()).await.unwrap();
    let second = room.call("PublishLayerVersion", content).await.unwrap();
    assert_eq!((&first["Version"], &second["Version"]), (&json!(1), &json!(2)));
    let arn = first["LayerVersionArn"].clone();
    let extension = "arn:aws:lambda:us-east-1:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension:11";
    let created = room.create("rotate", json!({ "Layers": [arn, extension] })).await.unwrap();
    assert_eq!(created["Layers"][1]["Arn"], extension);
    room.call("DeleteLayerVersion", json!({ "LayerName": "drivers", "VersionNumber": 1 }))
        .await
        .unwrap();
    let versions = room.call("ListLayerVersions", json!({ "LayerName": "drivers" })).await.unwrap();
    assert_eq!(versions["LayerVersions"].as_array().unwrap().len(), 1);
    let by_arn = json!({ "Arn": second["LayerVersionArn"] });
    room.call("GetLayerVersionByArn", by_arn).await.unwrap();
    let gone = json!({ "LayerName": "drivers", "VersionNumber": 1 });
    assert_eq!(room.refusal("GetLayerVersion", gone).await.status, 404);
    room.call("Invoke", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert!(room.runner.ran.lock().unwrap()[0].0.has_secrets_extension);
}

/// The path at which the code of the function is said to be.
async fn path_of_code(room: &Room) -> String {
    let told = room.call("GetFunction", json!({ "FunctionName": "rotate" })).await.unwrap();
    let location = told["Code"]["Location"].as_str().unwrap();
    location.strip_prefix("http://127.0.0.1:4566").unwrap().to_owned()
}

#[tokio::test]
async fn code_is_fetched_at_its_address_for_ten_minutes() {
    let room = Room::with_function("rotate").await;
    let path = path_of_code(&room).await;
    room.advance_millis(599_999);
    assert!(room.lambda.download(&path).await.unwrap().unwrap().starts_with(b"PK"));
    assert_eq!(room.lambda.download(&path[..path.len() - 2]).await.unwrap(), None);
    room.advance_millis(1);
    assert_eq!(room.lambda.download(&path).await.unwrap(), None);
    let path = path_of_code(&room).await;
    room.call("DeleteFunction", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert_eq!(room.lambda.download(&path).await.unwrap(), None);
}
