//! Sessions: for the host's own key, once for each challenge, as long as the host is enrolled.

use std::sync::Arc;

use serde_json::json;
use strongroom_testkit::{ACCOUNT, MortalStore, records, records_over};

use crate::world::{Machine, ORIGIN, ROLE, World};

const UNPROVEN: &str = "The host is not enrolled, or its key did not sign this.";
const INVALID: &str = "InvalidChallengeException";

#[tokio::test]
async fn a_host_gets_an_hour_of_its_role_under_its_own_name() {
    let world = World::new();
    let machine = world.joined().await;
    let given = machine.session(&world).await.unwrap();
    assert_eq!((&given["RoleArn"], &given["SourceIdentity"]), (&json!(ROLE), &json!(machine.id)));
    let expected = world.stage.now().plus_millis(3_600_000).seconds();
    assert_eq!(given["Credentials"]["Expiration"].as_f64().unwrap() as i64, expected);
    let begun = (ROLE.to_owned(), machine.id.clone());
    assert_eq!(*world.directory.begun.lock().unwrap(), [begun]);
    let listed = world.ask("ListHosts", &json!({})).await.unwrap();
    assert_eq!(listed["Hosts"][0]["Sessions"], 1);
    assert_eq!(listed["Hosts"][0]["LastSessionAddress"], "127.0.0.1");
    let records = world.stage.tape.records();
    let record = records.iter().find(|one| one["eventName"] == "CreateHostSession").unwrap();
    assert_eq!(record["userIdentity"]["userName"], machine.id);
    assert_eq!(record["recipientAccountId"], ACCOUNT);
    let told = world.stage.tape.text();
    assert!(!told.contains("of-the-session") && !told.contains("AAAA"), "{told}");
}

#[tokio::test]
async fn another_key_or_host_or_server_gets_nothing() {
    let world = World::new();
    let (machine, other) = (world.joined().await, world.joined().await);
    let challenge = machine.challenge(&world).await;
    let ask = |body| {
        let world = &world;
        async move { world.ask_unsigned("CreateHostSession", &body).await.unwrap_err() }
    };
    // Another key.
    let mut forged = machine.answer(&challenge, ORIGIN);
    forged["Signature"] = other.answer(&challenge, ORIGIN)["Signature"].clone();
    assert_eq!(ask(forged).await.message, UNPROVEN);
    // Another host's challenge.
    assert_eq!(ask(other.answer(&challenge, ORIGIN)).await.code, INVALID);
    // A signature that was made for another server.
    let elsewhere = machine.answer(&challenge, "https://evil.example");
    assert_eq!(ask(elsewhere).await.message, UNPROVEN);
    // A signature that was made for joining.
    let mut joining = machine.answer(&challenge, ORIGIN);
    joining["Signature"] =
        json!(machine.sign(&format!("strongroom join 1\n{ORIGIN}\n{challenge}\n")));
    assert_eq!(ask(joining).await.message, UNPROVEN);
    // What no challenge is.
    for odd in ["A", "AAAA", &challenge[1..], &format!("{challenge}A"), &challenge.repeat(3)] {
        assert_eq!(ask(machine.answer(odd, ORIGIN)).await.code, INVALID, "{odd}");
    }
    // A host that is none is told the same as one whose key is another.
    let mut nobody = Machine::new();
    nobody.id = "i-00000000000000000".to_owned();
    assert_eq!(nobody.session(&world).await.unwrap_err().message, UNPROVEN);
    assert!(world.directory.begun.lock().unwrap().is_empty());
    // None of it has used the challenge up.
    let body = machine.answer(&challenge, ORIGIN);
    world.ask_unsigned("CreateHostSession", &body).await.unwrap();
}

#[tokio::test]
async fn a_challenge_is_good_for_a_minute() {
    let world = World::new();
    let machine = world.joined().await;
    let challenge = machine.challenge(&world).await;
    let body = machine.answer(&challenge, ORIGIN);
    world.stage.advance_millis(60_000);
    let refusal = world.ask_unsigned("CreateHostSession", &body).await.unwrap_err();
    assert_eq!(refusal.code, INVALID);
    // Nor is it good before it was given out, by a clock that was set back.
    world.stage.advance_millis(-66_000);
    let refusal = world.ask_unsigned("CreateHostSession", &body).await.unwrap_err();
    assert_eq!(refusal.code, INVALID);
    world.stage.advance_millis(65_999);
    world.ask_unsigned("CreateHostSession", &body).await.unwrap();
}

