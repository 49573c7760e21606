//! Who may call a function.

use serde_json::{Value, json};
use strongroom_api::{Caller, PrincipalKind};
use strongroom_lambda::OnBehalf;

use crate::support::Room;

const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";

fn rotation(source_arn: &str) -> OnBehalf<'_> {
    OnBehalf { service: "secretsmanager.amazonaws.com", source_arn, source_account: "123456789012" }
}

async fn permit(room: &Room, more: Value) {
    let mut body = json!({
        "FunctionName": "rotate", "StatementId": "sm", "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
    });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    room.call("AddPermission", body).await.unwrap();
}

async fn may(room: &Room, function: &str, secret: &str) -> bool {
    let circumstances = room.stage.circumstances();
    room.lambda.may_call(&circumstances, function, rotation(secret)).await.unwrap()
}

#[tokio::test]
async fn a_service_may_call_once_the_policy_says_so() {
    let room = Room::with_function("rotate").await;
    assert!(!may(&room, ARN, SECRET).await);
    assert!(!may(&room, "arn:aws:lambda:us-east-1:123456789012:function:none", SECRET).await);
    permit(&room, json!({})).await;
    assert!(may(&room, ARN, SECRET).await);
    let circumstances = room.stage.circumstances();
    let answer = room
        .lambda
        .call_as_service(&circumstances, ARN, rotation(SECRET), b"{\"Step\":\"x\"}".to_vec())
        .await
        .unwrap();
    assert!(!answer.is_error);
    room.call("RemovePermission", json!({ "FunctionName": "rotate", "StatementId": "sm" }))
        .await
        .unwrap();
    assert!(!may(&room, ARN, SECRET).await);
    let refused = room
        .lambda
        .call_as_service(&circumstances, ARN, rotation(SECRET), Vec::new())
        .await
        .unwrap_err();
    assert_eq!(refused.code(strongroom_wire::Family::Rest), "AccessDeniedException");
}

#[tokio::test]
async fn source_arn_and_account_narrow_a_permission() {
    let room = Room::with_function("rotate").await;
    permit(&room, json!({ "SourceArn": SECRET, "SourceAccount": "123456789012" })).await;
    assert!(may(&room, ARN, SECRET).await);
    assert!(
        !may(&room, ARN, "arn:aws:secretsmanager:us-east-1:123456789012:secret:web-AbCdEf").await
    );
    let foreign = OnBehalf { source_account: "222233334444", ..rotation(SECRET) };
    let circumstances = room.stage.circumstances();
    assert!(!room.lambda.may_call(&circumstances, ARN, foreign).await.unwrap());
}

#[tokio::test]
async fn another_account_calls_with_both_sides_permission() {
    let room = Room::with_function("rotate").await;
    permit(&room, json!({ "Principal": "222233334444" })).await;
    let stranger = strongroom_testkit::allowed_only("222233334444", &["lambda:InvokeFunction"]);
    let there = room.stage.as_caller(stranger);
    let body = json!({ "FunctionName": ARN }).to_string();
    there.call(&*room.host, "Invoke", &body).await.unwrap();
    let other = strongroom_testkit::allowed_only("333344445555", &["lambda:InvokeFunction"]);
    let refusal = room.stage.as_caller(other).call(&*room.host, "Invoke", &body).await.unwrap_err();
    assert_eq!(refusal.code, "AccessDeniedException");
    let anonymous =
        Caller::new(PrincipalKind::Anonymous, "", "anonymous", "anonymous", Default::default());
    assert!(room.stage.as_caller(anonymous).call(&*room.host, "Invoke", &body).await.is_err());
}

#[tokio::test]
async fn the_policy_is_shown_as_aws_shows_it() {
    let room = Room::with_function("rotate").await;
    let refusal = room.refusal("GetPolicy", json!({ "FunctionName": "rotate" })).await;
    assert_eq!(
        (refusal.status, refusal.message.as_str()),
        (404, "The resource you requested does not exist.")
    );
    permit(&room, json!({})).await;
    let shown = room.call("GetPolicy", json!({ "FunctionName": "rotate" })).await.unwrap();
    let policy: Value = serde_json::from_str(shown["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Id"], "default");
    assert_eq!(policy["Statement"][0]["Resource"], ARN);
    let stale = json!({ "FunctionName": "rotate", "StatementId": "sm", "RevisionId": "x" });
    assert_eq!(room.refusal("RemovePermission", stale).await.status, 412);
    let unknown = json!({ "FunctionName": "rotate", "StatementId": "other" });
    assert_eq!(
        room.refusal("RemovePermission", unknown).await.message,
        "Statement other is not found in resource policy."
    );
    let latest = json!({
        "FunctionName": "rotate", "Qualifier": "$LATEST", "StatementId": "x",
        "Action": "lambda:InvokeFunction", "Principal": "*",
    });
    assert_eq!(
        room.refusal("AddPermission", latest).await.message,
        "We currently do not support adding policies for $LATEST."
    );
}

#[tokio::test]
async fn passing_a_role_needs_its_own_permission() {
    let room = Room::new();
    let clerk = strongroom_testkit::allowed_only("123456789012", &["lambda:*"]);
    let body = json!({
        "FunctionName": "f", "Runtime": "python3.12", "Handler": "a.b", "Role": crate::support::ROLE,
        "Code": { "ZipFile": crate::support::archive(&[("a.py", "x")]) },
    });
    let stage = room.stage.as_caller(clerk);
    let refusal = stage.call(&*room.host, "CreateFunction", &body.to_string()).await.unwrap_err();
    assert!(refusal.message.contains("iam:PassRole"), "{}", refusal.message);
}
