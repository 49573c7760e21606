//! Versions and aliases.

use serde_json::json;

use crate::support::{Room, archive, decoded};

#[tokio::test]
async fn a_version_keeps_its_code_and_settings() {
    let room = Room::with_function("rotate").await;
    let one = room.call("PublishVersion", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert_eq!(one["Version"], "1");
    assert_eq!(one["FunctionArn"], "arn:aws:lambda:us-east-1:123456789012:function:rotate:1");
    let again = room.call("PublishVersion", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert_eq!(again["Version"], "1", "nothing has changed");
    let code = json!({ "FunctionName": "rotate", "ZipFile": archive(&[("app.py", "two")]), "Publish": true });
    let two = room.call("UpdateFunctionCode", code).await.unwrap();
    assert_eq!(two["Version"], "2");
    let shown = json!({ "FunctionName": "rotate", "Qualifier": "1" });
    let shown = room.call("GetFunctionConfiguration", shown).await.unwrap();
    assert_eq!(shown["CodeSha256"], one["CodeSha256"]);
    let versions =
        room.call("ListVersionsByFunction", json!({ "FunctionName": "rotate" })).await.unwrap();
    let versions: Vec<_> =
        versions["Versions"].as_array().unwrap().iter().map(|one| one["Version"].clone()).collect();
    assert_eq!(versions, ["$LATEST", "1", "2"]);
    let reply = room.call("Invoke", json!({ "FunctionName": "rotate:1" })).await.unwrap();
    assert_eq!(decoded(&reply)["version"], "1");
}

#[tokio::test]
async fn a_number_is_never_given_twice() {
    let room = Room::with_function("rotate").await;
    room.call("PublishVersion", json!({ "FunctionName": "rotate" })).await.unwrap();
    room.call("DeleteFunction", json!({ "FunctionName": "rotate", "Qualifier": "1" }))
        .await
        .unwrap();
    let next = room.call("PublishVersion", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert_eq!(next["Version"], "2");
    // The code of the deleted version is still that of the others.
    room.call("Invoke", json!({ "FunctionName": "rotate" })).await.unwrap();
}

#[tokio::test]
async fn an_alias_leads_to_a_version_and_holds_it() {
    let room = Room::with_function("rotate").await;
    room.call("PublishVersion", json!({ "FunctionName": "rotate" })).await.unwrap();
    let alias = json!({ "FunctionName": "rotate", "Name": "live", "FunctionVersion": "1" });
    let created = room.call("CreateAlias", alias.clone()).await.unwrap();
    assert_eq!(created["AliasArn"], "arn:aws:lambda:us-east-1:123456789012:function:rotate:live");
    assert_eq!(room.refusal("CreateAlias", alias).await.code, "ResourceConflictException");
    let reply = room
        .call("Invoke", json!({ "FunctionName": "rotate", "Qualifier": "live" }))
        .await
        .unwrap();
    assert_eq!(reply["ExecutedVersion"], "1");
    let held = json!({ "FunctionName": "rotate", "Qualifier": "1" });
    assert_eq!(
        room.refusal("DeleteFunction", held.clone()).await.code,
        "ResourceConflictException"
    );
    let moved = json!({ "FunctionName": "rotate", "Name": "live", "FunctionVersion": "$LATEST" });
    room.call("UpdateAlias", moved).await.unwrap();
    room.call("DeleteFunction", held).await.unwrap();
    let listed = room.call("ListAliases", json!({ "FunctionName": "rotate" })).await.unwrap();
    assert_eq!(listed["Aliases"][0]["FunctionVersion"], "$LATEST");
    room.call("DeleteAlias", json!({ "FunctionName": "rotate", "Name": "live" })).await.unwrap();
    let gone = json!({ "FunctionName": "rotate", "Name": "live" });
    assert_eq!(room.refusal("GetAlias", gone).await.status, 404);
    for name in ["12", "a b"] {
        let bad = json!({ "FunctionName": "rotate", "Name": name, "FunctionVersion": "$LATEST" });
        assert_eq!(room.refusal("CreateAlias", bad).await.code, "ValidationException");
    }
}
