//! What the server of the tests against real databases cannot be brought to: roles, refusals, members
//! of a replica set, and answers that are none.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::*;
use crate::engine::mongodb::wire::Stream;

/// A server that answers every command as `answer` says, until the client is gone.
async fn serve(mut stream: impl Stream, mut answer: impl FnMut(Document<'_>) -> Writer) {
    let mut head = [0; 21];
    while stream.read_exact(&mut head).await.is_ok() {
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
        assert_eq!((number(12), number(16), head[20]), (2013, 0, 0));
        let mut body = vec![0; usize::try_from(number(0)).unwrap() - head.len()];
        stream.read_exact(&mut body).await.unwrap();
        let body = answer(Document::read(&body).unwrap()).finish();
        stream.write_all(&framed(number(4), &body)).await.unwrap();
    }
}

fn framed(answers: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap() + 21;
    let numbers = [length, 7, answers, 2013, 0];
    let mut message: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    message.push(0);
    message.extend_from_slice(body);
    message
}

fn session() -> (MongoDbSession, DuplexStream) {
    let (near, far) = duplex(64 * 1024);
    let (user, database) = ("admin".to_owned(), "shop".to_owned());
    (MongoDbSession { connection: Connection::over(near), user, database }, far)
}

fn text<'a>(command: Document<'a>, name: &str) -> &'a str {
    match command.find(name).unwrap() {
        Some(Value::Text(text)) => text,
        _ => panic!("no text called {name}"),
    }
}

fn ok() -> Writer {
    Writer::new().number("ok", 1)
}

fn failure(code: i32, name: &str, message: &str) -> Writer {
    Writer::new()
        .number("ok", 0)
        .number("code", code)
        .text("codeName", name)
        .text("errmsg", message)
}

/// An answer to `usersInfo`.
fn users(roles: Option<&[u8]>) -> Writer {
    let user = roles.map(|roles| {
        Writer::new().text("user", "u").array("roles", Document::read(roles).unwrap()).finish()
    });
    let users = match &user {
        Some(user) => Writer::new().document("0", Document::read(user).unwrap()).finish(),
        None => Writer::new().finish(),
    };
    ok().array("users", Document::read(&users).unwrap())
}

fn change(password: &Sensitive<String>) -> Change<'_> {
    Change { user: "u_clone", password, beside: None }
}

fn roles() -> Zeroizing<Vec<u8>> {
    let role = Writer::new().text("role", "readWrite").text("db", "shop").finish();
    Writer::new().document("0", Document::read(&role).unwrap()).finish()
}

fn secret(port: u16) -> Login {
    let secret = json!({
        "engine": "mongo", "host": "127.0.0.1", "port": port, "ssl": false,
        "username": "u", "password": "hunter2",
    });
    Login::read(&secret.to_string(), &MongoDb::FACTS, "arn").unwrap()
}

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// What comes of `client` while the servers run; they need not come to an end.
async fn against<T>(client: impl Future<Output = T>, servers: impl Future) -> T {
    let forever = async {
        servers.await;
        std::future::pending().await
    };
    tokio::select! {
        outcome = client => outcome,
        outcome = forever => outcome,
    }
}

#[tokio::test]
async fn a_clone_is_made_with_the_roles_of_the_first_in_its_database() {
    let (mut session, server) = session();
    let password = Sensitive::new("new".to_owned());
    let mut created = false;
    let serving = serve(server, |command| {
        assert_eq!(text(command, "$db"), "shop");
        if command.find("usersInfo").unwrap().is_some() {
            let is_first = text(command, "usersInfo") == "u";
            return users(is_first.then(roles).as_deref().map(Vec::as_slice));
        }
        assert_eq!((text(command, "createUser"), text(command, "pwd")), ("u_clone", "new"));
        let Some(Value::Array(given)) = command.find("roles").unwrap() else { panic!("no roles") };
        let Ok((_, Value::Document(role))) = given.members().next().unwrap() else {
            panic!("no role")
        };
        assert_eq!((text(role, "role"), text(role, "db")), ("readWrite", "shop"));
        created = true;
        ok()
    });
    let providing = async {
        session.provide_user("u", &change(&password)).await.unwrap();
        session.close().await;
    };
    tokio::join!(serving, providing);
    assert!(created);
}

