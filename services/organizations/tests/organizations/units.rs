//! Organizational units.

use serde_json::json;

use crate::{Scene, ids, management, text};

#[tokio::test]
async fn a_unit_hangs_where_it_was_made() {
    let (scene, root) = Scene::founded(50).await;
    let body = json!({"ParentId": root, "Name": "workloads"});
    let made = scene.ok("CreateOrganizationalUnit", body).await["OrganizationalUnit"].clone();
    let id = text(&made["Id"]);
    assert!(id.starts_with(&format!("ou-{}-", &root[2..])), "{id}");
    let organization = scene.ok("DescribeOrganization", json!({})).await;
    let organization = text(&organization["Organization"]["Id"]);
    assert_eq!(
        made["Arn"],
        format!("arn:aws:organizations::{}:ou/{organization}/{id}", management())
    );
    assert_eq!(made["Path"], format!("{organization}/{root}/{id}/"));
    let seen = scene.ok("DescribeOrganizationalUnit", json!({"OrganizationalUnitId": id})).await;
    assert_eq!(seen["OrganizationalUnit"], made);

    let inner = scene.unit(&id, "production").await;
    let parents = scene.ok("ListParents", json!({"ChildId": inner})).await;
    assert_eq!(parents["Parents"], json!([{"Id": id, "Type": "ORGANIZATIONAL_UNIT"}]));
    let body = json!({"ParentId": id, "ChildType": "ORGANIZATIONAL_UNIT"});
    let children = scene.ok("ListChildren", body).await;
    assert_eq!(children["Children"], json!([{"Id": inner, "Type": "ORGANIZATIONAL_UNIT"}]));
}

#[tokio::test]
async fn units_are_listed_page_by_page() {
    let (scene, root) = Scene::founded(51).await;
    let mut expected = Vec::new();
    for name in ["a", "b", "c"] {
        expected.push(scene.unit(&root, name).await);
    }
    expected.sort();
    let body = json!({"ParentId": root});
    let all = scene.pages("ListOrganizationalUnitsForParent", body, "OrganizationalUnits").await;
    assert_eq!(ids(&json!(all)), expected);
}

#[tokio::test]
async fn siblings_have_different_names() {
    let (scene, root) = Scene::founded(52).await;
    let a = scene.unit(&root, "a").await;
    scene.unit(&a, "a").await;
    let code = scene.refused("CreateOrganizationalUnit", json!({"ParentId": root, "Name": "a"}));
    assert_eq!(code.await, "DuplicateOrganizationalUnitException");

    let b = scene.unit(&root, "b").await;
    let code = scene
        .refused("UpdateOrganizationalUnit", json!({"OrganizationalUnitId": b, "Name": "a"}))
        .await;
    assert_eq!(code, "DuplicateOrganizationalUnitException");
    let body = json!({"OrganizationalUnitId": b, "Name": "c"});
    let renamed = scene.ok("UpdateOrganizationalUnit", body).await;
    assert_eq!(renamed["OrganizationalUnit"]["Name"], "c");
    // The old name is free again.
    scene.unit(&root, "b").await;
}

#[tokio::test]
async fn the_tree_is_five_units_deep_at_most() {
    let (scene, root) = Scene::founded(53).await;
    let mut parent = root;
    for _ in 0..5 {
        parent = scene.unit(&parent, "deeper").await;
    }
    let body = json!({"ParentId": parent, "Name": "deeper"});
    let code = scene.refused("CreateOrganizationalUnit", body).await;
    assert_eq!(code, "ConstraintViolationException");
    let member = scene.account("member").await;
    let roots = scene.ok("ListRoots", json!({})).await;
    scene.move_account(&member, &text(&roots["Roots"][0]["Id"]), &parent).await;
    scene.ok("DescribeAccount", json!({"AccountId": member})).await;
}

#[tokio::test]
async fn a_unit_is_deleted_when_nothing_hangs_under_it() {
    let (scene, root) = Scene::founded(54).await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    scene.move_account(&member, &root, &unit).await;
    let body = json!({"OrganizationalUnitId": unit});
    let code = scene.refused("DeleteOrganizationalUnit", body.clone()).await;
    assert_eq!(code, "OrganizationalUnitNotEmptyException");
    scene.move_account(&member, &unit, &root).await;
    scene.ok("DeleteOrganizationalUnit", body.clone()).await;
    let code = scene.refused("DescribeOrganizationalUnit", body).await;
    assert_eq!(code, "OrganizationalUnitNotFoundException");
    let listed = scene.ok("ListOrganizationalUnitsForParent", json!({"ParentId": root})).await;
    assert_eq!(listed["OrganizationalUnits"], json!([]));
    // Its name is free again.
    scene.unit(&root, "unit").await;
}

#[tokio::test]
async fn an_account_moves_from_where_it_is_to_where_it_is_not() {
    let (scene, root) = Scene::founded(55).await;
    let unit = scene.unit(&root, "unit").await;
    let member = scene.account("member").await;
    let way = |from: &str, to: &str| json!({"AccountId": member, "SourceParentId": from, "DestinationParentId": to});
    let nowhere = format!("ou-{}-00000000", &root[2..]);
    for (from, to, code) in [
        (&root, &root, "DuplicateAccountException"),
        (&unit, &root, "DuplicateAccountException"),
        (&nowhere, &unit, "SourceParentNotFoundException"),
        (&root, &nowhere, "DestinationParentNotFoundException"),
    ] {
        assert_eq!(scene.refused("MoveAccount", way(from, to)).await, code, "{from} {to}");
    }
    scene.ok("MoveAccount", way(&root, &unit)).await;
    let here = scene.ok("ListAccountsForParent", json!({"ParentId": unit})).await;
    assert_eq!(ids(&here["Accounts"]), [member.as_str()]);
    let there = scene.ok("ListAccountsForParent", json!({"ParentId": root})).await;
    assert_eq!(ids(&there["Accounts"]), [management()]);
}
