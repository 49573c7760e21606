//! Orders of the operator: over a socket to the running server, or performed directly when none runs.
//!
//! One line of JSON asks, one answers. Only the user that runs the server, and root, may ask.

mod accounts;
mod desk;

use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strongroom_organizations::Organizations;
use strongroom_secretsmanager::SecretsManager;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::config::{Config, Keys};
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::generations::Generation;
use crate::keeper;
use crate::ports::{Failures, Identities};
use crate::seal;

pub use accounts::Newcomer;
use desk::Desk;

/// What an operator can ask for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Order {
    /// Endpoint, account, region and process of the server.
    Status,
    /// A new account with a root access key.
    AccountCreate(Newcomer),
    /// An account that exists, into the organization of the first one.
    AccountEnroll(Newcomer),
    /// All accounts.
    AccountList,
    /// The ways to open the seal.
    SealList,
    /// One more way: a key file (created if it is not there), passphrase or credential, each in a file.
    SealAdd {
        /// A key file.
        key_file: Option<PathBuf>,
        /// A file with a passphrase.
        passphrase_file: Option<PathBuf>,
        /// A file with a credential.
        credential_file: Option<PathBuf>,
    },
    /// One way less.
    SealRemove {
        /// The id of the wrap.
        id: String,
    },
    /// A new generation of the keyring.
    KeyringRotate,
    /// The generations of the keyring.
    KeyringList,
    /// A generation less.
    KeyringRetire {
        /// Which.
        generation: u32,
        /// Whether to make sessions and page tokens invalid that may be in use.
        at_once: bool,
    },
    /// Something about the rotation of a secret.
    Rotation {
        /// What.
        act: RotationAct,
        /// The secret: its name in the first account and region, or an ARN.
        secret: String,
        /// For a rehearsal: another function than the one that is set up.
        function: Option<String>,
    },
    /// The latest digest of the trail that the store remembers.
    TrailRemembered,
    /// The deliveries of SNS that were given up.
    SnsFailures {
        /// The account of the topics.
        account: String,
        /// Their region.
        region: String,
        /// How many at most.
        count: usize,
    },
}

/// What can be done about the rotation of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RotationAct {
    /// How it is.
    Status,
    /// Try again at once what is not complete.
    Retry,
    /// Make an end of what is not complete.
    Abandon,
    /// Try what a rotation would do.
    Rehearse,
}

/// What orders are performed on.
pub struct Office {
    /// How the server runs.
    pub config: Config,
    /// Where it is reached; nothing for data that no server serves.
    pub endpoint: Option<String>,
    /// Store, keys and trail.
    pub foundation: Arc<Foundation>,
    /// Accounts.
    pub identities: Arc<dyn Identities>,
    /// Secrets, where there are any.
    pub secrets: Option<Arc<SecretsManager>>,
    /// Deliveries that were given up.
    pub failures: Arc<dyn Failures>,
    /// Organizations of accounts, where there are any.
    pub organizations: Option<Arc<Organizations>>,
}

/// An answer as it goes over the socket.
#[derive(Serialize, Deserialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// Longer lines are not orders.
const LONGEST_LINE: u64 = 64 << 10;
/// What a socket's name may have at most, less a little.
const LONGEST_NAME: usize = 100;
/// Counting what each generation seals reads the whole store; nothing else that an order does is as slow.
const PATIENCE: Duration = Duration::from_secs(600);

impl Office {
    /// Performs an order.
    ///
    /// # Errors
    /// For the operator.
    pub async fn perform(&self, order: Order) -> Result<Value, Failure> {
        let (now, entropy) = (self.foundation.clock.now(), &*self.foundation.entropy);
        let seal = &self.foundation.seal;
        match order {
            Order::Status => Ok(json!({
                "endpoint": self.endpoint,
                "account": self.config.account,
                "region": self.config.region,
                "pid": std::process::id(),
                "version": env!("CARGO_PKG_VERSION"),
            })),
            Order::AccountCreate(newcomer) => self.create_account(&newcomer).await,
            Order::AccountEnroll(newcomer) => self.enroll_account(&newcomer).await,
            Order::AccountList => Ok(json!({ "accounts": self.identities.accounts().await? })),
            Order::SealList => {
                let wraps = seal.list().into_iter().map(|wrap| {
                    json!({
                        "id": wrap.id,
                        "kind": wrap.kind,
                        "created_ms": wrap.created_ms,
                        "supported": wrap.is_supported,
                    })
                });
                Ok(json!({ "wraps": wraps.collect::<Vec<_>>() }))
            }
            Order::SealAdd { key_file, passphrase_file, credential_file } => {
                if let Some(path) = key_file.as_ref().filter(|path| !path.exists()) {
                    strongroom_seal::KeyFile::create(path, entropy)?;
                }
                let keys = Keys { key_file, passphrase_file, credential_file, ..Keys::default() };
                let mut ids = Vec::new();
                for candidate in seal::named(&keys)? {
                    ids.push(seal.add(&candidate, now, entropy)?);
                }
                Ok(json!({ "added": ids }))
            }
            Order::SealRemove { id } => {
                seal.remove(&id)?;
                Ok(json!({ "removed": id }))
            }
            Order::TrailRemembered => {
                Ok(json!({ "digest": keeper::memory(&self.foundation.records).await? }))
            }
            Order::KeyringRotate => {
                Ok(json!({ "generation": self.foundation.rotate_keyring().await? }))
            }
            Order::SnsFailures { account, region, count } => {
                let failures = self.failures.list(&account, &region, count.min(1_000)).await?;
                Ok(json!({ "failures": failures }))
            }
            Order::KeyringList => {
                let generations = self.foundation.keyring_generations().await?;
                let one = |one: Generation| {
                    json!({
                        "generation": one.number,
                        "created": one.created.iso8601(),
                        "records": one.records,
                    })
                };
                Ok(json!({ "generations": generations.into_iter().map(one).collect::<Vec<_>>() }))
            }
            Order::KeyringRetire { generation, at_once } => {
                self.foundation.retire_generation(generation, at_once).await?;
                Ok(json!({ "retired": generation }))
            }
            Order::Rotation { act, secret, function } => {
                self.rotation(act, &secret, function.as_deref()).await
            }
        }
    }

