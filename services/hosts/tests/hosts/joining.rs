//! How a host joins: once for each token, by whoever has it, in time.

use std::sync::Arc;

use serde_json::json;
use strongroom_testkit::{ACCOUNT, MortalStore, records_over};

use crate::world::{Machine, ROLE, World};

const REFUSED: &str = "The join token is not valid: it may have been used, or have expired.";

#[tokio::test]
async fn a_host_joins_with_a_token_and_is_told_who_it_is() {
    let world = World::new();
    let mut machine = Machine::new();
    let told = machine.join(&world, &world.token().await).await.unwrap();
    assert_eq!(told["Account"], ACCOUNT);
    assert_eq!(told["RoleArn"], ROLE);
    assert_eq!(told["Region"], "us-east-1");
    assert!(machine.id.starts_with("i-") && machine.id.len() == 19, "{}", machine.id);
    let arn = format!("arn:aws:strongroom::{ACCOUNT}:host/{}", machine.id);
    assert_eq!(told["Arn"], arn);
    assert!(world.enrolled.has(&arn).await.unwrap());
    let listed = world.ask("ListHosts", &json!({})).await.unwrap();
    assert_eq!(listed["Hosts"][0]["HostId"], machine.id);
    assert_eq!(listed["Hosts"][0]["InvitedBy"], format!("arn:aws:iam::{ACCOUNT}:root"));
    // The account whose host it is sees it, whoever has called.
    let records = world.stage.tape.records();
    let joined = records.iter().find(|record| record["eventName"] == "JoinHost").unwrap();
    assert_eq!(joined["recipientAccountId"], ACCOUNT);
    assert_eq!(joined["responseElements"]["hostId"], machine.id);
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_alike_whatever_is_wrong_with_it() {
    let world = World::new();
    let (burnt, expired, mut mistyped) =
        (world.token().await, world.token().await, world.token().await);
    Machine::new().join(&world, &burnt).await.unwrap();
    let last = if mistyped.ends_with('A') { 'E' } else { 'A' };
    mistyped.pop();
    mistyped.push(last);
    let unknown = mistyped.replace(".jt-", ".jt-0").replacen("0.", ".", 1);
    let mut told = Vec::new();
    for token in [burnt, mistyped, unknown, "srj.x.y.z".to_owned(), "x".to_owned()] {
        told.push(Machine::new().join(&world, &token).await.unwrap_err());
    }
    world.stage.advance_millis(899_999);
    Machine::new().join(&world, &world.token().await).await.unwrap();
    world.stage.advance_millis(1);
    told.push(Machine::new().join(&world, &expired).await.unwrap_err());
    for refusal in told {
        assert_eq!((&*refusal.code, &*refusal.message), ("AccessDeniedException", REFUSED));
        assert_eq!(refusal.status, 400);
    }
}

#[tokio::test]
async fn the_key_that_is_enrolled_has_signed_for_this_server() {
    let world = World::new();
    let token = world.token().await;
    let machine = Machine::new();
    let mut other = machine.joining(&token);
    other["Signature"] = Machine::new().joining(&token)["Signature"].clone();
    let refusal = world.ask_unsigned("JoinHost", &other).await.unwrap_err();
    assert_eq!(refusal.code, "ValidationException");
    *world.directory.origin.lock().unwrap() = Some("https://secrets.example.com".to_owned());
    let refusal = world.ask_unsigned("JoinHost", &machine.joining(&token)).await.unwrap_err();
    assert_eq!(refusal.code, "ValidationException");
    *world.directory.origin.lock().unwrap() = None;
    let refusal = world.ask_unsigned("JoinHost", &machine.joining(&token)).await.unwrap_err();
    assert!(refusal.message.contains("public_url"), "{}", refusal.message);
    // Nothing of it has burnt the token.
    *world.directory.origin.lock().unwrap() = Some(crate::world::ORIGIN.to_owned());
    world.ask_unsigned("JoinHost", &machine.joining(&token)).await.unwrap();
}

#[tokio::test]
async fn of_those_who_race_with_one_token_one_joins() {
    let world = World::of_racers();
    let token = world.token().await;
    let machines: Vec<_> = (0..8).map(|_| Machine::new()).collect();
    let requests: Vec<_> = machines.iter().map(|machine| machine.joining(&token)).collect();
    let asked = requests.iter().map(|request| world.ask_unsigned("JoinHost", request));
    let outcomes = futures_util::future::join_all(asked).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let listed = world.ask("ListHosts", &json!({})).await.unwrap();
    assert_eq!(listed["Hosts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_has_joined_and_not_heard_of_it_asks_again_with_the_same_key() {
    let world = World::new();
    let token = world.token().await;
    let mut machine = Machine::new();
    let first = machine.join(&world, &token).await.unwrap();
    assert_eq!(machine.join(&world, &token).await.unwrap(), first);
    let refusal = Machine::new().join(&world, &token).await.unwrap_err();
    assert_eq!(refusal.message, REFUSED);
    // Not so once the host was taken out.
    world.ask("DeleteHost", &json!({"HostId": machine.id})).await.unwrap();
    assert_eq!(machine.join(&world, &token).await.unwrap_err().message, REFUSED);
    let listed = world.ask("ListHosts", &json!({})).await.unwrap();
    assert_eq!(listed["Hosts"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_crash_leaves_the_token_good_or_the_host_enrolled() {
    let store = MortalStore::new();
    let world = World::over(records_over(Arc::clone(&store) as _, 1));
    let token = world.token().await;
    let mut machine = Machine::new();
    store.die_after(0);
    assert!(machine.join(&world, &token).await.is_err());
    store.revive();
    // Another start over the same data.
    let world = World::over(records_over(Arc::clone(&store) as _, 1));
    let listed = world.ask("ListHosts", &json!({})).await.unwrap();
    assert_eq!(listed["Hosts"].as_array().unwrap().len(), 0);
    machine.join(&world, &token).await.unwrap();
    machine.session(&world).await.unwrap();
}
