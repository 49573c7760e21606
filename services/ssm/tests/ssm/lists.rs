//! Paths, filters, pages.

use serde_json::json;

use crate::{Scene, names};

async fn furnished(seed: u64) -> Scene {
    let scene = Scene::new(seed);
    for name in ["plain", "/a", "/a/b", "/a/b/c", "/a/d", "/a-z", "/ab/c"] {
        scene.put(name, name).await;
    }
    scene
}

#[tokio::test]
async fn a_path_leads_one_level_down_or_all_the_way() {
    let scene = furnished(40).await;
    for (path, recursive, expected) in [
        ("/a", false, &["/a/b", "/a/d"][..]),
        ("/a/", true, &["/a/b", "/a/b/c", "/a/d"]),
        ("/", false, &["/a", "/a-z", "plain"]),
        ("/", true, &["/a", "/a-z", "/a/b", "/a/b/c", "/a/d", "/ab/c", "plain"]),
        ("/nowhere", true, &[]),
    ] {
        let body = json!({"Path": path, "Recursive": recursive});
        let reply = scene.ok("GetParametersByPath", body).await;
        assert_eq!(names(&reply), expected, "{path} {recursive}");
    }
    let code = scene.code("GetParametersByPath", json!({"Path": "a"})).await;
    assert_eq!(code, "ValidationException");
}

#[tokio::test]
async fn pages_together_are_the_list() {
    let scene = furnished(41).await;
    for recursive in [true, false] {
        let body = json!({"Path": "/", "Recursive": recursive});
        let whole = scene.ok("GetParametersByPath", body).await;
        let mut found = Vec::new();
        let mut token = json!(null);
        loop {
            let body = json!({
                "Path": "/", "Recursive": recursive, "MaxResults": 1, "NextToken": token,
            });
            let page = scene.ok("GetParametersByPath", body).await;
            found.extend(names(&page).into_iter().map(str::to_owned));
            match page.get("NextToken") {
                Some(next) => token = next.clone(),
                None => break,
            }
        }
        assert_eq!(found, names(&whole));
    }
}

#[tokio::test]
async fn a_wide_level_below_is_passed_over() {
    let scene = Scene::new(42);
    for number in 0..120 {
        scene.put(&format!("/deep/{number:03}"), "x").await;
    }
    scene.put("/shallow", "x").await;
    let reply = scene.ok("GetParametersByPath", json!({"Path": "/"})).await;
    assert_eq!(names(&reply), ["/shallow"]);
    let reply = scene.ok("DescribeParameters", json!({})).await;
    assert_eq!(reply["Parameters"].as_array().unwrap().len(), 50);
    assert!(reply["NextToken"].is_string());
}

#[tokio::test]
async fn filters_find_what_fits_all_of_them() {
    let scene = furnished(43).await;
    let body = json!({
        "Name": "/s", "Value": "v", "Type": "SecureString", "KeyId": "alias/mine",
        "Tags": [{"Key": "team", "Value": "red"}],
    });
    scene.ok("PutParameter", body).await;
    for (filters, expected) in [
        (json!([{"Key": "Name", "Values": ["/s", "/a", "s"]}]), &["/a", "/s"][..]),
        (json!([{"Key": "Name", "Option": "BeginsWith", "Values": ["/a/b"]}]), &["/a/b", "/a/b/c"]),
        (json!([{"Key": "Name", "Option": "Contains", "Values": ["lai"]}]), &["plain"]),
        (json!([{"Key": "Path", "Values": ["/a"]}]), &["/a/b", "/a/d"]),
        (
            json!([{"Key": "Path", "Option": "Recursive", "Values": ["/a", "/ab"]}]),
            &["/a/b", "/a/b/c", "/a/d", "/ab/c"],
        ),
        (json!([{"Key": "Type", "Values": ["SecureString"]}]), &["/s"]),
        (json!([{"Key": "KeyId", "Values": ["alias/mine"]}]), &["/s"]),
        (json!([{"Key": "tag:team"}]), &["/s"]),
        (json!([{"Key": "tag:team", "Values": ["blue"]}]), &[]),
        (
            json!([{"Key": "Tier", "Values": ["Standard"]},
                   {"Key": "Path", "Option": "Recursive", "Values": ["/ab"]}]),
            &["/ab/c"],
        ),
    ] {
        let reply = scene.ok("DescribeParameters", json!({"ParameterFilters": filters})).await;
        assert_eq!(names(&reply), expected, "{filters}");
    }
    let old = json!({"Filters": [{"Key": "Type", "Values": ["SecureString"]}]});
    assert_eq!(names(&scene.ok("DescribeParameters", old).await), ["/s"]);
}

#[tokio::test]
async fn a_filter_by_label_finds_the_version_that_has_it() {
    let scene = furnished(45).await;
    scene.ok("LabelParameterVersion", json!({"Name": "/a/b", "Labels": ["live"]})).await;
    scene.put("/a/b", "newer").await;
    let body = json!({"Path": "/a", "ParameterFilters": [{"Key": "Label", "Values": ["live"]}]});
    let reply = scene.ok("GetParametersByPath", body).await;
    assert_eq!(names(&reply), ["/a/b"]);
    assert_eq!(reply["Parameters"][0]["Value"], "/a/b");
    assert_eq!(reply["Parameters"][0]["Version"], 1);
}

#[tokio::test]
async fn filters_that_mean_nothing_are_refused() {
    let scene = Scene::new(44);
    for (filters, code) in [
        (json!([{"Key": "Label", "Values": ["x"]}]), "InvalidFilterKey"),
        (json!([{"Key": "Name"}]), "InvalidFilterValue"),
        (
            json!([{"Key": "Name", "Values": ["a"]}, {"Key": "Name", "Values": ["b"]}]),
            "InvalidFilterKey",
        ),
        (json!([{"Key": "Path", "Option": "Equals", "Values": ["/a"]}]), "InvalidFilterOption"),
        (json!([{"Key": "Path", "Values": ["a"]}]), "ValidationException"),
        (json!([{"Key": "Path", "Values": ["/aws/x"]}]), "ValidationException"),
        (json!([{"Key": "Type", "Values": ["Number"]}]), "InvalidFilterOption"),
        (json!([{"Key": "Nonsense", "Values": ["x"]}]), "ValidationException"),
    ] {
        let body = json!({"ParameterFilters": filters});
        assert_eq!(scene.code("DescribeParameters", body).await, code, "{filters}");
    }
    let body = json!({"Path": "/", "ParameterFilters": [{"Key": "Name", "Values": ["x"]}]});
    assert_eq!(scene.code("GetParametersByPath", body).await, "InvalidFilterKey");
}
