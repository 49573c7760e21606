//! Functions that come with the server.

use serde_json::json;
use strongroom_lambda::OnBehalf;

use crate::support::{Room, archive, decoded, payload};

const NAME: &str = "RotateByItself";
const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:RotateByItself";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const LINKED: &str = "arn:aws:iam::123456789012:role/aws-service-role/lambda.amazonaws.com/\
                      AWSServiceRoleForSecretsManagerRotation";

fn rotation(account: &str) -> OnBehalf<'_> {
    let service = "secretsmanager.amazonaws.com";
    OnBehalf { service, source_arn: SECRET, source_account: account }
}

#[tokio::test]
async fn it_is_there_without_having_been_created() {
    let room = Room::new();
    let shown = room.call("GetFunction", json!({ "FunctionName": NAME })).await.unwrap();
    assert_eq!(shown["Configuration"]["FunctionArn"], ARN);
    assert_eq!(shown["Configuration"]["Role"], LINKED);
    let invoke = json!({ "FunctionName": NAME, "Payload": payload("{}") });
    assert_eq!(decoded(&room.call("Invoke", invoke).await.unwrap())["version"], "$LATEST");
    assert!(room.runner.ran.lock().unwrap()[0].0.is_built_in);
    let none = json!({ "FunctionName": "RotateByitself" });
    assert_eq!(room.refusal("GetFunction", none).await.status, 404);
}

#[tokio::test]
async fn secrets_manager_may_call_it_for_secrets_of_the_same_account() {
    let room = Room::new();
    let circumstances = room.stage.circumstances();
    for (account, may) in [("123456789012", true), ("222233334444", false)] {
        let answer = room.lambda.may_call(&circumstances, ARN, rotation(account)).await.unwrap();
        assert_eq!(answer, may, "{account}");
    }
    let other = OnBehalf { service: "sns.amazonaws.com", ..rotation("123456789012") };
    assert!(!room.lambda.may_call(&circumstances, ARN, other).await.unwrap());
}

#[tokio::test]
async fn a_change_of_it_is_kept_until_it_is_deleted() {
    let room = Room::new();
    let change = json!({
        "FunctionName": NAME,
        "Environment": { "Variables": { "PASSWORD_LENGTH": "40", "SOMETHING": "x" } },
    });
    room.call("UpdateFunctionConfiguration", change).await.unwrap();
    let invoke = json!({ "FunctionName": NAME });
    room.call("Invoke", invoke.clone()).await.unwrap();
    {
        let ran = room.runner.ran.lock().unwrap();
        let launch = &ran[0].0;
        assert!(launch.is_built_in);
        // What could lead it elsewhere is not told to it.
        assert_eq!(launch.environment.keys().collect::<Vec<_>>(), ["PASSWORD_LENGTH"]);
    }
    room.call("DeleteFunction", json!({ "FunctionName": NAME })).await.unwrap();
    room.call("Invoke", invoke).await.unwrap();
    assert!(room.runner.ran.lock().unwrap()[1].0.environment.is_empty());
}

#[tokio::test]
async fn nobody_puts_other_code_under_its_role() {
    let room = Room::new();
    let code = json!({ "FunctionName": NAME, "ZipFile": archive(&[("bootstrap", "x")]) });
    let refusal = room.refusal("UpdateFunctionCode", code).await;
    assert!(refusal.message.contains("comes with the server"), "{}", refusal.message);
    let refusal = room.create("other", json!({ "Role": LINKED })).await.unwrap_err();
    assert_eq!(refusal.message, "The role defined for the function cannot be assumed by Lambda.");
}

#[tokio::test]
async fn a_function_of_the_same_name_takes_its_place() {
    let room = Room::new();
    room.create(NAME, json!({})).await.unwrap();
    room.call("Invoke", json!({ "FunctionName": NAME })).await.unwrap();
    assert!(!room.runner.ran.lock().unwrap()[0].0.is_built_in);
}
