//! What the services stand on: an open store, its keys, and the trail.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use strongroom_api::{Entropy, Timestamp};
use strongroom_records::Records;
use strongroom_seal::{Keyring, KeyringRecord};
use strongroom_store::{MemoryStore, Store, Transaction};
use strongroom_store_sqlite::{Options as StoreOptions, SqliteStore};
use strongroom_trail::{Options as TrailOptions, Trail, TrailError};
use strongroom_trail_index::{BLOCK_RECORDS, Index, IndexError};

use crate::adapters::sns::MailRelay;
use crate::calls::Tally;
use crate::clock::Clock;
use crate::config::Config;
use crate::failure::Failure;
use crate::files;
use crate::generations::{lost_keyring, of_commit};
use crate::names::ServerNames;
use crate::outward::Exit;
use crate::seal::Seal;

/// An open store, its keys, and the trail.
pub struct Foundation {
    /// What the operator asked for.
    pub config: Config,
    /// Sealed records of the services.
    pub records: Arc<Records>,
    /// What is underneath them.
    pub store: Arc<dyn Store>,
    /// Seals every value.
    pub keyring: Arc<Keyring>,
    /// How many records need an earlier generation of it, as far as is known.
    pub old_records: Arc<AtomicU64>,
    /// Holds the root key.
    pub seal: Arc<Seal>,
    /// The record of all calls.
    pub trail: Arc<Trail>,
    /// By which records are found.
    pub trail_index: Arc<Index>,
    /// What the server's own metrics are made of.
    pub tally: Arc<Tally>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// How messages leave.
    pub exit: Arc<Exit>,
    /// How this server is called.
    pub names: Arc<ServerNames>,
    /// The relay that mails are handed to.
    pub mail: Arc<MailRelay>,
}

/// Where the keyring is stored.
pub(crate) const KEYRING: &str = "system/keyring";
/// Records that a server in memory remembers.
const REMEMBERED_RECORDS: usize = 100_000;

impl Foundation {
    /// Opens what `config` names, or begins it.
    ///
    /// # Errors
    /// For the operator. Without the right key nothing is touched.
    pub async fn lay(
        config: &Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Failure> {
        let now = clock.now();
        let exit = Arc::new(Exit::new(config.outward.clone())?);
        let mail = Arc::new(MailRelay::new(config.outward.mail.as_ref())?);
        let (store, seal, trail, index) = match config.dev {
            true => in_memory(now, &*entropy)?,
            false => in_directory(config, now, &*entropy)?,
        };
        let keyring = open_keyring(&*store, &seal, now, &entropy).await?;
        let keyring = Arc::new(keyring);
        let records = Records::new(Arc::clone(&store), Arc::clone(&keyring), config.cache_bytes);
        Ok(Self {
            config: config.clone(),
            records: Arc::new(records),
            store,
            keyring,
            old_records: Arc::default(),
            seal: Arc::new(seal),
            trail: Arc::new(trail),
            trail_index: Arc::new(index),
            tally: Arc::default(),
            clock,
            entropy,
            exit,
            names: Arc::new(ServerNames::new(config.outward.public_url.as_deref())),
            mail,
        })
    }

    /// The records alone, for whoever reads one while no server runs.
    ///
    /// # Errors
    /// For the operator.
    pub async fn records_of(
        config: &Config,
        now: Timestamp,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Records, Failure> {
        let seal = Seal::open(config)?;
        let store = SqliteStore::open(&config.data.store(), StoreOptions::default())?;
        let store: Arc<dyn Store> = Arc::new(store);
        let keyring = open_keyring(&*store, &seal, now, entropy).await?;
        Ok(Records::new(store, Arc::new(keyring), config.cache_bytes))
    }

    /// Writes everything out and lets go of the files.
    ///
    /// # Errors
    /// For the operator: what could not be written.
    pub async fn close(&self) -> Result<(), Failure> {
        let trail = Arc::clone(&self.trail);
        let closed = tokio::task::spawn_blocking(move || trail.close()).await;
        let store = self.store.close().await;
        closed.unwrap_or(Ok(())).map_err(of_trail)?;
        Ok(store?)
    }
}

type Parts = (Arc<dyn Store>, Seal, Trail, Index);

fn in_memory(now: Timestamp, entropy: &dyn Entropy) -> Result<Parts, Failure> {
    let seal = Seal::in_memory(now, entropy)?;
    // One block in the making and so many full ones hold all that the trail remembers.
    let index = Index::in_memory(REMEMBERED_RECORDS.div_ceil(BLOCK_RECORDS));
    Ok((Arc::new(MemoryStore::new()), seal, Trail::in_memory(REMEMBERED_RECORDS), index))
}

fn in_directory(config: &Config, now: Timestamp, entropy: &dyn Entropy) -> Result<Parts, Failure> {
    let data = &config.data;
    // The seal comes first: whoever lacks the key shall not so much as recover the store's log.
    let opened = if data.is_fresh() { None } else { Some(Seal::open(config)?) };
    if opened.is_none()
        && data.store().exists()
        && std::fs::metadata(data.store()).is_ok_and(|f| f.len() > 0)
    {
        return Err(Failure::new(format!("{} is missing", data.seal().display()))
            .hint("restore it from a backup; without it the store cannot be opened"));
    }
    files::private_folder(data.path())?;
    let store = SqliteStore::open(&data.store(), StoreOptions::default())?;
    let seal = match opened {
        Some(seal) => seal,
        // The store's lock keeps a second server from making another seal meanwhile.
        None => Seal::create(config, now, entropy)?,
    };
    let trail =
        Trail::open(&data.trail(), TrailOptions::default(), millis(now)).map_err(of_trail)?;
    for path in trail.set_aside() {
        tracing::warn!(path = %path.display(), "a torn end of the trail was set aside; nothing acknowledged is in it");
    }
    let index = Index::open(&data.trail_index()).map_err(|error| of_index(&error))?;
    Ok((Arc::new(store), seal, trail, index))
}

async fn open_keyring(
    store: &dyn Store,
    seal: &Seal,
    now: Timestamp,
    entropy: &Arc<dyn Entropy>,
) -> Result<Keyring, Failure> {
    let record = match store.get(KEYRING).await? {
        Some(entry) => KeyringRecord::from_json(&entry.value)?,
        None if store.revision() == 0 => {
            let record = KeyringRecord::create(seal.root(), millis(now), &**entropy);
            let create = Transaction::new().expect(KEYRING, 0).put(KEYRING, record.to_json()?);
            store.commit(create).await.map_err(of_commit)?;
            record
        }
        None => return Err(lost_keyring()),
    };
    Ok(Keyring::unlock(seal.root(), &record, Arc::clone(entropy))?)
}

/// Tells the operator of a trail that cannot be used.
#[must_use]
pub fn of_trail(error: TrailError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn of_index(error: &IndexError) -> Failure {
    Failure::new(error.to_string())
        .hint("the folder may be deleted: it is made anew from the trail")
}

pub(crate) fn millis(now: Timestamp) -> u64 {
    u64::try_from(now.millis()).unwrap_or_default()
}
