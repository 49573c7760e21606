//! MongoDB, and what speaks its protocol: DocumentDB, FerretDB.
//!
//! The driver is ours: a rotation needs six commands on one connection, and MongoDB's own driver would
//! bring forty crates and a pool that watches the whole cluster.

use std::time::Duration;

use data_encoding::HEXLOWER;
use strongroom_client::{Machine as _, ThisMachine};
use strongroom_wire::Sensitive;

use self::bson::{Document, Value, Writer};
use self::scram::{Mechanism, Started, Untrusted};
use self::wire::{Answer, Connection, odd};
use super::{Change, Clones, Engine, Facts, Reason, Refused, Session, Trial};
use crate::login::Login;
use crate::trust::Trust;

mod bson;
mod scram;
mod wire;

/// As AWS's template has it.
const CONNECT_SECONDS: u64 = 5;
/// What TLS gets once the server has answered without it.
const TLS_SECONDS: u64 = 1;
/// Longer than any command here takes on a server that works.
const ANSWER_SECONDS: u64 = 20;
/// Where users are kept when a secret names no database.
const USERS: &str = "admin";

/// MongoDB.
#[derive(Clone, Debug)]
pub struct MongoDb {
    /// Whose certificates the server may show.
    pub trust: Trust,
}

/// A connection of a MongoDB user.
pub struct MongoDbSession {
    connection: Connection,
    user: String,
    /// The database of the users that are looked at and changed.
    database: String,
}

impl Engine for MongoDb {
    const FACTS: Facts = Facts {
        engines: &["mongo"],
        engine_is_optional: false,
        port: 27017,
        database: Some(USERS),
        excluded_characters: "/@\"'\\",
        password_length: 32,
        longest_username: 512,
        // Few users may change themselves: no role that comes with MongoDB lets them.
        superuser_may_set: true,
    };
    type Session = MongoDbSession;

    async fn connect(&self, login: &Login, encrypted: bool) -> Result<MongoDbSession, Refused> {
        let trust = encrypted.then_some(&self.trust);
        let limit = Duration::from_secs(CONNECT_SECONDS * 2);
        let connecting = tokio::time::timeout(limit, log_in(login, trust)).await;
        let connection = connecting.map_err(|_| Refused::late())??;
        let database = login.database.clone().unwrap_or_else(|| USERS.to_owned());
        Ok(MongoDbSession { connection, user: login.username.clone(), database })
    }

    /// MongoDB hangs up on the greeting of TLS where it has none. FerretDB takes it for the beginning of
    /// a message and waits for the rest, so that finding out by TLS would take the whole time limit.
    async fn is_plain(&self, login: &Login) -> bool {
        let limit = Duration::from_secs(CONNECT_SECONDS);
        let plain = async {
            let mut connection = Connection::open(&login.host, login.port, None).await?;
            greet(&mut connection, login, USERS).await.map(drop)
        };
        let plain = tokio::time::timeout(limit, plain);
        let encrypted = Connection::open(&login.host, login.port, Some(&self.trust));
        tokio::pin!(encrypted);
        tokio::select! {
            // However that went: what comes of it is for the login to find out.
            _ = &mut encrypted => false,
            answered = plain => {
                let limit = Duration::from_secs(TLS_SECONDS);
                matches!(answered, Ok(Ok(())))
                    && tokio::time::timeout(limit, encrypted).await.is_err()
            }
        }
    }
}

async fn log_in(login: &Login, trust: Option<&Trust>) -> Result<Connection, Refused> {
    // A superuser acts in the database of the secret's user, and is itself at home elsewhere.
    let home = login.document.text("dbname").unwrap_or_else(|| USERS.to_owned());
    let mut connection = Connection::open(&login.host, login.port, trust).await?;
    let mut greeting = greet(&mut connection, login, &home).await?;
    // Only one member of a replica set changes users, and it is not always the same.
    if let Some((host, port)) = greeting.primary {
        connection = Connection::open(&host, port, trust).await?;
        greeting = greet(&mut connection, login, &home).await?;
    }
    authenticate(&mut connection, login, &home, greeting.mechanism).await?;
    Ok(connection)
}

/// What a server says of itself.
#[derive(Debug, PartialEq, Eq)]
struct Greeting {
    mechanism: Mechanism,
    /// Where changes are made, if not here.
    primary: Option<(String, u16)>,
}

async fn greet(
    connection: &mut Connection,
    login: &Login,
    home: &str,
) -> Result<Greeting, Refused> {
    // By its old name, which every version knows.
    let hello = Writer::new()
        .number("isMaster", 1)
        .text("saslSupportedMechs", &format!("{home}.{}", login.username))
        .text("$db", USERS);
    Greeting::read(connection.perform(hello).await?.document()?)
}

impl Greeting {
    fn read(answer: Document<'_>) -> Result<Self, Refused> {
        let find = |name| answer.find(name).map_err(|_| odd());
        // Who does not say what it can do is old.
        let mut mechanism = Mechanism::Sha1;
        if let Some(Value::Array(names)) = find("saslSupportedMechs")? {
            let offers = |wanted: Mechanism| {
                let mut names = names.members().flatten();
                names.any(|(_, name)| matches!(name, Value::Text(name) if name == wanted.name()))
            };
            if offers(Mechanism::Sha256) {
                mechanism = Mechanism::Sha256;
            } else if !offers(Mechanism::Sha1) {
                let detail = "the user logs in neither by SCRAM-SHA-256 nor by SCRAM-SHA-1";
                return Err(Refused::new(Reason::Other, detail));
            }
        }
        let primary = match (find("ismaster")?, find("primary")?) {
            (Some(Value::Boolean(false)), Some(Value::Text(primary))) => {
                let (host, port) = primary.rsplit_once(':').ok_or_else(odd)?;
                let host = host.trim_start_matches('[').trim_end_matches(']');
                Some((host.to_owned(), port.parse().map_err(|_| odd())?))
            }
            _ => None,
        };
        Ok(Self { mechanism, primary })
    }
}