#[tokio::test]
async fn a_challenge_is_good_once_on_every_node_and_after_every_restart() {
    let records = records(1);
    let (one, two) = (World::over(Arc::clone(&records)), World::over(Arc::clone(&records)));
    let machine = one.joined().await;
    let challenge = machine.challenge(&one).await;
    let body = machine.answer(&challenge, ORIGIN);
    one.ask_unsigned("CreateHostSession", &body).await.unwrap();
    let restarted = World::over(Arc::clone(&records));
    for world in [&one, &two, &restarted] {
        let refusal = world.ask_unsigned("CreateHostSession", &body).await.unwrap_err();
        assert_eq!(refusal.code, INVALID);
    }
    // Another node takes what this one has given out.
    let challenge = machine.challenge(&one).await;
    let body = machine.answer(&challenge, ORIGIN);
    two.ask_unsigned("CreateHostSession", &body).await.unwrap();
}

#[tokio::test]
async fn of_those_who_race_with_one_challenge_one_gets_a_session() {
    let world = World::of_racers();
    let machine = world.joined().await;
    let challenge = machine.challenge(&world).await;
    let body = machine.answer(&challenge, ORIGIN);
    let asked = (0..8).map(|_| world.ask_unsigned("CreateHostSession", &body));
    let outcomes = futures_util::future::join_all(asked).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(world.directory.begun.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_challenge_that_could_not_be_used_up_gets_no_session() {
    let store = MortalStore::new();
    let world = World::over(records_over(Arc::clone(&store) as _, 1));
    let machine = world.joined().await;
    let challenge = machine.challenge(&world).await;
    store.die_after(0);
    let body = machine.answer(&challenge, ORIGIN);
    world.ask_unsigned("CreateHostSession", &body).await.unwrap_err();
    assert!(world.directory.begun.lock().unwrap().is_empty());
    store.revive();
    world.ask_unsigned("CreateHostSession", &body).await.unwrap();
}

#[tokio::test]
async fn a_revoked_host_gets_nothing_any_more() {
    let world = World::new();
    let machine = world.joined().await;
    machine.session(&world).await.unwrap();
    let challenge = machine.challenge(&world).await;
    world.ask("DeleteHost", &json!({"HostId": machine.id})).await.unwrap();
    let body = machine.answer(&challenge, ORIGIN);
    let refusal = world.ask_unsigned("CreateHostSession", &body).await.unwrap_err();
    assert_eq!((&*refusal.code, &*refusal.message), ("AccessDeniedException", UNPROVEN));
    assert_eq!(machine.session(&world).await.unwrap_err().message, UNPROVEN);
    let arn = format!("arn:aws:strongroom::{ACCOUNT}:host/{}", machine.id);
    assert!(!world.enrolled.has(&arn).await.unwrap());
    assert!(!world.enrolled.has("arn:aws:iam::123456789012:role/web").await.unwrap());
}

#[tokio::test]
async fn a_role_that_does_not_trust_hosts_or_is_another_one_gives_nothing() {
    let world = World::new();
    let machine = world.joined().await;
    *world.directory.distrusts.lock().unwrap() = true;
    let refusal = machine.session(&world).await.unwrap_err();
    assert!(refusal.message.contains("ec2.amazonaws.com"), "{}", refusal.message);
    *world.directory.distrusts.lock().unwrap() = false;
    machine.session(&world).await.unwrap();
    // Made anew under the same name.
    world.directory.put_role("web", "AROAANOTHER");
    let refusal = machine.session(&world).await.unwrap_err();
    assert_eq!(refusal.code, "AccessDeniedException");
    assert!(refusal.message.contains("no longer exists"), "{}", refusal.message);
}

#[tokio::test]
async fn a_host_of_a_profile_has_the_role_that_is_in_it() {
    let world = World::new();
    let directory = &world.directory;
    directory.put_role("api", "AROAAPI");
    directory.put_profile("app", "AIPAONE", Some("web"));
    let body = json!({"InstanceProfileName": "app", "Label": "app-1"});
    let made = world.ask("CreateJoinToken", &body).await.unwrap();
    let mut machine = Machine::new();
    let told = machine.join(&world, made["JoinToken"].as_str().unwrap()).await.unwrap();
    assert_eq!(told["InstanceProfileId"], "AIPAONE");
    assert_eq!(machine.session(&world).await.unwrap()["RoleArn"], ROLE);
    directory.put_profile("app", "AIPAONE", Some("api"));
    let api = format!("arn:aws:iam::{ACCOUNT}:role/api");
    assert_eq!(machine.session(&world).await.unwrap()["RoleArn"], api);
    for (id, role) in [("AIPAONE", None), ("AIPATWO", Some("api"))] {
        directory.put_profile("app", id, role);
        let refusal = machine.session(&world).await.unwrap_err();
        assert!(refusal.message.contains("no longer exists"), "{}", refusal.message);
    }
    let listed = world.ask("ListHosts", &json!({})).await.unwrap();
    assert_eq!(listed["Hosts"][0]["Label"], "app-1");
}
