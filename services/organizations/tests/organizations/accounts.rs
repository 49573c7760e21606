//! Accounts.

use serde_json::json;
use strongroom_organizations::{DEFAULT_ROLE, NewAccount};
use strongroom_testkit::allowed_only;

use crate::{OTHER, Scene, ids, management, text};

#[tokio::test]
async fn a_created_account_exists_with_the_role_for_its_management() {
    let (scene, root) = Scene::founded(30).await;
    let body = json!({"Email": "Pay@example.com", "AccountName": "payments"});
    let status = scene.ok("CreateAccount", body).await["CreateAccountStatus"].clone();
    assert_eq!(status["State"], "SUCCEEDED");
    assert!(text(&status["Id"]).starts_with("car-"));
    let id = text(&status["AccountId"]);
    let role = ("OrganizationAccountAccessRole".to_owned(), management().to_owned());
    assert_eq!(scene.ledger.role(&id), Some(role));

    let body = json!({"CreateAccountRequestId": status["Id"]});
    let again = scene.ok("DescribeCreateAccountStatus", body).await;
    assert_eq!(again["CreateAccountStatus"], status);

    let account = scene.ok("DescribeAccount", json!({"AccountId": id})).await["Account"].clone();
    let organization = scene.ok("DescribeOrganization", json!({})).await;
    let organization = text(&organization["Organization"]["Id"]);
    assert_eq!(
        account["Arn"],
        format!("arn:aws:organizations::{}:account/{organization}/{id}", management())
    );
    assert_eq!(account["Name"], "payments");
    assert_eq!(account["Email"], "Pay@example.com");
    assert_eq!(account["Status"], "ACTIVE");
    assert_eq!(account["JoinedMethod"], "CREATED");
    assert_eq!(account["Paths"], json!([format!("{organization}/{root}/{id}/")]));
}

#[tokio::test]
async fn a_role_can_have_another_name_but_not_one_of_aws() {
    let (scene, _) = Scene::founded(31).await;
    let body = json!({"Email": "a@example.com", "AccountName": "a", "RoleName": "Admin"});
    let reply = scene.ok("CreateAccount", body).await;
    let id = text(&reply["CreateAccountStatus"]["AccountId"]);
    assert_eq!(scene.ledger.role(&id).unwrap().0, "Admin");
    let body = json!({
        "Email": "b@example.com", "AccountName": "b", "RoleName": "AWSServiceRoleForX",
    });
    assert_eq!(scene.refused("CreateAccount", body).await, "InvalidInputException");
}

#[tokio::test]
async fn an_address_belongs_to_one_account() {
    let (scene, _) = Scene::founded(32).await;
    scene.account("same").await;
    let body = json!({"Email": "SAME@example.com", "AccountName": "other"});
    let status = scene.ok("CreateAccount", body).await["CreateAccountStatus"].clone();
    assert_eq!(status["State"], "FAILED");
    assert_eq!(status["FailureReason"], "EMAIL_ALREADY_EXISTS");
    assert!(status.get("AccountId").is_none());

    let failed = scene.ok("ListCreateAccountStatus", json!({"States": ["FAILED"]})).await;
    assert_eq!(ids(&failed["CreateAccountStatuses"]), [text(&status["Id"])]);
    let all = scene.pages("ListCreateAccountStatus", json!({}), "CreateAccountStatuses").await;
    assert_eq!(all.len(), 2);
    assert_eq!(ids(&scene.ok("ListAccounts", json!({})).await["Accounts"]).len(), 2);
}

#[tokio::test]
async fn accounts_are_listed_page_by_page() {
    let (scene, root) = Scene::founded(33).await;
    let mut expected = vec![management().to_owned()];
    for name in ["one", "two", "three"] {
        expected.push(scene.account(name).await);
    }
    expected.sort();
    let all = scene.pages("ListAccounts", json!({}), "Accounts").await;
    assert_eq!(ids(&json!(all)), expected);
    let below = scene.pages("ListAccountsForParent", json!({"ParentId": root}), "Accounts").await;
    assert_eq!(ids(&json!(below)), expected);
    let body = json!({"ParentId": root, "ChildType": "ACCOUNT"});
    let children = scene.pages("ListChildren", body, "Children").await;
    assert_eq!(ids(&json!(children)), expected);
}

#[tokio::test]
async fn a_token_of_nobody_is_refused() {
    let (scene, _) = Scene::founded(34).await;
    let code = scene.refused("ListAccounts", json!({"NextToken": "~"})).await;
    assert_eq!(code, "InvalidInputException");
}

