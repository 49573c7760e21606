//! Aliases.

use serde_json::json;

use strongroom_testkit::allowed_only;

use crate::{Scene, base64, refusal};

#[tokio::test]
async fn an_alias_stands_for_its_key() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("CreateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": key})).await;
    for name in ["alias/pay", "arn:aws:kms:us-east-1:123456789012:alias/pay"] {
        let sealed = scene.ok("Encrypt", json!({"KeyId": name, "Plaintext": base64(b"x")})).await;
        assert_eq!(sealed["KeyId"], key);
    }
    let listed = scene.ok("ListAliases", json!({"KeyId": key})).await;
    assert_eq!(listed["Aliases"][0]["AliasName"], "alias/pay");
    assert!(key.ends_with(listed["Aliases"][0]["TargetKeyId"].as_str().unwrap()));
}

#[tokio::test]
async fn listing_aliases_does_not_tell_whether_another_account_has_a_key() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    let missing = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let stranger = scene.as_caller(allowed_only("222233334444", &["kms:*"]));
    let of_key = stranger.refused("ListAliases", json!({"KeyId": key})).await;
    let of_missing = stranger.refused("ListAliases", json!({"KeyId": missing})).await;
    assert_eq!(of_key.0, "AccessDeniedException");
    assert_eq!(of_key.1.replace(&key, "K"), of_missing.1.replace(missing, "K"));
}

#[tokio::test]
async fn an_alias_moves_to_another_key_of_its_kind() {
    let scene = Scene::new(1);
    let (first, second) = (scene.key().await, scene.key().await);
    let mac =
        scene.create_key(json!({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"})).await;
    scene.ok("CreateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": first})).await;
    scene.ok("UpdateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": second})).await;
    let described = scene.ok("DescribeKey", json!({"KeyId": "alias/pay"})).await;
    assert_eq!(described["KeyMetadata"]["Arn"], second);
    for (key, count) in [(&first, 0), (&second, 1)] {
        let listed = scene.ok("ListAliases", json!({"KeyId": key})).await;
        assert_eq!(listed["Aliases"].as_array().unwrap().len(), count);
    }
    let (code, _) =
        scene.refused("UpdateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": mac})).await;
    assert_eq!(code, "ValidationException");
}

#[tokio::test]
async fn a_deleted_alias_leaves_its_key() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("CreateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": key})).await;
    scene.ok("DeleteAlias", json!({"AliasName": "alias/pay"})).await;
    scene.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(
        scene.refused("DescribeKey", json!({"KeyId": "alias/pay"})).await,
        refusal(
            "NotFoundException",
            "Alias arn:aws:kms:us-east-1:123456789012:alias/pay is not found."
        )
    );
    scene.ok("CreateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": key})).await;
}

#[tokio::test]
async fn names_that_cannot_be_had_are_refused() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    scene.ok("CreateAlias", json!({"AliasName": "alias/pay", "TargetKeyId": key})).await;
    for (name, code, message) in [
        (
            "pay",
            "ValidationException",
            "Alias must start with the prefix \"alias/\". Please see \
             https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
        ),
        ("alias/aws/mine", "NotAuthorizedException", ""),
        (
            "alias/pay",
            "AlreadyExistsException",
            "An alias with the name arn:aws:kms:us-east-1:123456789012:alias/pay already exists",
        ),
    ] {
        let body = json!({"AliasName": name, "TargetKeyId": key});
        assert_eq!(scene.refused("CreateAlias", body).await, refusal(code, message));
    }
}

#[tokio::test]
async fn the_aliases_that_aws_keeps_are_listed_before_their_keys_exist() {
    let scene = Scene::new(1);
    let key = scene.key().await;
    for name in ["alias/a", "alias/z"] {
        scene.ok("CreateAlias", json!({"AliasName": name, "TargetKeyId": key})).await;
    }
    let names = |reply: &serde_json::Value| -> Vec<String> {
        let aliases = reply["Aliases"].as_array().unwrap();
        aliases.iter().map(|alias| alias["AliasName"].as_str().unwrap().to_owned()).collect()
    };
    let all = names(&scene.ok("ListAliases", json!({})).await);
    assert_eq!(
        all,
        [
            "alias/a",
            "alias/aws/lambda",
            "alias/aws/secretsmanager",
            "alias/aws/sns",
            "alias/aws/ssm",
            "alias/z"
        ]
    );
    for limit in 1..=6 {
        let (mut paged, mut body) = (Vec::new(), json!({"Limit": limit}));
        loop {
            let page = scene.ok("ListAliases", body.clone()).await;
            paged.extend(names(&page));
            match page["NextMarker"].as_str() {
                Some(marker) => body["Marker"] = json!(marker),
                None => break,
            }
        }
        assert_eq!(paged, all, "pages of {limit}");
    }
}