async fn authenticate(
    connection: &mut Connection,
    login: &Login,
    home: &str,
    mechanism: Mechanism,
) -> Result<(), Refused> {
    let mut random = [0; 24];
    let fault = |_| Refused::new(Reason::Other, "there is no randomness for a login");
    ThisMachine.fill(&mut random).map_err(fault)?;
    let nonce = HEXLOWER.encode(&random);
    let started = Started::new(mechanism, &login.username, &login.password, &nonce);
    let start = Writer::new()
        .number("saslStart", 1)
        .text("mechanism", mechanism.name())
        .binary("payload", started.message().as_bytes())
        .text("$db", home);
    let answer = connection.perform(start).await?;
    let (proof, proved) = started.prove(payload(&answer)?).map_err(untrusted)?;
    let conversation = conversation(&answer)?;
    let go_on = |payload: &[u8]| {
        let command = Writer::new().number("saslContinue", 1);
        command.number("conversationId", conversation).binary("payload", payload).text("$db", home)
    };
    let answer = connection.perform(go_on(proof.as_bytes())).await?;
    proved.check(payload(&answer)?).map_err(untrusted)?;
    if matches!(answer.find("done")?, Some(Value::Boolean(true))) {
        return Ok(());
    }
    let answer = connection.perform(go_on(b"")).await?;
    match answer.find("done")? {
        Some(Value::Boolean(true)) => Ok(()),
        _ => Err(odd()),
    }
}

fn payload(answer: &Answer) -> Result<&[u8], Refused> {
    match answer.find("payload")? {
        Some(Value::Binary(payload)) => Ok(payload),
        _ => Err(odd()),
    }
}

fn conversation(answer: &Answer) -> Result<i32, Refused> {
    match answer.find("conversationId")? {
        #[allow(clippy::cast_possible_truncation)] // Checked to be a whole number of that size.
        Some(Value::Number(number)) if f64::from(number as i32) == number => Ok(number as i32),
        _ => Err(odd()),
    }
}

fn untrusted(Untrusted(why): Untrusted) -> Refused {
    Refused::new(Reason::Other, why)
}

impl Session for MongoDbSession {
    async fn probe(&mut self) -> Result<(), Refused> {
        let user = self.user.clone();
        match self.roles(&user).await {
            // Who may not even ask has logged in all the same.
            Err(refused) if refused.reason == Reason::Forbidden => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    async fn set_password(&mut self, change: &Change<'_>) -> Result<(), Refused> {
        let command = self.command("updateUser", change.user);
        self.perform(command.text("pwd", change.password.reveal())).await.map(|_| ())
    }

    async fn try_password(&mut self, _: &Change<'_>) -> Result<Trial, Refused> {
        Ok(Trial::Impossible)
    }

    async fn add_visitor(
        &mut self,
        user: &str,
        password: &Sensitive<String>,
    ) -> Result<(), Refused> {
        self.create(user, password, Document::EMPTY).await
    }

    async fn remove_visitor(&mut self, user: &str) -> Result<(), Refused> {
        let command = self.command("dropUser", user);
        self.perform(command).await.map(|_| ())
    }

    async fn close(self) {
        drop(self.connection);
    }
}

impl Clones for MongoDbSession {
    async fn provide_user(&mut self, like: &str, change: &Change<'_>) -> Result<(), Refused> {
        if self.roles(change.user).await?.is_some() {
            return self.set_password(change).await;
        }
        let Some(known) = self.roles(like).await? else {
            let detail = format!("{like} is no user of the database {}", self.database);
            return Err(Refused::new(Reason::Other, detail));
        };
        self.create(change.user, change.password, user_roles(&known)?.ok_or_else(odd)?).await
    }
}

impl MongoDbSession {
    /// An answer that holds the roles of a user, if there is such a user.
    async fn roles(&mut self, user: &str) -> Result<Option<Answer>, Refused> {
        let command = self.command("usersInfo", user);
        let answer = self.perform(command).await?;
        let is_known = user_roles(&answer)?.is_some();
        Ok(is_known.then_some(answer))
    }

    async fn create(
        &mut self,
        user: &str,
        password: &Sensitive<String>,
        roles: Document<'_>,
    ) -> Result<(), Refused> {
        let command = self.command("createUser", user).array("roles", roles);
        self.perform(command.text("pwd", password.reveal())).await.map(|_| ())
    }

    fn command(&self, name: &str, user: &str) -> Writer {
        Writer::new().text(name, user).text("$db", &self.database)
    }

    async fn perform(&mut self, command: Writer) -> Result<Answer, Refused> {
        let limit = Duration::from_secs(ANSWER_SECONDS);
        let answer = tokio::time::timeout(limit, self.connection.perform(command)).await;
        answer.unwrap_or_else(|_| Err(Refused::late()))
    }
}

/// The roles of the first user in an answer to `usersInfo`.
fn user_roles(answer: &Answer) -> Result<Option<Document<'_>>, Refused> {
    let Some(Value::Array(users)) = answer.find("users")? else { return Err(odd()) };
    let Some(first) = users.members().next() else { return Ok(None) };
    let Ok((_, Value::Document(user))) = first else { return Err(odd()) };
    match user.find("roles") {
        Ok(Some(Value::Array(roles))) => Ok(Some(roles)),
        _ => Err(odd()),
    }
}

#[cfg(test)]
mod tests;