#[tokio::test]
async fn a_clone_that_exists_keeps_its_roles() {
    let (mut session, server) = session();
    let password = Sensitive::new("new".to_owned());
    let mut changed = false;
    let serving = serve(server, |command| {
        if command.find("usersInfo").unwrap().is_some() {
            return users(Some(&roles()));
        }
        assert_eq!((text(command, "updateUser"), text(command, "pwd")), ("u_clone", "new"));
        assert!(command.find("roles").unwrap().is_none());
        changed = true;
        ok()
    });
    let providing = async {
        session.provide_user("u", &change(&password)).await.unwrap();
        session.close().await;
    };
    tokio::join!(serving, providing);
    assert!(changed);
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code_and_nothing_that_the_server_quotes() {
    let password = Sensitive::new("hunter2".to_owned());
    for (code, name, reason, told) in [
        (13, "Unauthorized", Reason::Forbidden, "error 13, Unauthorized"),
        (18, "AuthenticationFailed", Reason::Password, "error 18, AuthenticationFailed"),
        (2, "pwd: hunter2", Reason::Other, "error 2, without a name"),
    ] {
        let (mut session, server) = session();
        let serving = serve(server, |_| failure(code, name, "not with hunter2"));
        let setting = async {
            let refused = session.set_password(&change(&password)).await.unwrap_err();
            session.close().await;
            refused
        };
        let ((), refused) = tokio::join!(serving, setting);
        assert_eq!(refused, Refused::new(reason, told));
    }
}

#[tokio::test]
async fn a_user_that_may_not_even_look_itself_up_has_logged_in() {
    let (mut session, server) = session();
    let serving = serve(server, |_| failure(13, "Unauthorized", ""));
    let probing = async {
        assert_eq!(session.probe().await, Ok(()));
        session.close().await;
    };
    tokio::join!(serving, probing);
}

#[test]
fn the_better_mechanism_is_taken_and_the_older_one_where_nothing_is_said() {
    let read = |names: Option<&[&str]>| {
        let mut answer = Writer::new();
        if let Some(names) = names {
            let list = names.iter().fold(Writer::new(), |list, name| list.text("0", name)).finish();
            answer = answer.array("saslSupportedMechs", Document::read(&list).unwrap());
        }
        Greeting::read(Document::read(&answer.finish()).unwrap()).map(|read| read.mechanism)
    };
    assert_eq!(read(None), Ok(Mechanism::Sha1));
    assert_eq!(read(Some(&["SCRAM-SHA-1"])), Ok(Mechanism::Sha1));
    assert_eq!(read(Some(&["SCRAM-SHA-1", "SCRAM-SHA-256"])), Ok(Mechanism::Sha256));
    assert!(read(Some(&["MONGODB-X509"])).is_err());
}

#[tokio::test]
async fn the_member_that_makes_changes_is_the_one_to_log_into() {
    let (secondary, port) = listener().await;
    let (primary, other) = listener().await;
    let serving = async {
        let (stream, _) = secondary.accept().await.unwrap();
        let place = format!("127.0.0.1:{other}");
        let greeting = || Writer::new().boolean("ismaster", false).text("primary", &place);
        serve(stream, |_| greeting().number("ok", 1)).await;
    };
    let mut commands = 0;
    let leading = async {
        let (stream, _) = primary.accept().await.unwrap();
        serve(stream, |command| {
            commands += 1;
            match command.find("saslStart").unwrap() {
                Some(_) => failure(18, "AuthenticationFailed", ""),
                None => ok().boolean("ismaster", true),
            }
        })
        .await;
    };
    let login = secret(port);
    let refused = against(log_in(&login, None), async { tokio::join!(serving, leading) }).await;
    assert_eq!(refused.err().unwrap().reason, Reason::Password);
    assert_eq!(commands, 2);
}

#[tokio::test]
async fn a_server_that_lets_everybody_in_is_not_taken_for_the_right_one() {
    let (listener, port) = listener().await;
    let serving = async {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream, |command| {
            let reply = ok().number("conversationId", 1).boolean("done", true);
            let Some(Value::Binary(first)) = command.find("payload").unwrap() else { return reply };
            if command.find("saslContinue").unwrap().is_some() {
                return reply.binary("payload", b"v=AAAA");
            }
            let nonce = std::str::from_utf8(first).unwrap().split_once(",r=").unwrap().1;
            reply.binary("payload", format!("r={nonce}x,s=QQ==,i=4096").as_bytes())
        })
        .await;
    };
    let login = secret(port);
    let refused = against(log_in(&login, None), serving).await;
    let expected = Refused::new(Reason::Other, "the server does not know the password");
    assert_eq!(refused.err().unwrap(), expected);
}

#[tokio::test]
async fn answers_that_are_none_are_refused_before_room_is_made_for_them() {
    let good = framed(1, &ok().finish());
    for (at, bytes) in [
        (0, 4u32 * 1024 * 1024 + 22),
        (0, 20),
        (0, u32::MAX),
        (8, 2),
        (12, 1),
        (16, 1),
        (16, 2),
        (21, 6),
    ] {
        let (mut session, mut server) = session();
        let mut answer = good.clone();
        answer[at..at + 4].copy_from_slice(&bytes.to_le_bytes());
        server.write_all(&answer).await.unwrap();
        let refused = session.remove_visitor("u").await.unwrap_err();
        assert_eq!(refused, odd(), "{bytes} at {at}");
    }
    let (mut session, mut server) = session();
    server.write_all(&good).await.unwrap();
    assert_eq!(session.remove_visitor("u").await, Ok(()));
}

#[tokio::test]
async fn a_server_that_hangs_up_cannot_be_reached() {
    let (mut session, server) = session();
    drop(server);
    let refused = session.remove_visitor("u").await.unwrap_err();
    assert_eq!(refused.reason, Reason::Unreachable);
}

#[tokio::test]
async fn a_server_that_keeps_tls_waiting_is_found_out_by_its_answer_without() {
    let (listener, port) = listener().await;
    let serving = async {
        let mut silent = Vec::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut first = [0];
            stream.peek(&mut first).await.unwrap();
            // The greeting of TLS begins like this, a message with its length.
            match first {
                [0x16] => silent.push(stream),
                _ => serve(stream, |_| ok().boolean("ismaster", true)).await,
            }
        }
    };
    let (mongodb, login) = (MongoDb { trust: crate::trust::Trust::find(|_| None) }, secret(port));
    assert!(against(mongodb.is_plain(&login), serving).await);
}
