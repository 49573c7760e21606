//! OpenID Connect providers.

use serde_json::json;
use strongroom_testkit::ACCOUNT;

use crate::world::world;

#[tokio::test]
async fn a_provider_is_registered_changed_and_forgotten() {
    let world = world().await;
    let print = "0123456789012345678901234567890123456789";
    let made = world
        .call(
            "CreateOpenIDConnectProvider",
            json!({"Url": "https://id.example.com/id/A", "ClientIDList": ["sts.amazonaws.com"], "ThumbprintList": [print]}),
        )
        .await;
    let arn = made["OpenIDConnectProviderArn"].clone();
    assert_eq!(arn, format!("arn:aws:iam::{ACCOUNT}:oidc-provider/id.example.com/id/A"));
    let add = json!({"OpenIDConnectProviderArn": arn, "ClientID": "other"});
    world.call("AddClientIDToOpenIDConnectProvider", add.clone()).await;
    let shown =
        world.call("GetOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await;
    assert_eq!(shown["Url"], "id.example.com/id/A");
    assert_eq!(shown["ClientIDList"], json!(["sts.amazonaws.com", "other"]));
    world.call("RemoveClientIDFromOpenIDConnectProvider", add).await;
    let other = "a".repeat(40);
    world
        .call(
            "UpdateOpenIDConnectProviderThumbprint",
            json!({"OpenIDConnectProviderArn": arn, "ThumbprintList": [other]}),
        )
        .await;
    let listed = world.call("ListOpenIDConnectProviders", json!({})).await;
    assert_eq!(listed["OpenIDConnectProviderList"], json!([{"Arn": arn}]));
    world.call("DeleteOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await;
    let gone =
        world.refused("GetOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await;
    assert_eq!(gone.0, "NoSuchEntity");
}

#[tokio::test]
async fn a_provider_has_an_https_url_of_its_own() {
    let world = world().await;
    for url in ["http://id.example.com", "https://", "https://a b", "id.example.com"] {
        let refused = world.refused("CreateOpenIDConnectProvider", json!({"Url": url})).await;
        assert_eq!(refused.0, "ValidationException", "{url}");
    }
    world.call("CreateOpenIDConnectProvider", json!({"Url": "https://id.example.com"})).await;
    let twice = world
        .refused("CreateOpenIDConnectProvider", json!({"Url": "https://id.example.com/"}))
        .await;
    assert_eq!(twice.1, "Provider with url https://id.example.com already exists.");
}
