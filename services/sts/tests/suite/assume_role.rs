//! AssumeRole, and what its sessions may do.

use serde_json::json;
use strongroom_sts::Session;
use strongroom_testkit::{ACCOUNT, allowed_only, nobody};

use crate::world::{ANNA, ROLE, ROLE_ID, allow, may, trust, trusting, world};

#[tokio::test]
async fn a_session_calls_as_the_role_and_its_token_is_not_on_record() {
    let world = world();
    let reply = world.assumed(json!({})).await;
    let arn = "arn:aws:sts::123456789012:assumed-role/app/anna";
    assert_eq!(reply["AssumedRoleUser"]["Arn"], arn);
    assert_eq!(reply["AssumedRoleUser"]["AssumedRoleId"], format!("{ROLE_ID}:anna"));
    assert!(reply.get("PackedPolicySize").is_none());
    let credentials = &reply["Credentials"];
    assert!(credentials["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    let credential = world.credential(&reply).await;
    assert_eq!(*credential.secret.reveal(), credentials["SecretAccessKey"].as_str().unwrap());
    assert_eq!(credential.caller.arn(), arn);
    let trail = world.stage.tape.text();
    for secret in ["SecretAccessKey", "SessionToken"] {
        assert!(!trail.contains(credentials[secret].as_str().unwrap()), "{secret}");
    }
    let identity = world.calling_with(&reply).await.call("GetCallerIdentity", json!({})).await;
    assert_eq!(identity["UserId"], format!("{ROLE_ID}:anna"));
}

#[tokio::test]
async fn an_untrusting_role_looks_like_one_that_is_not_there() {
    let world = world();
    world.directory.put_role(
        "other",
        "AROAOTHER00000000000A",
        &trusting("222233334444"),
        &allow("*"),
    );
    let refused = |name: &str| {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        let input = json!({"RoleArn": arn, "RoleSessionName": "anna"});
        let world = &world;
        async move { (world.refused("AssumeRole", input).await, arn) }
    };
    for name in ["other", "nothing"] {
        let (refusal, arn) = refused(name).await;
        assert_eq!(refusal.code, "AccessDeniedException");
        assert_eq!(
            refusal.message,
            format!(
                "User: arn:aws:iam::{ACCOUNT}:user/anna is not authorized to perform: sts:AssumeRole on resource: {arn}"
            )
        );
    }
    let input = json!({"RoleArn": "arn:aws:iam::12:role/app-role", "RoleSessionName": "anna"});
    assert_eq!(
        world.refused("AssumeRole", input).await.message,
        "arn:aws:iam::12:role/app-role is invalid"
    );
}

#[tokio::test]
async fn a_trusted_account_still_needs_permission_and_a_trusted_user_does_not() {
    let world = world();
    let input = json!({"RoleArn": ROLE, "RoleSessionName": "anna"});
    let poor = world.as_caller(nobody(ACCOUNT));
    assert_eq!(poor.refused("AssumeRole", input.clone()).await.code, "AccessDeniedException");
    world.directory.put_role("app", ROLE_ID, &trusting("AIDANOBODYEXAMPLE0000"), &allow("*"));
    poor.call("AssumeRole", input.clone()).await;
    let rich = world.as_caller(allowed_only(ACCOUNT, &["sts:*"]));
    assert_eq!(rich.refused("AssumeRole", input).await.code, "AccessDeniedException");
}

#[tokio::test]
async fn root_assumes_no_role() {
    let world = world();
    let root = strongroom_api::Caller::root(ACCOUNT, None);
    let refused = world
        .as_caller(root)
        .refused("AssumeRole", json!({"RoleArn": ROLE, "RoleSessionName": "root"}))
        .await;
    assert_eq!(refused.message, "Roles may not be assumed by root accounts.");
}

#[tokio::test]
async fn an_external_id_must_be_the_one_that_the_role_asks_for() {
    let world = world();
    let condition = json!({"StringEquals": {"sts:ExternalId": "42-x"}});
    world.directory.put_role(
        "app",
        ROLE_ID,
        &trust(json!({"AWS": ACCOUNT}), condition),
        &allow("*"),
    );
    let input = |id: &str| json!({"RoleArn": ROLE, "RoleSessionName": "anna", "ExternalId": id});
    assert_eq!(world.refused("AssumeRole", input("43-x")).await.code, "AccessDeniedException");
    world.call("AssumeRole", input("42-x")).await;
}

#[tokio::test]
async fn a_session_ends_with_its_time_its_role_and_its_roles_rights() {
    let world = world();
    let reply = world.assumed(json!({"DurationSeconds": 900})).await;
    assert!(may(&*world.credential(&reply).await, "s3:GetObject"));
    world.directory.put_role("app", ROLE_ID, &trusting(ACCOUNT), &allow("sns:*"));
    assert!(!may(&*world.credential(&reply).await, "s3:GetObject"), "a change acts at once");
    world.directory.put_role("app", "AROAANEW0000000000000", &trusting(ACCOUNT), &allow("*"));
    assert!(matches!(world.session(&reply).await, Session::Unknown), "another role of that name");
    world.directory.put_role("app", ROLE_ID, &trusting(ACCOUNT), &allow("*"));
    world.credential(&reply).await;
    world.directory.drop_role("app");
    assert!(matches!(world.session(&reply).await, Session::Unknown));
    world.stage.advance_millis(900_000);
    assert!(matches!(world.session(&reply).await, Session::Expired));
}

#[tokio::test]
async fn a_token_is_good_for_its_own_key_only_and_not_when_touched() {
    let world = world();
    let (one, other) = (world.assumed(json!({})).await, world.assumed(json!({})).await);
    let (id, token) = (&one["Credentials"]["AccessKeyId"], &other["Credentials"]["SessionToken"]);
    let (id, token) = (id.as_str().unwrap(), token.as_str().unwrap());
    let now = world.stage.now();
    assert!(matches!(world.sts.session(id, token, now).await.unwrap(), Session::Unknown));
    let own = one["Credentials"]["SessionToken"].as_str().unwrap();
    assert!(matches!(world.sts.session(id, own, now).await.unwrap(), Session::Open(_)));
    let mut touched = own.to_owned();
    let last = if touched.pop() == Some('A') { 'Q' } else { 'A' };
    touched.push(last);
    for token in [touched.as_str(), "", "x", &"A".repeat(100_000)] {
        assert!(matches!(world.sts.session(id, token, now).await.unwrap(), Session::Unknown));
    }
}

#[tokio::test]
async fn session_policies_only_take_away() {
    let world = world();
    let reply = world.assumed(json!({"Policy": allow("sns:*")})).await;
    assert_eq!(reply["PackedPolicySize"].as_i64().unwrap(), 3);
    let credential = world.credential(&reply).await;
    assert!(may(&credential, "sns:Publish") && !may(&credential, "s3:GetObject"));
    let arns = json!({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/OnlyS3"}]});
    let credential = world.credential(&world.assumed(arns).await).await;
    assert!(!may(&credential, "sns:Publish") && may(&credential, "s3:GetObject"));
    let mut input = json!({"RoleArn": ROLE, "RoleSessionName": "anna"});
    input["Policy"] = "{".into();
    assert_eq!(world.refused("AssumeRole", input.clone()).await.code, "MalformedPolicyDocument");
    input["Policy"] = allow(&format!("s3:{}", "x".repeat(2_048))).into();
    assert_eq!(world.refused("AssumeRole", input).await.code, "PackedPolicyTooLarge");
}

#[tokio::test]
async fn durations_stay_within_the_roles_and_the_chains() {
    let world = world();
    let asked = |seconds: i64| json!({"RoleArn": ROLE, "RoleSessionName": "anna", "DurationSeconds": seconds});
    world.call("AssumeRole", asked(7_200)).await;
    assert_eq!(
        world.refused("AssumeRole", asked(7_201)).await.message,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
    let chained = world.calling_with(&world.assumed(json!({})).await).await;
    chained.call("AssumeRole", asked(3_600)).await;
    assert_eq!(
        chained.refused("AssumeRole", asked(3_601)).await.message,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
}

#[tokio::test]
async fn tags_overlay_those_of_the_role_and_transitive_ones_stay() {
    let world = world();
    let tags = json!({
        "Tags": [{"Key": "team", "Value": "x"}, {"Key": "Cost", "Value": "1"}],
        "TransitiveTagKeys": ["Cost"],
    });
    let first = world.calling_with(&world.assumed(tags).await).await;
    let tags = &first.stage.caller.details.tags;
    assert_eq!(tags.len(), 2, "{tags:?}");
    assert!(tags.contains(&("team".into(), "x".into())));
    let second = first.credential(&first.assumed(json!({})).await).await;
    let tags = &second.caller.details.tags;
    assert!(
        tags.contains(&("Cost".into(), "1".into()))
            && tags.contains(&("Team".into(), "core".into()))
    );
    let mut input = json!({"RoleArn": ROLE, "RoleSessionName": "anna", "Tags": [{"Key": "cost", "Value": "2"}]});
    let refused = first.refused("AssumeRole", input.clone()).await;
    assert_eq!(refused.code, "InvalidParameterValue");
    assert!(refused.message.starts_with("One of the specified transitive tag keys"));
    input["TransitiveTagKeys"] = json!(["other"]);
    assert_eq!(
        world.refused("AssumeRole", input).await.message,
        "The specified transitive tag key must be included in the requested tags."
    );
}

#[tokio::test]
async fn tagging_a_session_needs_a_permission_of_its_own() {
    let world = world();
    let poor = world.as_caller(allowed_only(ACCOUNT, &["sts:AssumeRole"]));
    let mut input = json!({"RoleArn": ROLE, "RoleSessionName": "anna"});
    poor.call("AssumeRole", input.clone()).await;
    input["Tags"] = json!([{"Key": "a", "Value": "b"}]);
    assert!(poor.refused("AssumeRole", input).await.message.contains("sts:TagSession"));
}

#[tokio::test]
async fn a_second_factor_is_refused_rather_than_believed() {
    let world = world();
    let input = json!({
        "RoleArn": ROLE, "RoleSessionName": "anna",
        "SerialNumber": format!("arn:aws:iam::{ACCOUNT}:mfa/anna"), "TokenCode": "123456",
    });
    assert_eq!(world.refused("AssumeRole", input).await.code, "AccessDeniedException");
    assert_eq!(ANNA.len(), 21);
}
