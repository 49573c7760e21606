//! PostgreSQL.

use serde_json::{Value, json};
use tokio_postgres::{Client, Config, NoTls};

use crate::account::{admin, master, name, port, secret};
use crate::fake::Fake;

const SINGLE: &str = "SecretsManagerRDSPostgreSQLRotationSingleUser";
const MULTI: &str = "SecretsManagerRDSPostgreSQLRotationMultiUser";

async fn log_in(user: &str, password: &str) -> Result<Client, tokio_postgres::Error> {
    let mut config = Config::new();
    config.host("127.0.0.1").port(port("ROTATION_POSTGRESQL"));
    let (client, connection) =
        config.user(user).password(password).dbname("postgres").connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn as_admin(statement: &str) {
    let (user, password) = admin();
    log_in(&user, &password).await.unwrap().batch_execute(statement).await.unwrap();
}

async fn can(login: &Value) -> bool {
    let text = |name: &str| login[name].as_str().unwrap().to_owned();
    log_in(&text("username"), &text("password")).await.is_ok()
}

/// A user, and the fake that holds its secret as `app`.
async fn user(begin: &str, members: &Value) -> (String, Fake) {
    let user = name(begin);
    let quoted = user.replace('"', "\"\"");
    as_admin(&format!("CREATE ROLE \"{quoted}\" LOGIN PASSWORD 'first-password'")).await;
    let port = port("ROTATION_POSTGRESQL");
    let fake = Fake::default()
        .with("app", &secret("postgres", port, &user, "first-password"))
        .with("master", &master("postgres", port));
    fake.change("app", "AWSCURRENT", members);
    (user, fake)
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn after_a_rotation_only_the_new_password_logs_in() {
    let (_, fake) = user("o'\"dd ", &json!({})).await;
    let before = fake.at("app", "AWSCURRENT");
    fake.rotate(SINGLE, "app", "v1").await.unwrap();
    let after = fake.at("app", "AWSCURRENT");
    assert!(can(&after).await && !can(&before).await);
    assert_eq!(fake.at("app", "AWSPREVIOUS"), before);
    assert_eq!(after["port"], before["port"]);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn every_step_may_come_twice() {
    let (_, fake) = user("u", &json!({})).await;
    fake.begin("app", "v1");
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        fake.step(SINGLE, "app", "v1", step).await.unwrap();
        fake.step(SINGLE, "app", "v1", step).await.unwrap();
    }
    assert_eq!(fake.made.borrow().len(), 1);
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn the_password_before_lets_it_in_when_the_current_one_does_not() {
    let (user, fake) = user("u", &json!({})).await;
    fake.rotate(SINGLE, "app", "v1").await.unwrap();
    // Somebody has put the password back that was valid before.
    as_admin(&format!("ALTER ROLE \"{user}\" PASSWORD 'first-password'")).await;
    fake.rotate(SINGLE, "app", "v2").await.unwrap();
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn without_any_valid_password_the_template_says_so() {
    let (user, fake) = user("u", &json!({})).await;
    as_admin(&format!("ALTER ROLE \"{user}\" PASSWORD 'other'")).await;
    let error = fake.rotate(SINGLE, "app", "v1").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ValueError: Unable to log into database with previous, current, or pending secret of \
         secret arn app"
    );
    let details = error.details().join("\n");
    assert!(details.contains("28P01") && !details.contains("first-password"), "{details}");
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_pending_version_for_another_user_or_host_changes_nothing() {
    let (_, fake) = user("u", &json!({})).await;
    let (victim, _) = user("v", &json!({})).await;
    fake.begin("app", "v1");
    fake.step(SINGLE, "app", "v1", "createSecret").await.unwrap();
    fake.change("app", "AWSPENDING", &json!({"username": victim}));
    let error = fake.step(SINGLE, "app", "v1", "setSecret").await.unwrap_err();
    assert!(error.message().starts_with("Attempting to modify user "), "{error}");
    let current = fake.at("app", "AWSCURRENT");
    fake.change("app", "AWSPENDING", &json!({"username": current["username"], "host": "h"}));
    let error = fake.step(SINGLE, "app", "v1", "setSecret").await.unwrap_err();
    assert_eq!(
        error.message(),
        "Attempting to modify user for host h other than current host localhost"
    );
    assert!(can(&current).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn two_users_take_turns_and_the_one_in_use_stays_valid() {
    let (user, fake) = user("u", &json!({"masterarn": "master"})).await;
    as_admin(&format!("CREATE TABLE \"{user}_t\" (); GRANT SELECT ON \"{user}_t\" TO \"{user}\""))
        .await;
    for (round, expected) in ["_clone", "", "_clone"].iter().enumerate() {
        let before = fake.at("app", "AWSCURRENT");
        fake.rotate(MULTI, "app", &format!("r{round}")).await.unwrap();
        let after = fake.at("app", "AWSCURRENT");
        assert_eq!(after["username"], format!("{user}{expected}"));
        assert!(can(&after).await && can(&before).await);
        let text = |name: &str| after[name].as_str().unwrap().to_owned();
        let client = log_in(&text("username"), &text("password")).await.unwrap();
        client.batch_execute(&format!("SELECT * FROM \"{user}_t\"")).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn the_superuser_does_nothing_for_whom_the_database_does_not_know() {
    let (user, fake) = user("u", &json!({"masterarn": "master"})).await;
    fake.change("app", "AWSCURRENT", &json!({"password": "guessed"}));
    let error = fake.rotate(MULTI, "app", "v1").await.unwrap_err();
    assert_eq!(
        error.message(),
        "Unable to log into database using current credentials for secret app"
    );
    let clone = json!({"username": format!("{user}_clone"), "password": fake.made.borrow()[0]});
    assert!(!can(&clone).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_wrong_superuser_and_one_of_another_host_are_told_apart() {
    let (_, fake) = user("u", &json!({"masterarn": "master"})).await;
    fake.change("master", "AWSCURRENT", &json!({"password": "wrong"}));
    let error = fake.rotate(MULTI, "app", "v1").await.unwrap_err();
    assert_eq!(
        error.message(),
        "Unable to log into database using credentials in master secret master"
    );
    fake.change("master", "AWSCURRENT", &json!({"host": "other"}));
    let error = fake.rotate(MULTI, "app", "v1").await.unwrap_err();
    assert_eq!(
        error.message(),
        "Current database host localhost is not the same host as/rds replica of master other"
    );
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn ssl_true_needs_a_certificate_for_the_host_and_false_needs_none() {
    let (_, fake) = user("u", &json!({"ssl": true})).await;
    fake.rotate(SINGLE, "app", "v1").await.unwrap();
    fake.change("app", "AWSCURRENT", &json!({"ssl": "false"}));
    fake.rotate(SINGLE, "app", "v2").await.unwrap();
    // The certificate is for localhost and 127.0.0.1.
    let (_, fake) = user("u", &json!({"ssl": true, "host": "127.0.0.2"})).await;
    let error = fake.rotate(SINGLE, "app", "v3").await.unwrap_err();
    assert!(error.details().join("\n").contains("no trusted TLS"), "{error:?}");
    // Where nothing is said, the same server is good enough without TLS.
    let (_, fake) = user("u", &json!({"host": "127.0.0.2"})).await;
    fake.rotate(SINGLE, "app", "v4").await.unwrap();
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn nobody_at_the_port_is_a_failed_step_with_a_hint() {
    let (_, fake) = user("u", &json!({"port": 1})).await;
    let error = fake.rotate(SINGLE, "app", "v1").await.unwrap_err();
    let details = error.details().join("\n");
    assert!(details.contains("cannot be reached") && details.contains("hint: "), "{details}");
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_rehearsal_touches_no_credentials_in_use() {
    let (_, fake) = user("u", &json!({"masterarn": "master"})).await;
    let before = fake.at("app", "AWSCURRENT");
    let found = fake.rehearse(SINGLE, "app").await;
    assert_eq!(found["setSecret"], "Passed");
    assert_eq!(found["testSecret"], "Skipped");
    let found = fake.rehearse(MULTI, "app").await;
    assert_eq!(found["testSecret"], "Passed");
    assert!(can(&before).await);
    let (user, password) = admin();
    let left = "SELECT 1 FROM pg_roles WHERE rolname LIKE 'rehearsal%'";
    let rows = log_in(&user, &password).await.unwrap().query(left, &[]).await.unwrap();
    assert!(rows.is_empty());
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_rehearsal_finds_a_wrong_superuser() {
    let (_, fake) = user("u", &json!({"masterarn": "master"})).await;
    fake.change("master", "AWSCURRENT", &json!({"password": "wrong"}));
    assert_eq!(fake.rehearse(MULTI, "app").await["the superuser logs in"], "Failed");
}
