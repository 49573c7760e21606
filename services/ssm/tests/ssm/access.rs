//! Who may do what, and what is on record.

use serde_json::json;
use strongroom_testkit::{ACCOUNT, every_operation_is_guarded_and_recorded, user};

use crate::{Scene, names};

#[tokio::test]
async fn every_operation_refuses_the_unauthorized_and_leaves_a_record() {
    let scene = Scene::new(60);
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}

#[tokio::test]
async fn the_same_holds_where_there_is_something_to_reveal() {
    let scene = Scene::new(61);
    scene.put("/prod/db/password", "x").await;
    scene.put("/prod/db/user", "x").await;
    every_operation_is_guarded_and_recorded(&*scene.host, &scene.stage, &[]).await;
}

#[tokio::test]
async fn a_missing_parameter_is_told_only_to_who_might_read_it() {
    let scene = Scene::new(62);
    let caller = scene.as_caller(allowed(r#""Resource":"arn:aws:ssm:*:*:parameter/mine/*""#));
    assert_eq!(caller.code("GetParameter", json!({"Name": "/mine/x"})).await, "ParameterNotFound");
    let refusal = caller.refused("GetParameter", json!({"Name": "/other/x"})).await;
    assert_eq!(refusal.code, "AccessDeniedException");
    assert!(refusal.message.contains("parameter/other/x"), "{}", refusal.message);
    let body = json!({"Names": ["/mine/x", "/other/x"]});
    assert_eq!(caller.code("GetParameters", body).await, "AccessDeniedException");
}

#[tokio::test]
async fn tags_open_parameters() {
    let scene = Scene::new(63);
    for (name, team) in [("/r", "red"), ("/b", "blue")] {
        let body = json!({
            "Name": name, "Value": "v", "Type": "String", "Tags": [{"Key": "team", "Value": team}],
        });
        scene.ok("PutParameter", body).await;
    }
    for key in ["aws:ResourceTag/team", "ssm:ResourceTag/team"] {
        let condition =
            format!(r#""Resource":"*","Condition":{{"StringEquals":{{"{key}":"red"}}}}"#);
        let caller = scene.as_caller(allowed(&condition));
        assert_eq!(caller.get("/r").await["Value"], "v");
        let code = caller.code("GetParameter", json!({"Name": "/b"})).await;
        assert_eq!(code, "AccessDeniedException", "{key}");
    }
}

#[tokio::test]
async fn who_may_read_a_path_may_read_below_it_unless_recursion_is_forbidden() {
    let scene = Scene::new(64);
    scene.put("/a/b", "1").await;
    scene.put("/a/b/c", "2").await;
    let path = scene.as_caller(allowed(r#""Resource":"arn:aws:ssm:*:*:parameter/a""#));
    let body = json!({"Path": "/a", "Recursive": true});
    assert_eq!(names(&path.ok("GetParametersByPath", body.clone()).await), ["/a/b", "/a/b/c"]);
    let flat = r#""Resource":"*","Condition":{"StringEquals":{"ssm:Recursive":"false"}}"#;
    let flat = scene.as_caller(allowed(flat));
    assert_eq!(flat.code("GetParametersByPath", body).await, "AccessDeniedException");
    flat.ok("GetParametersByPath", json!({"Path": "/a"})).await;
    let below = json!({"Path": "/a/b"});
    assert_eq!(path.code("GetParametersByPath", below).await, "AccessDeniedException");
}

#[tokio::test]
async fn tags_are_set_and_taken_off_as_aws_does() {
    let scene = Scene::new(65);
    scene.put("/a", "1").await;
    let named = |more: serde_json::Value| {
        let mut body = json!({"ResourceType": "Parameter", "ResourceId": "/a"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let tags = json!({"Tags": [{"Key": "x", "Value": "1"}, {"Key": "y", "Value": "2"}]});
    scene.ok("AddTagsToResource", named(tags)).await;
    scene.ok("RemoveTagsFromResource", named(json!({"TagKeys": ["x", "nowhere"]}))).await;
    let reply = scene.ok("ListTagsForResource", named(json!({}))).await;
    assert_eq!(reply, json!({"TagList": [{"Key": "y", "Value": "2"}]}));
    for other in [json!({"ResourceId": "/nowhere"}), json!({"ResourceType": "Document"})] {
        assert_eq!(scene.code("ListTagsForResource", named(other)).await, "InvalidResourceId");
    }
}

fn allowed(on: &str) -> strongroom_api::Caller {
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"ssm:*",{on}}}]}}"#
    );
    user(ACCOUNT, "clerk", &policy)
}
