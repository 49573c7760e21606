//! Tokens: who may make them, for what, and how many there may be.

use serde_json::{Value, json};
use strongroom_testkit::{ACCOUNT, allowed_only, user};

use crate::world::{Machine, ROLE, World};

#[tokio::test]
async fn a_token_takes_the_right_to_make_one_and_the_right_to_pass_the_role() {
    let world = World::new();
    let body = json!({"RoleArn": ROLE}).to_string();
    let create = |actions: &'static [&'static str]| {
        let stage = world.stage.as_caller(allowed_only(ACCOUNT, actions));
        let (host, body) = (&world.host, body.clone());
        async move { stage.call(host, "CreateJoinToken", &body).await }
    };
    for (actions, missing) in [
        (&["strongroom:CreateJoinToken"][..], "iam:PassRole"),
        (&["iam:PassRole"][..], "strongroom:CreateJoinToken"),
    ] {
        let refusal = create(actions).await.unwrap_err();
        assert_eq!(refusal.code, "AccessDeniedException");
        assert!(refusal.message.contains(missing), "{}", refusal.message);
    }
    assert!(create(&["strongroom:CreateJoinToken", "iam:PassRole"]).await.is_ok());
}

#[tokio::test]
async fn the_role_is_passed_to_ec2() {
    let world = World::new();
    for (service, is_allowed) in [("ec2.amazonaws.com", true), ("lambda.amazonaws.com", false)] {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":"strongroom:CreateJoinToken","Resource":"arn:aws:strongroom::{ACCOUNT}:join-token/*"}},
                {{"Effect":"Allow","Action":"iam:PassRole","Resource":"{ROLE}",
                  "Condition":{{"StringEquals":{{"iam:PassedToService":"{service}"}}}}}}]}}"#
        );
        let stage = world.stage.as_caller(user(ACCOUNT, "anna", &policy));
        let body = json!({"RoleArn": ROLE}).to_string();
        let made = stage.call(&world.host, "CreateJoinToken", &body).await;
        assert_eq!(made.is_ok(), is_allowed, "{service}: {made:?}");
    }
}

#[tokio::test]
async fn a_token_is_for_one_role_or_profile_of_the_account_that_is_there() {
    let world = World::new();
    world.directory.put_profile("empty", "AIPA1", None);
    world.directory.put_profile("web", "AIPA2", Some("web"));
    for (body, code) in [
        (json!({}), "ValidationException"),
        (json!({"RoleArn": ROLE, "InstanceProfileName": "web"}), "ValidationException"),
        (json!({"InstanceProfileName": "empty"}), "ValidationException"),
        (json!({"InstanceProfileName": "other"}), "ResourceNotFoundException"),
        (json!({"RoleArn": "arn:aws:iam::123456789012:role/other"}), "ResourceNotFoundException"),
        (json!({"RoleArn": "arn:aws:iam::999999999999:role/web"}), "ResourceNotFoundException"),
        (json!({"RoleArn": ROLE, "DurationSeconds": 59}), "ValidationException"),
        (json!({"RoleArn": ROLE, "DurationSeconds": 86_401}), "ValidationException"),
        (json!({"RoleArn": ROLE, "Label": "a\nb"}), "ValidationException"),
    ] {
        let refusal = world.ask("CreateJoinToken", &body).await.unwrap_err();
        assert_eq!(refusal.code, code, "{body}: {}", refusal.message);
    }
    let made = world.ask("CreateJoinToken", &json!({"InstanceProfileName": "web"})).await.unwrap();
    assert_eq!(made["RoleArn"], ROLE);
    assert_eq!(made["InstanceProfileArn"], "arn:aws:iam::123456789012:instance-profile/web");
    let expected = world.stage.now().plus_millis(900_000).seconds();
    assert_eq!(made["Expiration"].as_f64().unwrap() as i64, expected);
}

#[tokio::test]
async fn a_token_is_written_down_nowhere() {
    let world = World::new();
    let token = world.token().await;
    let secret = token.rsplit('.').next().unwrap();
    let listed = world.ask("ListJoinTokens", &json!({})).await.unwrap();
    assert_eq!(listed["Tokens"].as_array().unwrap().len(), 1);
    assert!(!listed.to_string().contains(secret));
    Machine::new().join(&world, &token).await.unwrap();
    // Nor when it is refused, or cannot be read.
    Machine::new().join(&world, &token).await.unwrap_err();
    Machine::new().join(&world, &format!("{token}=")).await.unwrap_err();
    world.ask_unsigned("JoinHost", &json!({"JoinToken": token})).await.unwrap_err();
    let told = world.stage.tape.text();
    assert!(told.contains("\"eventName\":\"JoinHost\"") && !told.contains(secret), "{told}");
}

#[tokio::test]
async fn a_deleted_token_is_worth_nothing_and_its_host_stays() {
    let world = World::new();
    let (unused, used) = (world.token().await, world.token().await);
    let id = |token: &str| token.split('.').nth(2).unwrap().to_owned();
    let mut machine = Machine::new();
    machine.join(&world, &used).await.unwrap();
    for token in [&unused, &used] {
        world.ask("DeleteJoinToken", &json!({"TokenId": id(token)})).await.unwrap();
    }
    Machine::new().join(&world, &unused).await.unwrap_err();
    machine.session(&world).await.unwrap();
    let gone = world.ask("DeleteJoinToken", &json!({"TokenId": id(&used)})).await.unwrap_err();
    assert_eq!(gone.code, "ResourceNotFoundException");
}

#[tokio::test]
async fn tokens_do_not_pile_up() {
    let world = World::new();
    for _ in 0..100 {
        world.token().await;
    }
    let refusal = world.ask("CreateJoinToken", &json!({"RoleArn": ROLE})).await.unwrap_err();
    assert_eq!(refusal.code, "LimitExceededException");
    // Expired, they no longer count; later they are gone.
    world.stage.advance_millis(900_000);
    world.token().await;
    world.stage.advance_millis(3_600_000);
    world.token().await;
    let mut count = 0;
    let mut body = json!({"MaxResults": 30});
    loop {
        let page = world.ask("ListJoinTokens", &body).await.unwrap();
        count += page["Tokens"].as_array().unwrap().len();
        let Value::String(next) = &page["NextToken"] else { break };
        body = json!({"MaxResults": 30, "NextToken": next});
    }
    assert_eq!(count, 2);
}
