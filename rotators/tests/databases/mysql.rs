//! MariaDB, through both families of names.

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, OptsBuilder};
use serde_json::{Value, json};

use crate::account::{admin, master, name, port, secret};
use crate::fake::Fake;

const SINGLE: &str = "SecretsManagerRDSMariaDBRotationSingleUser";
const MULTI: &str = "SecretsManagerRDSMariaDBRotationMultiUser";

async fn log_in(user: &str, password: &str) -> Result<Conn, mysql_async::Error> {
    let options = OptsBuilder::default()
        .ip_or_hostname("127.0.0.1")
        .tcp_port(port("ROTATION_MARIADB"))
        .prefer_socket(false)
        .user(Some(user))
        .pass(Some(password));
    Conn::new(options).await
}

async fn as_admin(statement: &str) {
    let (user, password) = admin();
    log_in(&user, &password).await.unwrap().query_drop(statement).await.unwrap();
}

async fn enter(login: &Value) -> Result<Conn, mysql_async::Error> {
    log_in(login["username"].as_str().unwrap(), login["password"].as_str().unwrap()).await
}

async fn can(login: &Value) -> bool {
    enter(login).await.is_ok()
}

async fn user(engine: &str, begin: &str, members: &Value) -> (String, Fake) {
    let user = name(begin);
    let quoted = user.replace('\'', "''");
    as_admin(&format!("CREATE USER '{quoted}'@'%' IDENTIFIED BY 'first-password'")).await;
    let port = port("ROTATION_MARIADB");
    let fake = Fake::default()
        .with("app", &secret(engine, port, &user, "first-password"))
        .with("master", &master(engine, port));
    fake.change("app", "AWSCURRENT", members);
    (user, fake)
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn after_a_rotation_only_the_new_password_logs_in() {
    for (engine, function) in [("mariadb", SINGLE), ("mysql", "SecretsManagerRDSMySQLRotation")] {
        let (_, fake) = user(engine, "o'`dd ", &json!({})).await;
        let before = fake.at("app", "AWSCURRENT");
        fake.rotate(function, "app", "v1").await.unwrap();
        assert!(can(&fake.at("app", "AWSCURRENT")).await && !can(&before).await);
        let error = fake.rotate(MULTI, "app", "v2").await.unwrap_err();
        assert_eq!(error.kind(), "KeyError");
    }
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_clone_has_the_grants_and_the_tls_of_the_first() {
    for (engine, function) in
        [("mariadb", MULTI), ("mysql", "SecretsManagerRDSMySQLRotationMultiUser")]
    {
        let (user, fake) = user(engine, "u", &json!({"masterarn": "master", "ssl": true})).await;
        as_admin(&format!("GRANT SELECT ON shop.* TO '{user}'@'%' REQUIRE SSL WITH GRANT OPTION"))
            .await;
        for (round, expected) in ["_clone", "", "_clone"].iter().enumerate() {
            fake.rotate(function, "app", &format!("r{round}")).await.unwrap();
            assert_eq!(fake.at("app", "AWSCURRENT")["username"], format!("{user}{expected}"));
        }
        let (admin, password) = admin();
        let mut connection = log_in(&admin, &password).await.unwrap();
        let shown = format!("SHOW GRANTS FOR '{user}_clone'@'%'");
        let grants: Vec<String> = connection.query(shown).await.unwrap();
        assert!(grants[0].contains(" REQUIRE SSL"), "{grants:?}");
        let expected = format!("GRANT SELECT ON `shop`.* TO `{user}_clone`@`%` WITH GRANT OPTION");
        assert!(grants.contains(&expected), "{grants:?}");
    }
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn the_user_in_use_stays_valid_while_the_other_changes() {
    let (_, fake) = user("mariadb", "u", &json!({"masterarn": "master"})).await;
    for round in 0..3 {
        let before = fake.at("app", "AWSCURRENT");
        fake.rotate(MULTI, "app", &format!("r{round}")).await.unwrap();
        assert!(can(&before).await && can(&fake.at("app", "AWSCURRENT")).await);
    }
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn roles_are_granted_to_the_clone() {
    let (user, fake) = user("mariadb", "u", &json!({"masterarn": "master"})).await;
    as_admin(&format!("CREATE ROLE `{user} TO r`")).await;
    as_admin(&format!("GRANT `{user} TO r` TO '{user}'@'%'")).await;
    as_admin(&format!("SET DEFAULT ROLE `{user} TO r` FOR '{user}'@'%'")).await;
    fake.rotate(MULTI, "app", "v1").await.unwrap();
    let mut connection = enter(&fake.at("app", "AWSCURRENT")).await.unwrap();
    let role: Option<String> = connection.query_first("SELECT CURRENT_ROLE()").await.unwrap();
    assert_eq!(role, Some(format!("{user} TO r")));
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_wrong_password_is_told_from_nobody_there() {
    let (_, fake) = user("mariadb", "u", &json!({"password": "wrong"})).await;
    let error = fake.rotate(SINGLE, "app", "v1").await.unwrap_err();
    let details = error.details().join("\n");
    assert!(details.contains("1045") && !details.contains("with TLS"), "{details}");
    fake.change("app", "AWSCURRENT", &json!({"port": 1}));
    let error = fake.rotate(SINGLE, "app", "v1").await.unwrap_err();
    assert!(error.details().join("\n").contains("cannot be reached"), "{error:?}");
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn ssl_true_needs_a_certificate_for_the_host() {
    let (_, fake) = user("mariadb", "u", &json!({"ssl": "TRUE"})).await;
    fake.rotate(SINGLE, "app", "v1").await.unwrap();
    let (_, fake) = user("mariadb", "u", &json!({"ssl": true, "host": "127.0.0.2"})).await;
    let error = fake.rotate(SINGLE, "app", "v2").await.unwrap_err();
    assert!(error.details().join("\n").contains("no trusted TLS"), "{error:?}");
    let (_, fake) = user("mariadb", "u", &json!({"host": "127.0.0.2"})).await;
    fake.rotate(SINGLE, "app", "v3").await.unwrap();
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_rehearsal_uses_a_throw_away_user_where_it_may_make_one() {
    let (_, fake) = user("mariadb", "u", &json!({"masterarn": "master"})).await;
    let found = fake.rehearse(SINGLE, "app").await;
    assert_eq!((found["setSecret"].as_str(), found["testSecret"].as_str()), ("Skipped", "Skipped"));
    assert_eq!(fake.rehearse(MULTI, "app").await["testSecret"], "Passed");
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
    let (admin, password) = admin();
    let mut connection = log_in(&admin, &password).await.unwrap();
    let left = "SELECT User FROM mysql.user WHERE User LIKE 'rehearsal%'";
    assert_eq!(connection.query_first::<String, _>(left).await.unwrap(), None);
}
