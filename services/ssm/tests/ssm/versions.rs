//! Versions, labels and history.

use serde_json::json;

use crate::Scene;

#[tokio::test]
async fn a_version_is_read_by_number_and_by_label() {
    let scene = Scene::new(20);
    scene.put("/a", "one").await;
    scene.put("/a", "two").await;
    let body = json!({"Name": "/a", "ParameterVersion": 1, "Labels": ["stable", "9bad", "aws-x"]});
    let reply = scene.ok("LabelParameterVersion", body).await;
    assert_eq!(reply, json!({"InvalidLabels": ["9bad", "aws-x"], "ParameterVersion": 1}));
    assert_eq!(scene.get("/a").await["Value"], "two");
    for selector in [":1", ":stable"] {
        let parameter = scene.get(&format!("/a{selector}")).await;
        assert_eq!(
            (&parameter["Value"], &parameter["Selector"]),
            (&json!("one"), &json!(selector))
        );
        assert_eq!(parameter["Name"], "/a");
    }
    for missing in ["/a:3", "/a:nowhere"] {
        let refusal = scene.refused("GetParameter", json!({"Name": missing})).await;
        assert_eq!(refusal.code, "ParameterVersionNotFound", "{}", refusal.message);
    }
}

#[tokio::test]
async fn a_label_moves_to_the_version_that_gets_it() {
    let scene = Scene::new(21);
    scene.put("/a", "one").await;
    scene.put("/a", "two").await;
    for version in [1, 2] {
        let body = json!({"Name": "/a", "ParameterVersion": version, "Labels": ["live"]});
        scene.ok("LabelParameterVersion", body).await;
    }
    assert_eq!(scene.get("/a:live").await["Version"], 2);
    let history = scene.ok("GetParameterHistory", json!({"Name": "/a"})).await;
    assert_eq!(history["Parameters"][0]["Labels"], json!([]));
    assert_eq!(history["Parameters"][1]["Labels"], json!(["live"]));

    let body = json!({"Name": "/a", "ParameterVersion": 2, "Labels": ["live", "other"]});
    let reply = scene.ok("UnlabelParameterVersion", body).await;
    assert_eq!(reply, json!({"RemovedLabels": ["live"], "InvalidLabels": ["other"]}));
    let gone = scene.code("GetParameter", json!({"Name": "/a:live"})).await;
    assert_eq!(gone, "ParameterVersionNotFound");
}

#[tokio::test]
async fn a_version_has_at_most_ten_labels() {
    let scene = Scene::new(22);
    scene.put("/a", "one").await;
    let ten: Vec<_> = (0..10).map(|n| format!("l{n}")).collect();
    scene.ok("LabelParameterVersion", json!({"Name": "/a", "Labels": ten})).await;
    let code = scene.code("LabelParameterVersion", json!({"Name": "/a", "Labels": ["more"]})).await;
    assert_eq!(code, "ParameterVersionLabelLimitExceeded");
}

#[tokio::test]
async fn the_oldest_of_a_hundred_versions_goes_unless_it_has_a_label() {
    let scene = Scene::new(23);
    for number in 1..=101 {
        assert_eq!(scene.put("/a", &number.to_string()).await, number);
    }
    assert_eq!(
        scene.code("GetParameter", json!({"Name": "/a:1"})).await,
        "ParameterVersionNotFound"
    );
    // The parameter, its hundred values, and the number of parameters.
    assert_eq!(scene.stored().await, 102);
    let body = json!({"Name": "/a", "ParameterVersion": 2, "Labels": ["keep"]});
    scene.ok("LabelParameterVersion", body).await;
    let body = json!({"Name": "/a", "Value": "102", "Overwrite": true});
    assert_eq!(scene.code("PutParameter", body).await, "ParameterMaxVersionLimitExceeded");
    assert_eq!(scene.get("/a:keep").await["Value"], "2");
    scene.ok("DeleteParameter", json!({"Name": "/a"})).await;
    assert_eq!(scene.stored().await, 1);
}

#[tokio::test]
async fn the_longest_descriptions_and_patterns_still_fit_into_a_record() {
    let scene = Scene::new(25);
    let long = "\u{1f512}".repeat(1_024);
    let pattern = format!("x|{}", "\u{1f511}".repeat(1_022));
    for number in 1..=105 {
        let body = json!({
            "Name": "/a", "Value": "x", "Type": "String", "Overwrite": true,
            "Description": long, "AllowedPattern": pattern,
        });
        assert_eq!(scene.ok("PutParameter", body).await["Version"], number);
    }
    assert_eq!(scene.get("/a").await["Version"], 105);
    scene.ok("DeleteParameter", json!({"Name": "/a"})).await;
    assert_eq!(scene.stored().await, 1);
}

#[tokio::test]
async fn history_goes_on_where_the_page_before_ended() {
    let scene = Scene::new(24);
    for value in ["1", "2", "3"] {
        scene.put("/a", value).await;
    }
    let first = scene.ok("GetParameterHistory", json!({"Name": "/a", "MaxResults": 2})).await;
    let values = |reply: &serde_json::Value| -> Vec<String> {
        let parameters = reply["Parameters"].as_array().unwrap();
        parameters.iter().map(|p| p["Value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(values(&first), ["1", "2"]);
    let body = json!({"Name": "/a", "NextToken": first["NextToken"]});
    let second = scene.ok("GetParameterHistory", body).await;
    assert_eq!((values(&second), second.get("NextToken")), (vec!["3".to_owned()], None));
    let body = json!({"Name": "/a", "NextToken": "no token"});
    assert_eq!(scene.code("GetParameterHistory", body).await, "InvalidNextToken");
}
