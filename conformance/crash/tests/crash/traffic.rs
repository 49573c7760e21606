//! Writers and readers at full speed, until the server is gone.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use strongroom_benches::random::Random;
use strongroom_benches::signer::Signer;
use strongroom_benches::{Failure, Result};
use strongroom_crash::{Change, value};
use tokio::task::JoinSet;

use crate::client::{Answered, Client};
use crate::{Expected, Ledger};

const WRITERS: u64 = 8;
const READERS: u64 = 2;
/// Each writer's own secrets, which nobody else changes: so their states are known exactly.
const NAMES: u64 = 10;

/// A secret that all writers of a round write to at once.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    pub name: String,
    /// Versions that were acknowledged.
    pub versions: BTreeSet<String>,
    /// Versions that may or may not be there.
    pub in_doubt: BTreeSet<String>,
}

/// Writers and readers at work.
pub struct Traffic {
    tasks: JoinSet<Result<Done>>,
    is_over: Arc<AtomicBool>,
}

/// What one of them leaves.
struct Done {
    answered: Vec<Answered>,
    secrets: Vec<(String, Expected)>,
    shared: Shared,
}

/// Lets everybody go.
pub async fn start(
    address: SocketAddr,
    signer: &Arc<Signer>,
    ledger: &mut Ledger,
    round: u64,
    random: &mut Random,
) -> Result<Traffic> {
    let shared = share(&mut Client::open(address, signer).await?, ledger, round, random).await?;
    let (mut tasks, is_over) = (JoinSet::new(), Arc::new(AtomicBool::new(false)));
    for number in 0..WRITERS + READERS {
        let worker = Worker {
            client: Client::open(address, signer).await?,
            random: random.split(number),
            is_over: Arc::clone(&is_over),
        };
        if number < WRITERS {
            tasks.spawn(worker.write(owned(ledger, number), shared.name.clone()));
        } else {
            tasks.spawn(worker.read());
        }
    }
    ledger.shared = Some(shared);
    Ok(Traffic { tasks, is_over })
}

impl Traffic {
    /// From now on, calls may go unanswered.
    pub fn expect_the_end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Waits until everybody has noticed, and enters what they know.
    pub async fn settle(mut self, ledger: &mut Ledger) -> Result<()> {
        while let Some(done) = self.tasks.join_next().await {
            let done = done??;
            ledger.answered.extend(done.answered);
            ledger.secrets.extend(done.secrets);
            if let Some(shared) = &mut ledger.shared {
                shared.versions.extend(done.shared.versions);
                shared.in_doubt.extend(done.shared.in_doubt);
            }
        }
        Ok(())
    }
}

async fn share(
    client: &mut Client,
    ledger: &mut Ledger,
    round: u64,
    random: &mut Random,
) -> Result<Shared> {
    let (name, token) = (format!("shared/{round}"), random.token());
    let input = json!({"Name": name, "ClientRequestToken": token, "SecretString": value(&token)});
    client.ask("CreateSecret", &input).await?.expect("CreateSecret")?;
    ledger.answered.append(&mut client.answered);
    Ok(Shared { name, versions: BTreeSet::from([token]), in_doubt: BTreeSet::new() })
}

fn name(writer: u64, number: u64) -> String {
    format!("crash/writer-{writer}/secret.{number}")
}

fn owned(ledger: &Ledger, writer: u64) -> Vec<(String, Expected)> {
    let names = (0..NAMES).map(|number| name(writer, number));
    names
        .map(|name| (name.clone(), ledger.secrets.get(&name).cloned().unwrap_or_default()))
        .collect()
}

struct Worker {
    client: Client,
    random: Random,
    is_over: Arc<AtomicBool>,
}

impl Worker {
    async fn write(mut self, mut secrets: Vec<(String, Expected)>, shared: String) -> Result<Done> {
        let mut shared = Shared { name: shared, ..Shared::default() };
        loop {
            let goes_on = if self.random.below(8) == 0 {
                self.put_shared(&mut shared).await?
            } else {
                let index = self.random.below(secrets.len() as u64) as usize;
                let (name, secret) = &mut secrets[index];
                self.change(name, secret).await?
            };
            if !goes_on {
                return Ok(Done { answered: self.client.answered, secrets, shared });
            }
        }
    }

    /// Makes one change; false when there was no answer.
    async fn change(&mut self, name: &str, secret: &mut Expected) -> Result<bool> {
        let change = Change::choose(secret.acknowledged.as_ref(), &mut self.random);
        let (operation, input) = change.request(name);
        match self.client.ask(operation, &input).await {
            Err(error) => {
                secret.in_doubt = Some(change);
                self.gone(error)
            }
            Ok(answer) => {
                answer.expect(&format!("{operation} of {name} in {:?}", secret.acknowledged))?;
                secret.acknowledged = change.apply(secret.acknowledged.as_ref());
                Ok(true)
            }
        }
    }

    async fn put_shared(&mut self, shared: &mut Shared) -> Result<bool> {
        let token = self.random.token();
        let (operation, input) = Change::Put(token.clone(), None).request(&shared.name);
        match self.client.ask(operation, &input).await {
            Err(error) => {
                shared.in_doubt.insert(token);
                return self.gone(error);
            }
            // So many writers of one secret may be told to slow down, and then nothing has changed.
            Ok(answer) if answer.is("ThrottlingException") => {}
            Ok(answer) => {
                answer.expect(operation)?;
                shared.versions.insert(token);
            }
        }
        Ok(true)
    }

    /// Reads whatever others are writing: each answer must be whole.
    async fn read(mut self) -> Result<Done> {
        loop {
            let asked =
                if self.random.below(6) == 0 { self.list().await } else { self.get().await };
            if !asked? {
                let (secrets, shared) = (Vec::new(), Shared::default());
                return Ok(Done { answered: self.client.answered, secrets, shared });
            }
        }
    }

    async fn get(&mut self) -> Result<bool> {
        let name = name(self.random.below(WRITERS), self.random.below(NAMES));
        let answer = match self.client.ask("GetSecretValue", &json!({"SecretId": name})).await {
            Err(error) => return self.gone(error),
            // It is not there, or scheduled for deletion.
            Ok(answer) if answer.is_no_such_secret() => return Ok(true),
            Ok(answer) if answer.is("InvalidRequestException") => return Ok(true),
            Ok(answer) => answer.expect("GetSecretValue")?,
        };
        let version = answer["VersionId"].as_str().unwrap_or_default();
        if answer["SecretString"].as_str() != Some(&value(version)) {
            return Err(format!("{name} has the value of another version: {answer}").into());
        }
        Ok(true)
    }

    async fn list(&mut self) -> Result<bool> {
        let sort = self.random.one_of(&["name", "created-date", "last-changed-date"]);
        let input = json!({"SortBy": sort, "IncludePlannedDeletion": true});
        let answer = match self.client.ask("ListSecrets", &input).await {
            Err(error) => return self.gone(error),
            Ok(answer) => answer.expect("ListSecrets")?,
        };
        let listed = answer["SecretList"].as_array().into_iter().flatten();
        let mut names = BTreeSet::new();
        for secret in listed {
            if !names.insert(secret["Name"].as_str().unwrap_or_default()) {
                return Err(format!("a page by {sort} has {} twice", secret["Name"]).into());
            }
        }
        Ok(true)
    }

    /// No answer is what is expected once the server is killed, and a failure before.
    fn gone(&self, error: io::Error) -> Result<bool> {
        if self.is_over.load(Ordering::SeqCst) {
            return Ok(false);
        }
        Err(Failure::from(format!("a call went unanswered although nobody was killed: {error}")))
    }
}