    async fn rotation(
        &self,
        act: RotationAct,
        secret: &str,
        function: Option<&str>,
    ) -> Result<Value, Failure> {
        if act == RotationAct::Rehearse && self.endpoint.is_none() {
            return Err(Failure::new("functions run in a running server only")
                .hint("start it with `strongroom serve`"));
        }
        let desk = Desk::of(self, "secretsmanager.amazonaws.com");
        let circumstances = desk.circumstances();
        let Some(secrets) = &self.secrets else {
            return Err(Failure::new("this server keeps no secrets"));
        };
        let status = match act {
            RotationAct::Status => secrets.rotation_status(&circumstances, secret).await,
            RotationAct::Retry => secrets.retry_rotation(&circumstances, secret).await,
            RotationAct::Abandon => secrets.abandon_rotation(&circumstances, secret).await,
            RotationAct::Rehearse => {
                let told = secrets.rehearse_rotation(&circumstances, secret, function).await;
                return told.map_err(|obstacle| Failure::new(obstacle.to_string()));
            }
        };
        let status = status.map_err(|obstacle| Failure::new(obstacle.to_string()))?;
        serde_json::to_value(status).map_err(|cause| Failure::new(cause.to_string()))
    }

    /// Takes orders at `socket` until dropped.
    pub async fn open(self: Arc<Self>, socket: Socket) {
        loop {
            match socket.listener.accept().await {
                Ok((stream, _)) => {
                    let (office, owner) = (Arc::clone(&self), socket.owner);
                    tokio::spawn(async move {
                        let served = tokio::time::timeout(PATIENCE, office.serve(stream, owner));
                        if let Ok(Err(error)) = served.await {
                            tracing::debug!("an order was cut off: {error}");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!("the admin socket failed: {error}");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn serve(&self, mut stream: UnixStream, owner: u32) -> std::io::Result<()> {
        let peer = stream.peer_cred()?.uid();
        if peer != owner && peer != 0 {
            tracing::warn!(uid = peer, "an order of another user was refused");
            return Ok(());
        }
        let (reading, mut writing) = stream.split();
        let mut line = String::new();
        BufReader::new(reading).take(LONGEST_LINE).read_line(&mut line).await?;
        let outcome = match serde_json::from_str(&line) {
            Ok(order) => self.perform(order).await,
            Err(error) => Err(Failure::new(format!("not an order: {error}"))),
        };
        let answer = match outcome {
            Ok(result) => Answer { result: Some(result), error: None, hint: None },
            Err(failure) => Answer {
                result: None,
                error: Some(failure.message().to_owned()),
                hint: failure.advice().map(str::to_owned),
            },
        };
        let mut text = serde_json::to_vec(&answer)?;
        text.push(b'\n');
        writing.write_all(&text).await
    }
}

/// The socket where orders are taken; its file goes when it is dropped.
pub struct Socket {
    listener: UnixListener,
    owner: u32,
    path: PathBuf,
}

impl Socket {
    /// Binds the socket at `path`, in the place of one that a crash left behind. The caller holds the
    /// store's lock, so no other server can be listening there.
    ///
    /// # Errors
    /// For the operator, naming the path.
    pub fn bind(path: &Path) -> Result<Self, Failure> {
        let failed = |cause| Failure::of_file("listen at", path, &cause);
        let _nothing_left_behind = std::fs::remove_file(path);
        let listener = at_short_name(path, |name| UnixListener::bind(name)).map_err(failed)?;
        // The folder is 0700 already; this is for those who open it up.
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        let owner = std::fs::metadata(path).map_err(failed)?.uid();
        Ok(Self { listener, owner, path: path.into() })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.path);
    }
}

/// Asks the server behind `socket`; `None` if no server runs there.
///
/// # Errors
/// The server's failure, or a connection that breaks.
pub async fn ask(socket: &Path, order: &Order) -> Option<Result<Value, Failure>> {
    let connected = at_short_name(socket, |name| std::os::unix::net::UnixStream::connect(name));
    let stream = connected.ok()?;
    let asked = async {
        stream.set_nonblocking(true)?;
        let mut stream = UnixStream::from_std(stream)?;
        let mut text = serde_json::to_vec(order)?;
        text.push(b'\n');
        stream.write_all(&text).await?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await?;
        Ok::<Answer, std::io::Error>(serde_json::from_str(&line)?)
    };
    Some(match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(Answer { result: Some(result), .. })) => Ok(result),
        Ok(Ok(answer)) => {
            let failure = Failure::new(answer.error.unwrap_or_default());
            Err(match answer.hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            })
        }
        Ok(Err(cause)) => Err(Failure::of_file("ask the server at", socket, &cause)),
        Err(_) => Err(Failure::new("the server did not answer in time")),
    })
}

/// The kernel takes names of 107 bytes; a longer one is reached through its opened folder.
fn at_short_name<T>(
    path: &Path,
    act: impl FnOnce(&Path) -> std::io::Result<T>,
) -> std::io::Result<T> {
    if path.as_os_str().len() <= LONGEST_NAME {
        return act(path);
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return act(path) };
    let folder = File::open(folder)?;
    act(&Path::new(&format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name))
}