#[tokio::test]
async fn a_removed_account_stands_alone_and_can_join_again() {
    let (scene, _) = Scene::founded(35).await;
    let member = scene.account("member").await;
    scene.ok("RemoveAccountFromOrganization", json!({"AccountId": member})).await;
    let code = scene.refused("DescribeAccount", json!({"AccountId": member})).await;
    assert_eq!(code, "AccountNotFoundException");
    let alone = scene.as_root_of(&member);
    let code = alone.refused("DescribeOrganization", json!({})).await;
    assert_eq!(code, "AWSOrganizationsNotInUseException");

    enroll(&scene, &member, "member@example.com").await.unwrap();
    alone.ok("DescribeOrganization", json!({})).await;
    alone.ok("LeaveOrganization", json!({})).await;
    assert_eq!(ids(&scene.ok("ListAccounts", json!({})).await["Accounts"]), [management()]);
}

#[tokio::test]
async fn the_management_account_stays() {
    let (scene, _) = Scene::founded(36).await;
    let me = json!({"AccountId": management()});
    let code = scene.refused("RemoveAccountFromOrganization", me.clone()).await;
    assert_eq!(code, "MasterCannotLeaveOrganizationException");
    let code = scene.refused("LeaveOrganization", json!({})).await;
    assert_eq!(code, "MasterCannotLeaveOrganizationException");
    assert_eq!(scene.refused("CloseAccount", me).await, "ConstraintViolationException");
}

#[tokio::test]
async fn an_account_with_an_id_of_ones_own_joins() {
    let (scene, _) = Scene::founded(37).await;
    enroll(&scene, OTHER, "other@example.com").await.unwrap();
    assert_eq!(scene.ledger.role(OTHER).unwrap().0, DEFAULT_ROLE);
    let account = scene.ok("DescribeAccount", json!({"AccountId": OTHER})).await;
    assert_eq!(account["Account"]["Name"], "own");

    let again = enroll(&scene, OTHER, "another@example.com").await.unwrap_err();
    assert!(again.to_string().starts_with("AlreadyInOrganizationException"), "{again}");
    let taken = enroll(&scene, "333333333333", "OTHER@example.com").await.unwrap_err();
    assert!(taken.to_string().starts_with("DuplicateAccountException"), "{taken}");
}

#[tokio::test]
async fn a_closed_account_is_suspended_and_closed_once() {
    let (scene, _) = Scene::founded(38).await;
    let member = scene.account("member").await;
    let body = json!({"AccountId": member});
    scene.ok("CloseAccount", body.clone()).await;
    let account = scene.ok("DescribeAccount", body.clone()).await;
    assert_eq!(account["Account"]["Status"], "SUSPENDED");
    assert_eq!(account["Account"]["State"], "CLOSED");
    assert_eq!(scene.refused("CloseAccount", body.clone()).await, "AccountAlreadyClosedException");
    scene.ok("RemoveAccountFromOrganization", body).await;
    let again = enroll(&scene, &member, "new@example.com").await.unwrap_err();
    assert!(again.to_string().starts_with("AccountAlreadyClosedException"), "{again}");
}

#[tokio::test]
async fn tags_at_creation_need_their_own_permission() {
    let (scene, _) = Scene::founded(39).await;
    let clerk = scene.as_caller(allowed_only(management(), &["organizations:CreateAccount"]));
    let plain = json!({"Email": "a@example.com", "AccountName": "a"});
    clerk.ok("CreateAccount", plain).await;
    let tagged = json!({
        "Email": "b@example.com", "AccountName": "b", "Tags": [{"Key": "team", "Value": "x"}],
    });
    assert_eq!(clerk.refused("CreateAccount", tagged).await, "AccessDeniedException");
}

#[tokio::test]
async fn accounts_created_at_once_are_all_there() {
    let (scene, _) = Scene::founded(40).await;
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let scene = scene.clone();
            tokio::spawn(async move { scene.account(&format!("n{n}")).await })
        })
        .collect();
    let mut expected = vec![management().to_owned()];
    for task in tasks {
        expected.push(task.await.unwrap());
    }
    expected.sort();
    assert_eq!(ids(&scene.ok("ListAccounts", json!({})).await["Accounts"]), expected);
    // No attempt that lost the race has left an account behind.
    assert_eq!(scene.ledger.0.lock().unwrap().len(), 8);
}

async fn enroll(scene: &Scene, id: &str, email: &str) -> strongroom_api::Result<()> {
    let account =
        NewAccount { id, name: "own", email, role_name: DEFAULT_ROLE, management: management() };
    scene.organizations.enroll(account, &scene.stage.circumstances()).await
}
