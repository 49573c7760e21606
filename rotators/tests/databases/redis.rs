//! Redis.

use redis::{Client, Cmd, ConnectionAddr, IntoConnectionInfo as _, RedisConnectionInfo};
use serde_json::{Value, json};

use crate::account::{admin, master, name, port, secret};
use crate::fake::Fake;

const ROTATOR: &str = "SecretsManagerElasticacheUserRotation";

async fn command(user: &str, password: &str, words: &[&str]) -> Result<redis::Value, String> {
    let address = ConnectionAddr::Tcp("127.0.0.1".to_owned(), port("ROTATION_REDIS"));
    let who = RedisConnectionInfo::default().set_username(user).set_password(password);
    let info = address.into_connection_info().unwrap().set_redis_settings(who);
    let client = Client::open(info).unwrap();
    let mut connection =
        client.get_multiplexed_async_connection().await.map_err(|error| error.to_string())?;
    let mut command = Cmd::new();
    for word in words {
        command.arg(word);
    }
    command.query_async(&mut connection).await.map_err(|error| error.to_string())
}

async fn as_admin(words: &[&str]) -> redis::Value {
    let (user, password) = admin();
    command(&user, &password, words).await.unwrap()
}

async fn can(login: &Value) -> bool {
    let text = |name: &str| login[name].as_str().unwrap();
    command(text("username"), text("password"), &["PING"]).await.is_ok()
}

async fn user(members: &Value) -> (String, Fake) {
    let user = name("u");
    as_admin(&["ACL", "SETUSER", &user, "on", ">first-password", "+ping", "+get", "~*"]).await;
    let port = port("ROTATION_REDIS");
    let fake = Fake::default()
        .with("app", &secret("redis", port, &user, "first-password"))
        .with("master", &master("redis", port));
    fake.change("app", "AWSCURRENT", members);
    (user, fake)
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn the_password_before_stays_valid_for_one_rotation() {
    let (_, fake) = user(&json!({"masterarn": "master"})).await;
    let first = fake.at("app", "AWSCURRENT");
    fake.rotate(ROTATOR, "app", "v1").await.unwrap();
    let second = fake.at("app", "AWSCURRENT");
    assert!(can(&first).await && can(&second).await);
    fake.rotate("SecretsManagerValkeyUserRotation", "app", "v2").await.unwrap();
    let third = fake.at("app", "AWSCURRENT");
    assert!(!can(&first).await && can(&second).await && can(&third).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_user_that_may_not_change_itself_is_told_so() {
    let (_, fake) = user(&json!({})).await;
    let error = fake.rotate(ROTATOR, "app", "v1").await.unwrap_err();
    assert!(error.details().join("\n").contains("NOPERM"), "{error:?}");
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_user_that_may_changes_itself() {
    let (user, fake) = user(&json!({})).await;
    as_admin(&["ACL", "SETUSER", &user, "+acl|setuser", "+acl|save"]).await;
    fake.rotate(ROTATOR, "app", "v1").await.unwrap();
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn the_new_password_outlives_the_servers_memory() {
    let (_, fake) = user(&json!({"masterarn": "master"})).await;
    fake.rotate(ROTATOR, "app", "v1").await.unwrap();
    as_admin(&["ACL", "LOAD"]).await;
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn tls_is_used_where_it_is_asked_for() {
    let tls = port("ROTATION_REDIS_TLS");
    let (_, fake) = user(&json!({"masterarn": "master", "ssl": true, "port": tls})).await;
    fake.rotate(ROTATOR, "app", "v1").await.unwrap();
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
    fake.change("app", "AWSCURRENT", &json!({"port": port("ROTATION_REDIS")}));
    let error = fake.rotate(ROTATOR, "app", "v2").await.unwrap_err();
    assert!(error.message().starts_with("Unable to log into"), "{error}");
}

#[tokio::test]
#[ignore = "needs the servers of conformance/rotation"]
async fn a_rehearsal_logs_in_as_a_throw_away_user() {
    let (_, fake) = user(&json!({"masterarn": "master"})).await;
    assert_eq!(fake.rehearse(ROTATOR, "app").await["testSecret"], "Passed");
    assert!(can(&fake.at("app", "AWSCURRENT")).await);
    let users = format!("{:?}", as_admin(&["ACL", "USERS"]).await);
    assert!(!users.contains("rehearsal"), "{users}");
}
